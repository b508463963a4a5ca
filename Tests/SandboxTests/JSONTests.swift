import Testing

@testable import Sandbox

@Suite struct JSONTests {
    static let document = #"{"a":[1,-2.5,true,false,null,"x\"\\\nü😀"],"big":1000000000000000201,"o":{"k":{}}}"#

    @Test func writesWhatItReads() throws {
        let value = try #require(JSONReader.read(Self.document))
        #expect(JSONReader.read(value.text) == value)
        #expect(value["big"]?.snowflake == 1_000_000_000_000_000_201)
        #expect(value["a"]?[5]?.string == "x\"\\\nü😀")
        #expect(value["a"]?[1]?.number == -2.5)
    }

    @Test func readsSurrogatePairs() {
        #expect(JSONReader.read(#""\ud83d\ude00\u00e9""#) == .string("😀é"))
        #expect(JSONReader.read(#""\ud83d""#) == nil)
    }

    @Test func refusesEveryPrefix() {
        let bytes = Array(Self.document.utf8)
        for end in 0..<bytes.count { #expect(JSONReader.read(Array(bytes[..<end])) == nil, "prefix of \(end) bytes") }
        #expect(JSONReader.read(bytes + [UInt8(ascii: "x")]) == nil)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "01x", "01", "-01", "[1", "{\"a\":1", "nul", "\"\u{1}\"", "\"\\q\"", "+1",
        "1e999", "[1 2]",
    ])
    func refuses(_ text: String) { #expect(JSONReader.read(text) == nil) }

    @Test func refusesDeepNesting() {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect(JSONReader.read(deep) == nil)
    }
}
