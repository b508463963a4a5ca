import Testing

@testable import Networking

@Suite struct HTTPHeadersTests {
    @Test func namesIgnoreCaseAndKeepOrder() {
        var headers: HTTPHeaders = ["Content-Type": "a", "X-One": "1"]
        headers.add("x-one", "2")
        #expect(headers["content-TYPE"] == "a")
        #expect(headers.values("X-ONE") == ["1", "2"])
        #expect(headers.map(\.name) == ["Content-Type", "X-One", "x-one"])
        headers["X-one"] = "3"
        #expect(headers.values("x-one") == ["3"])
        headers["x-one"] = nil
        #expect(headers.count == 1)
        #expect(headers["x-on"] == nil)
    }
}
