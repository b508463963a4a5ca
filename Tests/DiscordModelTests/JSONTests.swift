import DiscordModel
import Testing

/// The JSON reader and writer by themselves.
struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue { try JSON.parse(Array(text.utf8)) }

    @Test func values() throws {
        #expect(try parse(" null ") == .null)
        #expect(try parse("[true,false]") == [true, false])
        #expect(
            try parse("[0,-1,9223372036854775807,-9223372036854775808]") == [0, -1, .integer(.max), .integer(.min)])
        #expect(try parse("18446744073709551615") == .unsigned(.max))
        #expect(try parse("[1.5,-2e3,1E-2]") == [1.5, -2000.0, 0.01])
        #expect(try parse("99999999999999999999999") == .number(1e23))
        #expect(try parse(#"{"a":{"b":[{}]},"":[]}"#) == ["a": ["b": [[:]]], "": []])
    }

    @Test func texts() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀""#) == .string("\"\\/\u{8}\u{c}\n\r\té😀é😀"))
        #expect(try parse(#""\ud83d!""#) == "\u{FFFD}!")
        #expect(try parse(#"{"\u0061":1}"#) == ["a": 1])
        #expect(try JSON.parse([0x22, 0xFF, 0x22]) == "\u{FFFD}")
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
        "{a:1}",
        "{1:1}", "tru", "nul", "True", "01", "-", "1.", ".5", "1e", "+1", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
        "\"\\u12g4\"", "\"\u{1}\"", "1 2", "[1 2]", "{\"a\" 1}", "[}", "{]", "]", "nan", "\u{FEFF}1",
    ])
    func brokenTexts(text: String) { #expect(throws: ModelError.self) { try parse(text) } }

    @Test func depthIsBounded() throws {
        _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        #expect(throws: ModelError.self) {
            try parse(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
        }
        #expect(throws: ModelError.self) { try parse(String(repeating: #"{"a":"#, count: 1_000_000)) }
    }

    @Test func writing() throws {
        let value: JSONValue = [
            "text": "a\"b\\c\n\u{1}é😀", "list": [1, -2, 1.5, nil, true], "big": .unsigned(.max), "empty": [:],
        ]
        let bytes = JSON.encode(value)
        #expect(try JSON.parse(bytes) == value)
        #expect(try JSON.decode(JSONValue.self, from: JSON.encode([value] as [JSONValue])) == [value])
        #expect(
            String(decoding: JSON.encode(["b": 1, "a": "\u{1f}"]), as: UTF8.self) == #"{"a":"\u001f","b":1}"#)
    }

    @Test func snowflakes() throws {
        #expect(
            try JSON.decode([UserID].self, from: Array(#"["175928847299117063",175928847299117063]"#.utf8))
                == [175_928_847_299_117_063, 175_928_847_299_117_063])
        #expect(try JSON.encode([UserID(7)]) == Array(#"["7"]"#.utf8))
        #expect(UserID(175_928_847_299_117_063).milliseconds == 1_462_015_105_796)
        #expect(UserID(milliseconds: 1_462_015_105_796).milliseconds == 1_462_015_105_796)
        for broken in [#"["x"]"#, "[-1]", "[1.5]", "[null]", #"["99999999999999999999"]"#] {
            #expect(throws: ModelError.self) { try JSON.decode([UserID].self, from: Array(broken.utf8)) }
        }
        #expect(UserID("12a") == nil)
        let map: [UserID: Int] = [5: 1]
        #expect(try JSON.encode(map) == Array(#"{"5":1}"#.utf8))
        #expect(try JSON.decode([UserID: Int].self, from: Array(#"{"5":1}"#.utf8)) == map)
    }

    @Test func nullsAreWrittenWhereDiscordCares() throws {
        let state = try JSON.value(VoiceState(userID: 1))
        #expect(state["channel_id"] == .some(.null))
        #expect(state["request_to_speak_timestamp"] == .some(.null))
        #expect(state["guild_id"] == nil)
        #expect(try JSON.value(Member())["nick"] == .some(.null))
        #expect(try JSON.value(GatewayPayload(op: .heartbeat))["d"] == .some(.null))
        #expect(try JSON.value(VoiceStateUpdateRequest(guildID: 1))["channel_id"] == .some(.null))
        #expect(try JSON.value(MessageBody(content: "x")) == ["content": "x"])
    }

    @Test func errorsSayWhere() {
        #expect(throws: ModelError.unexpected("expected Int, found text", path: "$.roles[1].position")) {
            struct Probe: Decodable { var roles: [Role] }
            struct Role: Decodable { var position: Int }
            _ = try JSON.decode(Probe.self, from: Array(#"{"roles":[{"position":1},{"position":"high"}]}"#.utf8))
        }
    }

    @Test func timestamps() {
        #expect(Timestamp.text(milliseconds: 1_763_596_800_123) == "2025-11-20T00:00:00.123000+00:00")
        #expect(Timestamp.milliseconds("2025-11-20T00:00:00.123000+00:00") == 1_763_596_800_123)
        #expect(Timestamp.milliseconds("2025-11-20T00:00:00+00:00") == 1_763_596_800_000)
        #expect(Timestamp.milliseconds("2025-11-20T02:00:00.500000+02:00") == 1_763_596_800_500)
        #expect(Timestamp.milliseconds("yesterday") == nil)
    }

    @Test func responses() throws {
        let cases: [(InteractionResponse, JSONValue)] = [
            (.pong, ["type": 1]), (.message(MessageBody(content: "hi")), ["type": 4, "data": ["content": "hi"]]),
            (.deferredMessage(flags: .ephemeral), ["type": 5, "data": ["flags": 64]]),
            (.deferredMessage(flags: []), ["type": 5]), (.deferredUpdate, ["type": 6]),
            (.updateMessage(MessageBody(components: [])), ["type": 7, "data": ["components": []]]),
            (
                .autocomplete([CommandChoice(name: "a", value: "b")]),
                ["type": 8, "data": ["choices": [["name": "a", "value": "b"]]]]
            ), (.unknown(InteractionCallbackType(rawValue: 12), nil), ["type": 12]),
        ]
        for (response, json) in cases {
            #expect(try JSON.value(response) == json)
            #expect(try JSON.decode(InteractionResponse.self, from: json) == response)
        }
    }
}
