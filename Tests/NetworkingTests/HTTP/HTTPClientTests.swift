import Glibc
import Synchronization
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct HTTPClientTests {
    private func open(_ method: HTTPMethod = .get, _ url: String) -> HTTPRequest {
        var request = HTTPRequest(method, url)
        request.policy = .any
        return request
    }

    /// What `body` throws; records an issue when it does not.
    private func failure(_ body: () async throws(NetworkError) -> some Any) async -> NetworkError? {
        do throws(NetworkError) {
            _ = try await body()
            Issue.record("no error")
            return nil
        } catch {
            return error
        }
    }

    @Test func getsWithHeadersAndReusesTheConnection() async throws {
        let server = try RawServer.answering { _ in answer(200, ["X-One:  a b\t", "X-One: c", "Empty:"], "hello") }
        let client = HTTPClient()
        for _ in 0..<3 {
            var request = open(.get, server.url("/a?b=c"))
            request.headers["X-Test"] = "ä"
            request.headers["X-Empty"] = ""
            let response = try await client.send(request)
            #expect(response.status == 200)
            #expect(response.headers.values("x-one") == ["a b", "c"])
            #expect(response.headers["empty"] == "")
            #expect(String(decoding: response.body, as: UTF8.self) == "hello")
            #expect(response.url == server.url("/a?b=c"))
        }
        #expect(server.connectionCount == 1)
        let request = try #require(server.requests.first)
        #expect(request.line == "GET /a?b=c HTTP/1.1")
        #expect(request.header("X-Test") == "ä")
        #expect(request.header("X-Empty") == "")
        #expect(request.header("User-Agent") == "Backline")
        #expect(request.header("Content-Type") == nil)
        #expect(request.header("Accept-Encoding")?.contains("gzip") == true)
    }

    /// libcurl keeps an HTTP/2 connection after a time-out: only the system can end one whose line was cut in silence.
    @Test func aLineCutInSilenceIsNoticedByTheSystem() async throws {
        let server = try RawServer.answering { _ in answer(200, [], "hello") }
        let client = HTTPClient()
        _ = try await client.send(open(.get, server.url()))
        let limits = (0..<Int32(1024)).compactMap { descriptor -> UInt32? in
            var peer = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = unsafe withUnsafeMutablePointer(to: &peer) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getpeername(descriptor, $0, &length)
                }
            }
            guard result == 0, peer.sin_family == AF_INET, Int(UInt16(bigEndian: peer.sin_port)) == server.port
            else { return nil }
            var limit: UInt32 = 0
            var size = socklen_t(MemoryLayout<UInt32>.size)
            unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, &size)
            return limit
        }
        #expect(limits == [10_000])
        client.close()
    }

    @Test(
        arguments: [HTTPMethod.post, .put, .patch],
        [[], Array("{\"a\":1}".utf8), [UInt8](repeating: 0, count: 300_000)])
    func sendsBodies(_ method: HTTPMethod, _ body: [UInt8]) async throws {
        let server = try RawServer.answering { _ in answer(204) }
        var request = open(method, server.url())
        request.body = body
        request.headers["Content-Type"] = "application/json"
        let response = try await HTTPClient().send(request)
        #expect(response.status == 204)
        let seen = try #require(server.requests.first)
        #expect(seen.method == method.rawValue)
        #expect(seen.body == body)
        #expect(seen.header("Content-Length") == "\(body.count)")
        #expect(seen.header("Content-Type") == "application/json")
        #expect(seen.header("Expect") == nil)
        #expect(seen.header("Transfer-Encoding") == nil)
    }

    @Test func sendsDeleteAndHeadWithoutBody() async throws {
        let server = try RawServer.answering { request in
            request.method == "HEAD" ? Array("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n".utf8) : answer(204)
        }
        let client = HTTPClient()
        #expect(try await client.send(open(.delete, server.url())).status == 204)
        let head = try await client.send(open(.head, server.url()))
        #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "999")
        #expect(server.requests.map(\.method) == ["DELETE", "HEAD"])
        #expect(server.requests.first?.header("Content-Length") == nil)
        #expect(server.connectionCount == 1)
    }

    @Test func errorStatusIsAnAnswer() async throws {
        let server = try RawServer.answering { _ in answer(404, [], "no") }
        let response = try await HTTPClient().send(open(.get, server.url()))
        #expect(response.status == 404 && response.body == Array("no".utf8))
    }

    @Test func asksForRanges() async throws {
        let server = try RawServer.answering { _ in answer(206, ["Content-Range: bytes 5-9/100"], "56789") }
        var request = open(.get, server.url())
        request.range = .init(5, 9)
        #expect(try await HTTPClient().send(request).status == 206)
        request.range = .init(7)
        _ = try await HTTPClient().send(request)
        #expect(server.requests.map { $0.header("Range") } == ["bytes=5-9", "bytes=7-"])
    }

    @Test(arguments: ["X-A: b\r\nEvil: 1", "X\0", "\n"])
    func refusesHeaderInjection(_ value: String) async throws {
        let server = try RawServer.answering { _ in answer() }
        var request = open(.get, server.url())
        request.headers["X-Test"] = value
        guard
            case .invalidRequest = await failure({ () async throws(NetworkError) in try await HTTPClient().send(request)
            })
        else {
            Issue.record("sent")
            return
        }
        #expect(server.requests.isEmpty)
    }

    // MARK: Redirects

    @Test func followsRedirectsAndDropsAuthorizationAcrossOrigins() async throws {
        let target = try RawServer.answering { _ in answer(200, [], "there") }
        let targetURL = target.url("/end")
        let server = try RawServer.answering { request in
            request.target == "/first"
                ? answer(302, ["Location: second"], "moved") : answer(307, ["Location: \(targetURL)"])
        }
        var request = open(.get, server.url("/first"))
        request.headers["Authorization"] = "Bot secret"
        request.headers["Cookie"] = "a=b"
        request.headers["X-Kept"] = "yes"
        let response = try await HTTPClient().send(request)
        #expect(response.url == targetURL && response.body == Array("there".utf8))
        #expect(server.requests.map(\.target) == ["/first", "/second"])
        #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bot secret" })
        #expect(server.connectionCount == 1)
        let last = try #require(target.requests.first)
        #expect(last.header("Authorization") == nil && last.header("Cookie") == nil && last.header("X-Kept") == "yes")
    }

    @Test(arguments: [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")])
    func redirectsOfPost(_ status: Int, _ method: String) async throws {
        let server = try RawServer.answering { request in
            request.target == "/" ? answer(status, ["Location: /next"]) : answer(200)
        }
        var request = open(.post, server.url())
        request.body = [1, 2, 3]
        request.headers["Content-Type"] = "x/y"
        _ = try await HTTPClient().send(request)
        let last = try #require(server.requests.last)
        #expect(last.method == method)
        #expect(last.body == (method == "POST" ? [1, 2, 3] : []))
        #expect(last.header("Content-Type") == (method == "POST" ? "x/y" : nil))
    }

    @Test func stopsRedirectLoops() async throws {
        let server = try RawServer.answering { _ in answer(302, ["Location: /again"]) }
        var request = open(.get, server.url())
        request.maximumRedirects = 3
        let error = await failure { () async throws(NetworkError) in try await HTTPClient().send(request) }
        #expect(error == .tooManyRedirects(limit: 3))
        #expect(server.requests.count == 4)
        request.maximumRedirects = 0
        #expect(try await HTTPClient().send(request).status == 302)
    }

    @Test func doesNotFollowARedirectIntoAPrivateNetwork() async throws {
        let inner = try RawServer.answering { _ in answer(200, [], "secret") }
        for location in [
            inner.url(), "http://localhost:\(inner.port)/", "file:///etc/passwd", "http://0x7f.1:\(inner.port)/",
        ] {
            let server = try RawServer.answering { _ in answer(302, ["Location: \(location)"]) }
            var request = HTTPRequest(.get, server.url())
            request.policy.allowedPrivateHosts = ["127.0.0.1:\(server.port)"]
            let error = await failure { () async throws(NetworkError) in try await HTTPClient().send(request) }
            guard case .forbidden = error else {
                Issue.record("\(location): \(String(describing: error))")
                continue
            }
        }
        #expect(inner.requests.isEmpty)
    }

    @Test func redirectWithEndlessBodyIsNotReadToItsEnd() async throws {
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.target == "/" {
                connection.write("HTTP/1.1 302 X\r\nLocation: /end\r\n\r\n")
                while connection.write([UInt8](repeating: 65, count: 10_000)) {}
            } else {
                connection.write(answer(200, [], "end"))
            }
        }
        var request = open(.get, server.url())
        request.maximumResponseBytes = .max
        #expect(try await HTTPClient().send(request).body == Array("end".utf8))
        let stream = try await HTTPClient().stream(request)
        #expect(try await stream.next() == Array("end".utf8))
    }

    // MARK: Policy at connect time

    @Test func refusesNamesThatLeadIntoAPrivateNetwork() async throws {
        let server = try RawServer.answering { _ in answer(200, [], "secret") }
        var configuration = HTTPClientConfiguration()
        for address in [
            "127.0.0.1", "0.0.0.0", "::1", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "[fe80::1]",
        ] {
            configuration.addressOverrides = ["rebind.example:\(server.port)": address]
            let client = HTTPClient(configuration)
            let request = HTTPRequest(.get, "http://rebind.example:\(server.port)/")
            let error = await failure { () async throws(NetworkError) in try await client.send(request) }
            guard case .forbidden = error else {
                Issue.record("\(address): \(String(describing: error))")
                continue
            }
        }
        #expect(server.connectionCount == 0)
    }

    @Test func refusesAPooledConnectionIntoAPrivateNetwork() async throws {
        let server = try RawServer.answering { _ in answer(200, [], "secret") }
        var configuration = HTTPClientConfiguration()
        configuration.addressOverrides = ["rebind.example:\(server.port)": "127.0.0.1"]
        let client = HTTPClient(configuration)
        let url = "http://rebind.example:\(server.port)/"
        #expect(try await client.send(open(.get, url)).status == 200)
        let error = await failure { () async throws(NetworkError) in try await client.send(HTTPRequest(.get, url)) }
        guard case .forbidden = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(server.requests.count == 1)
    }

    @Test func exceptionsReachPrivateHosts() async throws {
        let server = try RawServer.answering { _ in answer(200, [], "song") }
        var request = HTTPRequest(.get, server.url())
        request.policy.allowedPrivateHosts = ["127.0.0.1:\(server.port)"]
        #expect(try await HTTPClient().send(request).body == Array("song".utf8))
    }

    // MARK: Limits

    @Test func limitsTheSize() async throws {
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.target == "/sized" {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
                connection.waitForEnd()
            } else {
                connection.write("HTTP/1.1 200 OK\r\n\r\n")
                while connection.write([UInt8](repeating: 65, count: 100)) {}
            }
        }
        for target in ["/sized", "/endless"] {
            var request = open(.get, server.url(target))
            request.maximumResponseBytes = 1000
            let error = await failure { () async throws(NetworkError) in try await HTTPClient().send(request) }
            #expect(error == .tooLarge(limit: 1000))
        }
    }

    @Test func limitsDecompressedSize() async throws {
        // One block of stored zeros compressed: 64 KiB of zero bytes in gzip, made by hand from repeated matches is not
        // needed: the smallest bomb is a deflate stream of one literal and many length-258 matches (fixed Huffman codes).
        let bomb = GzipBomb.make(matches: 40_000)
        #expect(bomb.count < 80_000)
        let server = try RawServer.answering { _ in answer(200, ["Content-Encoding: gzip"], bomb) }
        var request = open(.get, server.url())
        request.maximumResponseBytes = 1 << 20
        let error = await failure { () async throws(NetworkError) in try await HTTPClient().send(request) }
        #expect(error == .tooLarge(limit: 1 << 20))
        request.maximumResponseBytes = 16 << 20
        #expect(try await HTTPClient().send(request).body.count == 1 + 40_000 * 258)
        request.acceptsCompression = false
        #expect(try await HTTPClient().send(request).body == bomb)
    }

    @Test func limitsTheWholeTime() async throws {
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.target == "/body" { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
            connection.waitForEnd()
        }
        for target in ["/silent", "/body"] {
            var request = open(.get, server.url(target))
            request.timeout = .milliseconds(150)
            let error = await failure { () async throws(NetworkError) in try await HTTPClient().send(request) }
            #expect(error == .timedOut(.whole))
        }
    }

    @Test func endsStalledTransfers() async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n\r\nabc")
            connection.waitForEnd()
        }
        var request = open(.get, server.url())
        request.timeout = nil
        request.stallTimeout = .seconds(1)
        let stream = try await HTTPClient().stream(request)
        let error = await failure { () async throws(NetworkError) in while try await stream.next() != nil {} }
        #expect(error == .timedOut(.stalled))
    }

    @Test func limitsHeaders() async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n")
            while connection.write("X-Filler: \(String(repeating: "x", count: 1000))\r\n") {}
        }
        let error = await failure { () async throws(NetworkError) in
            try await HTTPClient().send(open(.get, server.url()))
        }
        guard case .protocolViolation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: Broken servers

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx", "SSH-2.0-OpenSSH_9.2\r\n", "\u{0}\u{1}\u{2}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 999999 X\r\n\r\n",
    ])
    func brokenAnswersAreErrors(_ bytes: String) async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write(bytes)
        }
        _ = await failure { () async throws(NetworkError) in try await HTTPClient().send(open(.get, server.url())) }
    }

    @Test func answersInSingleBytes() async throws {
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            let bytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8) + answer(201, ["X-A: b"], "body")
            for byte in bytes { connection.write([byte]) }
        }
        let response = try await HTTPClient().send(open(.get, server.url()))
        #expect(response.status == 201 && response.headers["x-a"] == "b" && response.body == Array("body".utf8))
    }

    @Test func reportsRefusedConnections() async throws {
        let port = try RawServer { _ in }.port  // closed again at once
        let error = await failure { () async throws(NetworkError) in
            try await HTTPClient().send(open(.get, "http://127.0.0.1:\(port)/"))
        }
        guard case .connectFailed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: Streams

    @Test func streamsWithBackPressure() async throws {
        let written = Mutex(0)
        let total = 24 << 20
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let block = (0..<65536).map { UInt8(truncatingIfNeeded: $0) }
            while written.withLock({ $0 }) < total, connection.write(block) { written.withLock { $0 += block.count } }
        }
        var request = open(.get, server.url())
        request.maximumResponseBytes = total
        let stream = try await HTTPClient().stream(request)
        // Without back-pressure everything would have been written long before this limit of tries.
        var last = -1
        var still = 0
        while still < 20 {
            try await Task.sleep(for: .milliseconds(10))
            let now = written.withLock { $0 }
            still = now == last ? still + 1 : 0
            last = now
        }
        #expect(last < total)
        var count = 0
        var isRight = true
        while let bytes = try await stream.next() {
            isRight = isRight && bytes.count <= 256 << 10 && bytes[0] == UInt8(truncatingIfNeeded: count)
            count += bytes.count
        }
        #expect(count == total && isRight)
        #expect(try await stream.next() == nil)
    }

    @Test func severalPausedStreamsDoNotHinderOthers() async throws {
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                guard request.target == "/endless" else {
                    connection.write(answer(200, [], "quick"))
                    continue
                }
                connection.write("HTTP/1.1 200 OK\r\n\r\n")
                while connection.write([UInt8](repeating: 1, count: 65536)) {}
                return
            }
        }
        let client = HTTPClient()
        var request = open(.get, server.url("/endless"))
        request.maximumResponseBytes = .max
        var streams: [HTTPBodyStream] = []
        for _ in 0..<5 { streams.append(try await client.stream(request)) }
        for _ in 0..<3 {
            #expect(try await client.send(open(.get, server.url("/quick"))).body == Array("quick".utf8))
        }
        for stream in streams { #expect(try await stream.next()?.isEmpty == false) }
        streams[0].cancel()
        let error = await failure { () async throws(NetworkError) in try await streams[0].next() }
        #expect(error == .cancelled)
    }

    @Test func cancellationEndsTheTransfer() async throws {
        let (gone, tell) = AsyncStream<Void>.makeStream()
        let (here, arrived) = AsyncStream<Void>.makeStream()
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            arrived.yield()
            connection.waitForEnd()
            tell.yield()
        }
        let client = HTTPClient()
        let request = open(.get, server.url())
        let task = Task { await failure { () async throws(NetworkError) in try await client.send(request) } }
        for await _ in here { break }
        task.cancel()
        #expect(await task.value == .cancelled)
        for await _ in gone { break }
    }

    @Test func droppingAStreamEndsTheTransfer() async throws {
        let (gone, tell) = AsyncStream<Void>.makeStream()
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\n\r\nabc")
            connection.waitForEnd()
            tell.yield()
        }
        let client = HTTPClient()
        do {
            let stream = try await client.stream(open(.get, server.url()))
            #expect(stream.status == 200)
        }
        for await _ in gone { break }
    }

    @Test func closingEndsEverything() async throws {
        let (here, arrived) = AsyncStream<Void>.makeStream()
        let server = try RawServer { connection in
            guard connection.readRequest() != nil else { return }
            arrived.yield()
            connection.waitForEnd()
        }
        let client = HTTPClient()
        let request = open(.get, server.url())
        let task = Task { await failure { () async throws(NetworkError) in try await client.send(request) } }
        for await _ in here { break }
        client.close()
        #expect(await task.value == .closed)
        #expect(await failure { () async throws(NetworkError) in try await client.send(request) } == .closed)
    }

    @Test func manyAtOnce() async throws {
        let server = try RawServer.answering { request in answer(200, [], request.target) }
        let client = HTTPClient()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                let request = open(.get, server.url("/\(index)"))
                group.addTask { try await client.send(request).body == Array("/\(index)".utf8) }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.connectionCount <= 32)
    }
}
