import Networking
import ServiceKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct WebServerTests {
    private let client = HTTPClient()

    private func send(
        _ method: HTTPMethod, _ port: Int, _ target: String, body: [UInt8] = []
    ) async throws -> HTTPResponse {
        var request = HTTPRequest(method, "http://127.0.0.1:\(port)\(target)")
        request.policy = .any
        request.body = body
        return try await client.send(request)
    }

    private func expectServing(_ port: Int) async throws {
        let response = try await send(.get, port, "/")
        #expect(response.status == 200)
    }

    @Test(arguments: [HTTPMethod.get, .post, .put, .patch, .delete])
    func everyMethodCarriesItsBody(method: HTTPMethod) async throws {
        try await withServer { port in
            let body = [UInt8](repeating: 97, count: method == .get ? 0 : 200_000)
            let response = try await send(method, port, "/some%2Fpath?a=b%20c&d", body: body)
            #expect(response.status == 200)
            #expect(
                String(decoding: response.body, as: UTF8.self)
                    == "\(method.rawValue) /some%2Fpath a=b c|d= \(body.count)")
        }
    }

    @Test
    func headersAreSentAsTheHandlerSetThem() async throws {
        try await withServer { port in
            let response = try await send(.post, port, "/bytes", body: [1, 2, 3])
            #expect(response.headers["content-type"] == "application/json")
            #expect(response.headers["X-Kept"] == "as is")
            #expect(response.headers["Content-Length"] == "3")
            #expect(response.body == [1, 2, 3])
        }
    }

    @Test
    func headAndNoContentHaveNoBody() async throws {
        try await withServer { port in
            let head = try await send(.head, port, "/")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.headers["Content-Length"] == "9")
            let empty = try await send(.get, port, "/empty")
            #expect(empty.status == 204)
            #expect(empty.headers["Content-Length"] == nil)
        }
    }

    @Test
    func streamsAreChunkedAndTheConnectionIsKept() async throws {
        try await withServer { port in
            let raw = try RawClient(port: port)
            raw.send("GET /stream?count=2 HTTP/1.1\r\nHost: h\r\n\r\n")
            let first = try await raw.receive(until: "0\r\n\r\n")
            #expect(first.contains("Transfer-Encoding: chunked\r\n"))
            #expect(first.hasSuffix("\r\n\r\n8\r\npiece 0\n\r\n8\r\npiece 1\n\r\n0\r\n\r\n"))
            raw.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\nGET /x HTTP/1.0\r\n\r\n")
            let rest = try await raw.receiveAll()
            #expect(rest.ranges(of: "HTTP/1.1 200 OK\r\n").count == 2)
            #expect(rest.contains("Connection: close\r\n"))
            #expect(rest.hasSuffix("\r\n\r\nGET /x  0"))
        }
    }

    @Test
    func pipelinedAndChunkedRequestsAreAnsweredInOrder() async throws {
        try await withServer { port in
            let raw = try RawClient(port: port)
            raw.send("POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            raw.send("GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let all = try await raw.receiveAll()
            let one = try #require(all.firstRange(of: "POST /1  3"))
            let two = try #require(all.firstRange(of: "GET /2  0"))
            #expect(one.upperBound <= two.lowerBound)
        }
    }

    @Test
    func bodiesOverTheLimitAreRefused() async throws {
        try await withServer(change: { $0.maximumBodyBytes = 1000 }) { port in
            let fits = try await send(.post, port, "/", body: [UInt8](repeating: 0, count: 1000))
            #expect(fits.status == 200)
            let tooLarge = try await send(.post, port, "/", body: [UInt8](repeating: 0, count: 1001))
            #expect(tooLarge.status == 413)
        }
    }

    @Test
    func badRequestsGetAnAnswerAndLeaveTheServerServing() async throws {
        try await withServer { port in
            for (bytes, status) in [
                ("nonsense\r\n\r\n", 400), ("GET / HTTP/3.0\r\n\r\n", 505), ("\r\n\0\r\n\r\n", 400),
            ] {
                let raw = try RawClient(port: port)
                raw.send(bytes)
                #expect(try await raw.receiveAll().hasPrefix("HTTP/1.1 \(status) "))
            }
            let half = try RawClient(port: port)
            half.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
            try await expectServing(port)
        }
    }

    @Test
    func silentClientsAreCut() async throws {
        try await withServer(change: {
            $0.headTimeout = .milliseconds(50)
            $0.bodyTimeout = .milliseconds(50)
        }) { port in
            for start in ["", "GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf"] {
                let raw = try RawClient(port: port)
                raw.send(start)
                #expect(try await raw.receiveAll() == "")
            }
        }
    }

    @Test
    func connectionsWithoutAnotherRequestAreClosed() async throws {
        try await withServer(change: { $0.idleTimeout = .milliseconds(50) }) { port in
            let idle = try RawClient(port: port)
            idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await idle.receiveAll().hasSuffix("GET /  0"))
        }
    }

    @Test
    func connectionsOverTheLimitWaitForTheirTurn() async throws {
        try await withServer(change: { $0.maximumConnections = 2 }) { port in
            var holders = [try RawClient(port: port), try RawClient(port: port)]
            for holder in holders {
                holder.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                #expect(try await holder.receive(until: "GET /  0").hasPrefix("HTTP/1.1 200"))
            }
            let third = try RawClient(port: port)
            third.send("GET /third HTTP/1.1\r\nHost: h\r\n\r\n")
            holders.removeLast()
            #expect(try await third.receive(until: "GET /third  0").hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test
    func aStreamEndsWhenItsClientLeaves() async throws {
        let handler = EndlessHandler()
        try await withServer(handler) { port in
            var raw: RawClient? = try RawClient(port: port)
            raw?.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            _ = try await raw?.receive()
            raw = nil
            while await handler.stream.send([UInt8](repeating: 1, count: 1000)) {}
            #expect(handler.stream.isFinished)
        }
    }

    @Test
    func aSlowReaderHoldsTheStreamBack() async throws {
        let handler = EndlessHandler()
        try await withServer(handler) { port in
            let raw = try RawClient(port: port)
            raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            let piece = [UInt8](repeating: 1, count: 100_000)
            let sent = Mutex(0)
            let producer = Task {
                while await handler.stream.send(piece) { sent.withLock { $0 += 1 } }
            }
            // Nobody reads: after what the system's buffers take, nothing may move any more.
            var before = -1
            while case let now = sent.withLock({ $0 }), now != before || now == 0 {
                before = now
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(before < 200)
            var read = 0
            while read < (before + 5) * piece.count { read += try await raw.receive().count }
            #expect(sent.withLock { $0 } > before)
            producer.cancel()
        }
    }

    @Test
    func severalServersRunAndStopInOneProcess() async throws {
        try await withServer { first in
            try await withServer { second in
                #expect(first != second)
                try await expectServing(first)
                try await expectServing(second)
            }
            try await expectServing(first)
        }
    }

    @Test
    func aTakenPortIsAnError() async throws {
        try await withServer { port in
            var configuration = WebServerConfiguration()
            configuration.port = port
            let server = WebServer(configuration, handler: EchoHandler())
            await #expect(throws: NetworkError.system(function: "listen", code: 98)) {
                do throws(NetworkError) {
                    _ = try await server.start()
                } catch .system(_, let code) {
                    throw NetworkError.system(function: "listen", code: code)
                }
            }
        }
    }
}

/// Answers everything with one stream that the test fills.
private struct EndlessHandler: WebServerHandler {
    let stream = BoundedChannel<[UInt8]>(capacity: 2)

    func respond(to request: ServerRequest) async -> ServerResponse {
        ServerResponse(status: 200, body: .stream(stream))
    }
}
