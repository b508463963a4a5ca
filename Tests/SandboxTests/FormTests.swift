import Testing

@testable import Sandbox

@Suite struct FormTests {
    @Test func longEmbedGivesTheTree() throws {
        let body: JSON = ["embeds": [["description": .string(String(repeating: "x", count: 4097))]]]
        let error = #expect(throws: APIError.self) { try MessageForm.read(body, files: [], purpose: .create) }
        let leaf = error?.errors?["embeds"]?["0"]?["description"]?["_errors"]?[0]
        #expect(error?.code == 50035)
        #expect(leaf?["code"] == "BASE_TYPE_MAX_LENGTH")
        #expect(leaf?["message"] == "Must be 4096 or fewer in length.")
    }

    /// Field that must be complained about, and a body; `LONG` stands for 4,000 letters.
    static let refused: [(field: String, body: String)] = [
        ("content", #"{"content":"LONG"}"#),
        ("embeds", #"{"embeds":[{},{},{},{},{},{},{},{},{},{},{}]}"#),
        ("embeds", #"{"embeds":[{"description":"LONG"},{"description":"LONG"}]}"#),
        ("components", #"{"components":[{"type":1},{"type":1},{"type":1},{"type":1},{"type":1},{"type":1}]}"#),
        ("content", #"{"flags":32768,"content":"no","components":[{"type":10,"content":"x"}]}"#),
        ("allowed_mentions", #"{"content":"x","allowed_mentions":{"parse":["nobody"]}}"#),
    ]

    @Test(arguments: FormTests.refused)
    func refuses(field: String, text: String) throws {
        let long = text.replacing("LONG", with: String(repeating: "x", count: 4000))
        let body = try #require(JSONReader.read(long))
        let error = #expect(throws: APIError.self) { try MessageForm.read(body, files: [], purpose: .create) }
        #expect(error?.errors?[field] != nil, "\(error?.errors?.text ?? "")")
    }

    @Test func numbersComponents() throws {
        let body: JSON = [
            "flags": 32768,
            "components": [
                [
                    "type": 17,
                    "components": [
                        ["type": 10, "content": "x", "id": 2],
                        ["type": 1, "components": [["type": 2, "style": 1, "label": "L", "custom_id": "c"]]],
                    ],
                ]
            ],
        ]
        let form = try MessageForm.read(body, files: [], purpose: .create)
        let container = form.components?[0]
        #expect(container?["id"] == 1)
        #expect(container?["components"]?[1]?["id"] == 3)
        #expect(container?["components"]?[1]?["components"]?[0]?["id"] == 4)
    }

    @Test func refusesDoubledCustomIDs() {
        let button: JSON = ["type": 2, "style": 1, "label": "L", "custom_id": "c"]
        let body: JSON = ["components": [["type": 1, "components": [button, button]]]]
        let error = #expect(throws: APIError.self) { try MessageForm.read(body, files: [], purpose: .create) }
        #expect(error?.errors?["components"]?["0"]?["components"]?["1"]?["custom_id"] != nil)
    }

    @Test(arguments: [
        #"{"name":"Play","description":"d"}"#,
        #"{"name":"play it","description":"d"}"#,
        #"{"name":"play"}"#,
        #"{"name":"play","description":"d","options":[{"type":12,"name":"a","description":"d"}]}"#,
        #"{"name":"p","description":"d","options":[{"type":3,"name":"a","description":"d"},{"type":3,"name":"b","description":"d","required":true}]}"#,
        #"{"name":"p","description":"d","options":[{"type":3,"name":"a","description":"d"},{"type":3,"name":"a","description":"d"}]}"#,
    ])
    func refusesCommand(_ text: String) throws {
        let body = try #require(JSONReader.read(text))
        var errors = FormErrors()
        #expect(CommandForm.check(body, [], isGuild: false, &errors) == nil)
        #expect(!errors.isEmpty)
    }

    @Test func readsMultipart() throws {
        let text =
            "--B\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"hi\"}\r\n"
            + "--B\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\n\r\nA\r\nB\r\n--B--\r\n"
        let parts = try RequestBody.read(Array(text.utf8), contentType: "multipart/form-data; boundary=B")
        #expect(parts.json["content"] == "hi")
        #expect(parts.files.count == 1)
        #expect(parts.files[0].bytes == Array("A\r\nB".utf8))
        #expect(parts.files[0].contentType.hasPrefix("text/plain"))
        for end in 0..<text.utf8.count {
            // A cut body must never crash, whatever it gives.
            _ = try? RequestBody.read(Array(text.utf8.prefix(end)), contentType: "multipart/form-data; boundary=B")
        }
    }

    @Test func readsPycordForm() throws {
        let body = Array("payload_json=%7B%22type%22%3A+4%7D".utf8)
        let parts = try RequestBody.read(body, contentType: "application/x-www-form-urlencoded")
        #expect(parts.json["type"] == 4)
    }

    @Test(arguments: ["=", "&=&a=1", "==&a=1&", "=%7B"])
    func readsFormsWithoutNames(_ text: String) throws {
        let parts = try RequestBody.read(Array(text.utf8), contentType: "application/x-www-form-urlencoded")
        #expect(parts.json[""] != nil)
        #expect(parts.json["a"]?.string == (text.contains("a") ? "1" : nil))
    }
}
