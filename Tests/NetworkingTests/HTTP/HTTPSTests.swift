import FoundationEssentials
import Testing

@testable import Networking

@Suite(.timeLimit(.minutes(5))) struct HTTPSTests {
    private struct Echo: WebServerHandler {
        func respond(to request: ServerRequest) async -> ServerResponse {
            .text(200, "\(request.method) \(request.path) \(request.body.count)")
        }
    }

    private func withServer(
        _ use: (_ port: Int, _ authority: String) async throws -> Void
    ) async throws {
        let identity = try TLSIdentity.selfSigned(names: ["backline.test"], addresses: ["127.0.0.1"])
        var configuration = WebServerConfiguration()
        configuration.tls = identity
        let server = WebServer(configuration, handler: Echo())
        let port = try await server.start()
        let file = FileManager.default.temporaryDirectory.appending(
            path: "backline-ca-\(port)-\(UInt32.random(in: 0...9999)).pem")
        try Data(identity.certificatePEM.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result: Result<Void, any Error>
        do { result = .success(try await use(port, file.path)) } catch { result = .failure(error) }
        await server.stop()
        try result.get()
    }

    private func request(_ method: HTTPMethod, _ url: String) -> HTTPRequest {
        var request = HTTPRequest(method, url)
        request.policy = .any
        return request
    }

    @Test func trustsTheGivenAuthority() async throws {
        try await withServer { port, file in
            var configuration = HTTPClientConfiguration(certificateAuthorityFile: file)
            configuration.addressOverrides = ["backline.test:\(port)": "127.0.0.1"]
            let client = HTTPClient(configuration)
            for host in ["127.0.0.1", "backline.test"] {
                var request = request(.patch, "https://\(host):\(port)/x")
                request.body = [UInt8](repeating: 7, count: 200_000)
                let response = try await client.send(request)
                #expect(String(decoding: response.body, as: UTF8.self) == "PATCH /x 200000")
            }
        }
    }

    @Test func refusesUnknownAuthoritiesAndOtherNames() async throws {
        try await withServer { port, file in
            var configuration = HTTPClientConfiguration(certificateAuthorityFile: file)
            configuration.addressOverrides = ["other.test:\(port)": "127.0.0.1"]
            for (client, url) in [
                (HTTPClient(), "https://127.0.0.1:\(port)/"),
                (HTTPClient(configuration), "https://other.test:\(port)/"),
            ] {
                do {
                    _ = try await client.send(request(.get, url))
                    Issue.record("trusted")
                } catch NetworkError.tls {}
            }
        }
    }
}
