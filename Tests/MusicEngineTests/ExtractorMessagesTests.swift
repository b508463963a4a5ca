import FoundationEssentials
import Testing

@testable import MusicEngine

@Suite struct ExtractorMessagesTests {
    @Test(arguments: [
        ("1800000000.5", 1_800_000_000.5), ("0", 0), ("-1", nil), ("1e300", nil),
        (String(repeating: "9", count: 60), nil),
    ])
    func takesOnlyDatesForDates(_ digits: String, _ expected: Double?) throws {
        let text = """
            {"id":1,"ok":true,"result":{"song":{"site":"s","id":"a","url":"u","title":"t","audio":
            {"url":"https://a","expires":\(digits),"available_at":\(digits)}}}}
            """
        let answer = try JSONDecoder().decode(ExtractorAnswer.self, from: Data(text.utf8))
        let song = try #require(try answer.outcome().get().song?.extracted)
        #expect(song.expires == expected)
        #expect(song.availableAt == expected)
    }
}
