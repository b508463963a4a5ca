import FoundationEssentials
import Networking
import Testing

@Suite(.timeLimit(.minutes(5)))
struct TLSTests {
    /// Runs `body` with a TLS server and the path of the file that makes it trusted.
    private func withTLS(
        names: [String] = ["localhost"], addresses: [String] = ["127.0.0.1"], _ body: (Int, String) async throws -> Void
    ) async throws {
        let identity = try TLSIdentity.selfSigned(names: names, addresses: addresses)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem").path
        try identity.certificatePEM.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await withServer(change: { $0.tls = identity }) { try await body($0, file) }
    }

    private func failsWithTLS(_ connect: () async throws -> Void) async {
        do {
            try await connect()
            Issue.record("the certificate was accepted")
        } catch NetworkError.tls {
        } catch {
            Issue.record("another error: \(error)")
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func aTrustedCertificateIsAcceptedByAddressAndName(host: String) async throws {
        try await withTLS { port, file in
            let client = WebSocketClient(certificateAuthorityFile: file)
            let socket = try await client.connect(to: "wss://\(host):\(port)/ws")
            let bytes = [UInt8](repeating: 3, count: 1 << 20)
            try await socket.send(.binary(bytes))
            #expect(try await socket.receive() == .binary(bytes))
            await socket.close(code: 4000, reason: "")
            #expect(socket.closed?.code == 4000)
        }
    }

    @Test
    func anUnknownCertificateIsRefused() async throws {
        try await withTLS { port, _ in
            await failsWithTLS { _ = try await WebSocketClient().connect(to: "wss://127.0.0.1:\(port)/ws") }
        }
    }

    @Test
    func aCertificateForAnotherHostIsRefused() async throws {
        try await withTLS(names: ["elsewhere.example"], addresses: ["127.0.0.2"]) { port, file in
            for host in ["127.0.0.1", "localhost"] {
                await failsWithTLS {
                    let client = WebSocketClient(certificateAuthorityFile: file)
                    _ = try await client.connect(to: "wss://\(host):\(port)/ws")
                }
            }
        }
    }

    @Test
    func aMissingAuthorityFileIsAnError() async throws {
        await failsWithTLS {
            let client = WebSocketClient(certificateAuthorityFile: "/nonexistent/authority.pem")
            _ = try await client.connect(to: "wss://127.0.0.1:1/")
        }
    }

    @Test
    func theHTTPClientTrustsTheSameIdentity() async throws {
        try await withTLS { port, file in
            var configuration = HTTPClientConfiguration()
            configuration.certificateAuthorityFile = file
            var request = HTTPRequest(.get, "https://localhost:\(port)/stream?count=1000")
            request.policy = .any
            let response = try await HTTPClient(configuration).send(request)
            #expect(response.status == 200)
            #expect(response.body.count == 9890)
        }
    }

    @Test
    func plainTextOnATLSPortDoesNotStopTheServer() async throws {
        try await withTLS { port, file in
            let raw = try RawClient(port: port)
            raw.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await !raw.receiveAll().hasPrefix("HTTP/1.1 200"))
            let socket = try await WebSocketClient(certificateAuthorityFile: file).connect(
                to: "wss://127.0.0.1:\(port)/ws")
            await socket.close(code: 1000, reason: "")
        }
    }

    @Test
    func aRewrittenAuthorityFileIsReadAgain() async throws {
        try await withTLS { first, firstFile in
            try await withTLS { second, secondFile in
                let file = firstFile + ".copy"
                defer { try? FileManager.default.removeItem(atPath: file) }
                for (port, source) in [(first, firstFile), (second, secondFile), (first, firstFile)] {
                    try String(contentsOfFile: source, encoding: .utf8).write(
                        toFile: file, atomically: true, encoding: .utf8)
                    let client = WebSocketClient(certificateAuthorityFile: file)
                    await client.expectEcho("wss://localhost:\(port)/ws")
                }
            }
        }
    }

    @Test
    func moreAuthoritiesThanAreKeptStillWork() async throws {
        for _ in 0..<10 {
            try await withTLS { port, file in
                await WebSocketClient(certificateAuthorityFile: file).expectEcho("wss://127.0.0.1:\(port)/ws")
            }
        }
    }

    @Test
    func aFileWithoutCertificatesIsAnError() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem").path
        try "no certificate".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        await failsWithTLS {
            _ = try await WebSocketClient(certificateAuthorityFile: file).connect(to: "wss://127.0.0.1:1/")
        }
    }

    @Test
    func badNamesMakeNoCertificate() {
        #expect(throws: NetworkError.self) { try TLSIdentity.selfSigned(names: ["a,DNS:b"], addresses: []) }
        #expect(throws: NetworkError.self) { try TLSIdentity.selfSigned(names: [], addresses: ["localhost"]) }
        #expect(throws: NetworkError.self) { try TLSIdentity.selfSigned(names: [], addresses: []) }
    }

    @Test
    func anIdentityThatDoesNotFitStopsTheStart() async throws {
        var identity = try TLSIdentity.selfSigned(names: ["a"], addresses: [])
        identity.privateKeyPEM = try TLSIdentity.selfSigned(names: ["a"], addresses: []).privateKeyPEM
        var configuration = WebServerConfiguration()
        configuration.tls = identity
        let server = WebServer(configuration, handler: EchoHandler())
        await #expect(throws: NetworkError.self) { _ = try await server.start() }
    }
}

extension WebSocketClient {
    /// Connects, exchanges one message and closes.
    fileprivate func expectEcho(_ url: String) async {
        await #expect(throws: Never.self) {
            let socket = try await connect(to: url)
            try await socket.send(.text("hello"))
            #expect(try await socket.receive() == .text("hello"))
            await socket.close(code: 1000, reason: "")
        }
    }
}
