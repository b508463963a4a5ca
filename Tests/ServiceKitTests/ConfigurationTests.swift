import ServiceKit
import Testing

@Suite struct ConfigurationTests {
    @Test func readsEnvironmentBeforeTheFile() throws {
        let source = try SettingSource(
            environment: ["A": "outer"],
            dotEnv: "A=inner\nexport B = 'two words' # why\n# note\nC=plain # comment\n\nD=\"x#y\"\r\n")
        #expect(source["A"] == "outer")
        #expect(source["B"] == "two words")
        #expect(source["C"] == "plain")
        #expect(source["D"] == "x#y")
        #expect(source["E"] == nil)
    }

    @Test(arguments: ["no equals", "=value", "1A=2", "Ä=1", "A B=c"])
    func refusesMalformedLines(line: String) {
        #expect(throws: SettingError.malformedLine(number: 2)) {
            try SettingSource(environment: [:], dotEnv: "OK=1\n\(line)")
        }
    }

    @Test func errorsNameTheSettingAndNeverASecret() throws {
        let source = try SettingSource(environment: ["PORT": "many", "TOKEN": "hunter2-hunter2"])
        let port = Setting.number("PORT", "the port", default: 1, in: 1...65_535)
        #expect(throws: SettingError.malformed(name: "PORT", found: "many", form: "a whole number from 1 to 65535")) {
            try port.value(in: source)
        }
        let token = Setting<Int>("TOKEN", "the token", default: nil, secret: true, form: "a number") { Int($0) }
        do {
            _ = try token.value(in: source)
            Issue.record("a malformed secret was accepted")
        } catch {
            #expect(!"\(error)".contains("hunter2"))
        }
        #expect(throws: SettingError.missing(name: "NAME", summary: "a name")) {
            try Setting.text("NAME", "a name").value(in: source)
        }
        #expect(
            try Setting.list("HOSTS", "hosts").value(in: SettingSource(environment: ["HOSTS": "a:1, b:2,"])) == [
                "a:1", "b:2",
            ])
    }

    @Test func argumentsAreTakenByNameInAnyOrder() throws {
        var reader = ArgumentReader(["file", "--port", "80", "--name=x=y", "--json"])
        let (json, port, name, word) =
            (
                reader.flag("--json"), try reader.number("--port", in: 1...100), try reader.option("--name"),
                reader.word()
            )
        #expect(json)
        #expect(port == 80)
        #expect(name == "x=y")
        #expect(word == "file")
        try reader.finish()
    }

    @Test(arguments: [
        (
            ["--port", "0"],
            ArgumentReader.Failure.malformed(option: "--port", found: "0", form: "a whole number from 1 to 100")
        ),
        (["--port"], .valueMissing(option: "--port")),
        (["--bogus"], .unknown(word: "--bogus")),
    ])
    func argumentsThatAreWrongAreNamed(words: [String], failure: ArgumentReader.Failure) {
        #expect(throws: failure) {
            var reader = ArgumentReader(words)
            _ = try reader.number("--port", in: 1...100)
            try reader.finish()
        }
    }
}
