import Networking
import ServiceKit

/// A handler for tests: tells what it received, streams, and echoes WebSocket messages.
struct EchoHandler: WebServerHandler {
    func respond(to request: ServerRequest) async -> ServerResponse {
        switch request.path {
        case "/empty": return ServerResponse(status: 204)
        case "/bytes":
            return ServerResponse(
                status: 200, headers: ["Content-Type": "application/json", "X-Kept": "as is"],
                body: .bytes(request.body))
        case "/stream":
            let count = Int(request.queryValue("count") ?? "") ?? 3
            let stream = BoundedChannel<[UInt8]>(capacity: count)
            for number in 0..<count { stream.trySend(Array("piece \(number)\n".utf8)) }
            stream.finish()
            return ServerResponse(status: 200, headers: ["Content-Type": "text/event-stream"], body: .stream(stream))
        default:
            let query = request.query.map { "\($0.0)=\($0.1)" }.joined(separator: "|")
            return .text(200, "\(request.method) \(request.path) \(query) \(request.body.count)")
        }
    }

    func webSocketAllowed(_ request: ServerRequest) async -> Bool { request.path.hasPrefix("/ws") }

    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
        do throws(NetworkError) {
            switch request.path {
            case "/ws/close":
                let code = UInt16(request.queryValue("code") ?? "") ?? 1000
                await connection.close(code: code, reason: "as asked")
            case "/ws/drop": connection.drop()
            case "/ws/query":
                try await connection.send(.text(request.rawQuery + " " + (request.headers["X-Extra"] ?? "")))
            default:
                while let message = try await connection.receive() { try await connection.send(message) }
            }
        } catch {}
    }
}

/// Runs `body` against a server on a port of the system's choice.
func withServer(
    _ handler: any WebServerHandler = EchoHandler(), change: (inout WebServerConfiguration) -> Void = { _ in },
    _ body: (Int) async throws -> Void
) async throws {
    var configuration = WebServerConfiguration()
    change(&configuration)
    let server = WebServer(configuration, handler: handler)
    let port = try await server.start()
    do {
        try await body(port)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
