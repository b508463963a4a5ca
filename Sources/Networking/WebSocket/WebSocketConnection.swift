/// One WebSocket message.
public enum WebSocketMessage: Sendable, Equatable {
    /// UTF-8 text.
    case text(String)
    /// Bytes.
    case binary([UInt8])

    /// The payload's size in bytes.
    var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}

/// How a WebSocket ended (RFC 6455, section 7.1.5 and 7.1.6).
public struct WebSocketClose: Error, Sendable, Hashable {
    /// The close code: 1005 when the peer gave none, 1006 when it vanished without a close frame.
    public var code: UInt16
    /// The words that came with it, at most 123 bytes.
    public var reason: String

    /// A close with its code and words.
    public init(code: UInt16, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// The peer vanished without a close frame.
    static let vanished = WebSocketClose(code: 1006, reason: "the connection broke off")

    /// The close as it may be written into a frame: codes that must not appear there become 1000, words are cut.
    var sendable: WebSocketClose {
        let allowed: Bool =
            switch code {
            case 1000...1003, 1007...1014, 3000...4999: true
            default: false
            }
        var words = reason
        while words.utf8.count > 123 { words.removeLast() }
        return WebSocketClose(code: allowed ? code : 1000, reason: words)
    }
}

/// An open WebSocket, whichever side opened it.
public protocol WebSocketConnection: AnyObject, Sendable {
    /// Queues a message, waiting while the send queue is full; throws `closed` when the connection ends before.
    func send(_ message: WebSocketMessage) async throws(NetworkError)
    /// The next message; nil after the close (see `closed`) or when the task is cancelled.
    func receive() async throws(NetworkError) -> WebSocketMessage?
    /// How the connection ended; nil while it lives.
    var closed: WebSocketClose? { get }
    /// Sends what is queued and a close frame, and waits for the end of the connection (at most some seconds).
    func close(code: UInt16, reason: String) async
    /// Cuts the TCP connection without a close frame.
    func drop()
}

/// What a WebSocket connection may use, and how it is opened.
public struct WebSocketOptions: Sendable {
    /// The largest message accepted; a larger one ends the connection with code 1009.
    public var maximumMessageBytes = 16 << 20
    /// How many messages wait for the network before `send` waits.
    public var sendQueueMessages = 64
    /// How many received messages wait for `receive` before the socket is no longer read.
    public var receiveQueueMessages = 64
    /// The limit of resolving, connecting, TLS and the upgrade together.
    public var connectTimeout: Duration = .seconds(15)
    /// Extra fields of the upgrade request.
    public var headers = HTTPHeaders()
    /// A PEM file with certificate authorities trusted besides the system's.
    public var certificateAuthorityFile: String?

    /// The default options.
    public init() {}
}

/// Opens WebSockets.
public protocol WebSocketConnector: Sendable {
    /// Connects to a `ws:` or `wss:` address and returns once the upgrade is done.
    func connect(to url: String, options: WebSocketOptions) async throws(NetworkError) -> any WebSocketConnection
}
