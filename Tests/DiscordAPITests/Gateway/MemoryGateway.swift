import DiscordModel
import Networking
import ServiceKit
import Synchronization
import Testing

@testable import DiscordAPI

/// The server's end of a connection in memory.
final class MemoryConnection: WebSocketConnection {
    let url: String
    /// What the client sent.
    let received = BoundedChannel<String>(capacity: 1000)
    private let outgoing = BoundedChannel<WebSocketMessage>(capacity: 1000)
    private let end = Mutex<(close: WebSocketClose?, byClient: UInt16?)>((nil, nil))

    init(url: String) { self.url = url }

    var closed: WebSocketClose? { end.withLock { $0.close } }
    /// The code the client closed with.
    var clientCode: UInt16? { end.withLock { $0.byClient } }

    func send(_ message: WebSocketMessage) async throws(NetworkError) {
        guard closed == nil, case .text(let text) = message else { throw .closed }
        received.trySend(text)
    }

    func receive() async throws(NetworkError) -> WebSocketMessage? { await outgoing.next() }

    func close(code: UInt16, reason: String) async {
        end.withLock { $0 = (WebSocketClose(code: code, reason: reason), code) }
        outgoing.finish()
        received.finish()
    }

    func drop() { serverClose(1006) }

    /// The server closes.
    func serverClose(_ code: UInt16) {
        end.withLock { if $0.close == nil { $0.close = WebSocketClose(code: code) } }
        outgoing.finish()
        received.finish()
    }

    func serverSends(_ text: String) { outgoing.trySend(.text(text)) }
    func serverSends(_ bytes: [UInt8]) { outgoing.trySend(.binary(bytes)) }

    /// The next payload of the client.
    func next() async throws -> JSONValue {
        try JSON.parse(Array(try #require(await received.next()).utf8))
    }

    /// The next payload with an opcode, passing over heartbeats.
    func next(_ opcode: Int) async throws -> JSONValue {
        while true {
            let payload = try await next()
            if payload["op"]?.int == opcode { return try #require(payload["d"]) }
            try #require(payload["op"]?.int == 1)
        }
    }

    /// Says hello, takes the identify and answers READY.
    func welcome(interval: Int = 41250, session: String = "abc") async throws -> JSONValue {
        serverSends(#"{"op":10,"d":{"heartbeat_interval":\#(interval)}}"#)
        let identify = try await next(2)
        serverSends(
            #"""
            {"op":0,"s":1,"t":"READY","d":{"v":10,"user":{"id":"1","username":"b"},"guilds":[],"session_id":"\#(session)",
            "resume_gateway_url":"wss://resume.example","application":{"id":"1","flags":0}}}
            """#)
        return identify
    }
}

/// Hands the server's ends to the test.
final class MemoryGateway: WebSocketConnector {
    let connections = BoundedChannel<MemoryConnection>(capacity: 1000)
    /// How many connects fail before one succeeds.
    let failures = Mutex(0)

    func connect(to url: String, options: WebSocketOptions) async throws(NetworkError) -> any WebSocketConnection {
        let fails = failures.withLock { count in
            if count == 0 { return false }
            count -= 1
            return true
        }
        if fails { throw .connectFailed("refused") }
        let connection = MemoryConnection(url: url)
        connections.trySend(connection)
        return connection
    }

    /// The next connection of the client.
    func next() async throws -> MemoryConnection { try #require(await connections.next()) }
}
