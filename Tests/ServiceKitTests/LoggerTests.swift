import ServiceKit
import Synchronization
import Testing

@Suite(.serialized) struct LoggerTests {
    private func lines(_ body: () -> Void) -> [String] {
        let kept = Mutex<[String]>([])
        LogOutput.shared.setSink { line in kept.withLock { $0.append(line) } }
        body()
        LogOutput.shared.setSink(nil)
        return kept.withLock { $0.filter { $0.contains("logger-test") } }
    }

    @Test func secretsAndControlCharactersNeverReachTheLog() {
        Logger.redact("secret")
        Logger.redact("MTIz.secret.token")
        let lines = lines {
            Logger("logger-test").with(["guild": "1"])
                .warning("sent MTIz.secret.token\nfaked line \u{1B}[31m", ["header": "Bot MTIz.secret.token"])
        }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("secret") == false)
        #expect(lines.first?.contains("sent *** faked line  [31m") == true)
        #expect(lines.first?.hasSuffix("guild=1 header=\"Bot ***\"") == true)
    }

    @Test func newSecretsAreHiddenHoweverManyThereWere() {
        Logger.redact("configured-secret")
        for number in 0..<500 { Logger.redact("voice-token-\(number)-end") }
        let lines = lines {
            Logger("logger-test").warning("sent configured-secret and voice-token-499-end")
        }
        #expect(lines.first?.hasSuffix("sent *** and ***") == true)
    }

    @Test func entriesBelowTheLevelAreNotEvenMade() {
        let made = Mutex(false)
        let lines = lines {
            Logger("logger-test").debug("\(made.withLock { $0 = true })")
        }
        #expect(lines.isEmpty)
        #expect(!made.withLock { $0 })
    }
}
