@testable import StarcraftReplay
import Testing

/// The client's summary.
@Suite struct JSONTests {
    private func metadata(_ text: String) throws(ReplayError) -> GameMetadata {
        let bytes = Array(text.utf8)
        return try GameMetadata(bytes.span)
    }

    @Test func everyKindOfValueIsReadOrLeftOut() throws {
        let found = try metadata(
            """
            \u{FEFF}{ "Title" : "a\\"\\u00e9\\ud83d\\ude00\\n/\\/", "Duration": 12.5, "x": {"y": [1, "]", {}, [], true, false, null, -1.5e-3]},
              "Players": [ {"PlayerID": 1, "APM": 99, "MMR": -36400, "Result": "Win", "z": []}, {} ] }
            """)
        #expect(found.title == "a\"é😀\n//")
        #expect(found.duration == 12.5)
        #expect(found.players.map(\.number) == [1, 0])
        #expect(found.players[0].rating == -36400)
        #expect(found.players[0].actionsPerMinute == 99)
    }

    @Test func anyCutIsAnError() {
        let text = #"{"Title":"a\u00e9","Players":[{"PlayerID":1,"APM":1e2}],"b":[true,null]}"#
        for count in 0..<text.utf8.count {
            #expect(throws: ReplayError.self) { try metadata(String(text.prefix(count))) }
        }
    }

    @Test(arguments: [#"{"Duration":"1"}"#, #"{"Title":1}"#, "[]", #"{"a":tru}"#, #"{"a" 1}"#, #"{"a":1 "b":2}"#])
    func otherTextIsAnError(text: String) {
        #expect(throws: ReplayError.self) { try metadata(text) }
    }

    @Test func nestingIsBounded() {
        #expect(throws: ReplayError.damaged(.metadata, offset: 37, problem: .nesting)) {
            try metadata(#"{"a":"# + String(repeating: "[", count: 100_000))
        }
    }
}
