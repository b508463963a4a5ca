internal import Networking
internal import ServiceKit
internal import Synchronization

/// REST without sockets: requests go straight to the sandbox, whatever host their address names.
struct MemoryHTTPTransport: HTTPTransport {
    let core: Core
    let admin: AdminService

    func send(_ request: HTTPRequest) async throws(NetworkError) -> HTTPResponse {
        guard let (_, path, query) = MemoryAddress.split(request.url) else { throw .invalidURL("no host or path") }
        let server = ServerRequest(
            method: request.method.rawValue, path: path, rawQuery: query, headers: request.headers, body: request.body)
        let service = PageService(core: core, admin: admin, links: LinkService(core: core))
        let answer = await service.respond(to: server)
        guard case .bytes(let bytes) = answer.body else {
            throw .invalidRequest("streams need a socket")
        }
        if Task.isCancelled { throw .cancelled }
        return HTTPResponse(status: answer.status, headers: answer.headers, body: bytes, url: request.url)
    }
}

/// Splits an address into `host:port`, path and query.
enum MemoryAddress {
    static func split(_ url: String) -> (host: String, path: String, query: String)? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let rest = url[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[host.endIndex...]
        let path = tail.prefix { $0 != "?" }
        return (String(host), path.isEmpty ? "/" : String(path), String(tail[path.endIndex...].dropFirst()))
    }
}

/// WebSockets without sockets: to the gateway, or to a voice server when the address names its endpoint.
struct MemoryConnector: WebSocketConnector {
    let core: Core
    /// Runs the sandbox's end of a connection.
    let spawn: @Sendable (@escaping @Sendable () async -> Void) -> Void

    func connect(
        to url: String, options: WebSocketOptions
    ) async throws(NetworkError) -> any WebSocketConnection {
        guard let (host, _, query) = MemoryAddress.split(url) else { throw .invalidURL("no host") }
        let pairs = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let values = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
        let region = core.state.withLock { $0.world.voiceEndpoints.firstIndex(of: host) }
        if region == nil && core.isGatewayRefused { throw .upgradeRefused(status: 503) }
        let (client, server) = MemorySocket.pair()
        let links = LinkService(core: core)
        spawn {
            if let region {
                await links.serveVoice(server, region: region, version: values["v"].flatMap { Int($0) })
            } else {
                await links.serveGateway(server, query: values)
            }
            await server.close(code: 1000, reason: "")
        }
        return client
    }
}

/// One end of a WebSocket in memory.
final class MemorySocket: WebSocketConnection {
    private final class Ending: Sendable {
        let close = Mutex<WebSocketClose?>(nil)
    }

    private let incoming: BoundedChannel<WebSocketMessage>
    private let outgoing: BoundedChannel<WebSocketMessage>
    private let ending: Ending

    private init(
        _ incoming: BoundedChannel<WebSocketMessage>, _ outgoing: BoundedChannel<WebSocketMessage>, _ ending: Ending
    ) {
        self.incoming = incoming
        self.outgoing = outgoing
        self.ending = ending
    }

    static func pair() -> (MemorySocket, MemorySocket) {
        let there = BoundedChannel<WebSocketMessage>(capacity: 256)
        let back = BoundedChannel<WebSocketMessage>(capacity: 256)
        let ending = Ending()
        return (MemorySocket(back, there, ending), MemorySocket(there, back, ending))
    }

    var closed: WebSocketClose? { ending.close.withLock { $0 } }

    func send(_ message: WebSocketMessage) async throws(NetworkError) {
        guard closed == nil, await outgoing.send(message) else { throw Task.isCancelled ? .cancelled : .closed }
    }

    func receive() async throws(NetworkError) -> WebSocketMessage? { await incoming.next() }

    func close(code: UInt16, reason: String) async { end(WebSocketClose(code: code, reason: reason)) }

    func drop() { end(WebSocketClose(code: 1006, reason: "the connection broke off")) }

    private func end(_ close: WebSocketClose) {
        ending.close.withLock { $0 = $0 ?? close }
        outgoing.finish()
        incoming.finish()
    }
}
