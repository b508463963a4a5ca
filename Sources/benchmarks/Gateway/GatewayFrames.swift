import FoundationEssentials
import Networking
import ServiceKit
import Synchronization

/// A recorded gateway connection: gives out its frames as fast as they are asked for.
final class GatewayFrames: WebSocketConnection, WebSocketConnector {
    private let messages: [WebSocketMessage]
    private let next = Mutex(0)
    private let identified = BoundedChannel<Void>(capacity: 1)
    private let never = BoundedChannel<WebSocketMessage>(capacity: 1)

    /// Reads a file of frames, each after four bytes of length.
    init(path: String, isText: Bool) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        var messages: [WebSocketMessage] = []
        var offset = 0
        while offset + 4 <= bytes.count {
            let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            guard offset + 4 + length <= bytes.count else {
                throw BenchmarkError.missing("\(path) is cut off: run the benchmark again")
            }
            let frame = bytes[offset + 4..<offset + 4 + length]
            messages.append(isText ? .text(String(decoding: frame, as: UTF8.self)) : .binary(Array(frame)))
            offset += 4 + length
        }
        self.messages = messages
    }

    /// Frames in the file, the first is HELLO.
    var count: Int { messages.count }

    var closed: WebSocketClose? { nil }

    func connect(to url: String, options: WebSocketOptions) async throws(NetworkError) -> any WebSocketConnection {
        self
    }

    func send(_ message: WebSocketMessage) async throws(NetworkError) {
        if case .text(let text) = message, text.contains("\"op\":2") { _ = identified.trySend(()) }
    }

    func receive() async throws(NetworkError) -> WebSocketMessage? {
        let index = next.withLock { next in
            defer { next += 1 }
            return next
        }
        // Discord says nothing between HELLO and IDENTIFY.
        if index == 1 { _ = await identified.next() }
        return index < messages.count ? messages[index] : await never.next()
    }

    func close(code: UInt16, reason: String) async { never.finish() }

    func drop() { never.finish() }
}
