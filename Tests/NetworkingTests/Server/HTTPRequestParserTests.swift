import Testing

@testable import Networking

struct HTTPRequestParserTests {
    private static let stream = """
        GET /a%20b?x=1&y=%C3%BC+z HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two: 2 \r\n\r
        \nPOST /sized HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello\
        PATCH http://h/chunked?q HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r
        3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nDELETE / HTTP/1.0\r\n\r\n
        """

    private static func check(_ requests: [HTTPRequestParser.Request]) {
        #expect(requests.map(\.method) == ["GET", "POST", "PATCH", "DELETE"])
        #expect(requests.map(\.path) == ["/a%20b", "/sized", "/chunked", "/"])
        #expect(requests.map(\.rawQuery) == ["x=1&y=%C3%BC+z", "", "q", ""])
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["", "hello", "abc0123456789", ""])
        #expect(requests.first?.headers.values("x-TWO") == ["1", "2"])
        #expect(requests.map(\.minorVersion) == [1, 1, 1, 0])
    }

    private static func requests(_ parser: inout HTTPRequestParser) -> [HTTPRequestParser.Request] {
        var found: [HTTPRequestParser.Request] = []
        while case .request(let request) = parser.next() { found.append(request) }
        return found
    }

    @Test(arguments: [1, 2, 3, 7, 10000])
    func requestsAreFoundHoweverTheStreamIsCut(size: Int) {
        var parser = HTTPRequestParser()
        var found: [HTTPRequestParser.Request] = []
        var rest = Array(Self.stream.utf8)[...]
        while !rest.isEmpty {
            parser.append(rest.prefix(size))
            rest = rest.dropFirst(size)
            found += Self.requests(&parser)
        }
        Self.check(found)
        #expect(!parser.midRequest)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        ("GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: a\u{1}\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: h\r\nExpect: a miracle\r\nContent-Length: 1\r\n\r\n", 417),
        ("GET /\(String(repeating: "x", count: 2000)) HTTP/1.1\r\n", 431),
        (String(repeating: "\r\n", count: 1000), 431),
        ("\u{16}\u{3}\u{1}\u{2}\r\n\r\n", 400),
    ])
    func whatIsWrongIsRefused(text: String, status: Int) {
        var limits = HTTPRequestParser.Limits()
        limits.bodyBytes = 100
        limits.headBytes = 1000
        var parser = HTTPRequestParser(limits: limits)
        parser.append(text.utf8)
        guard case .refused(status) = parser.next() else {
            Issue.record("not refused with \(status): \(text)")
            return
        }
        guard case .refused(status) = parser.next() else {
            Issue.record("a refused stream went on")
            return
        }
    }

    @Test
    func aWaitingClientIsToldToContinue() {
        var parser = HTTPRequestParser()
        parser.append("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n".utf8)
        guard case .expectsContinue = parser.next(), case .wantsMore = parser.next() else {
            Issue.record("no continue")
            return
        }
        parser.append("ab".utf8)
        #expect(Self.requests(&parser).first?.body == Array("ab".utf8))
    }

    @Test
    func datesAreWrittenAsHTTPWantsThem() {
        #expect(HTTPStatus.date(secondsSince1970: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPStatus.date(secondsSince1970: 1_709_164_800) == "Thu, 29 Feb 2024 00:00:00 GMT")
        #expect(HTTPStatus.date(secondsSince1970: 1_767_225_599) == "Wed, 31 Dec 2025 23:59:59 GMT")
    }

    @Test
    func theAcceptValueIsTheOneOfTheStandard() {
        #expect(WebSocketAccept.value(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }
}
