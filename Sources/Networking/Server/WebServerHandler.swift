public import ServiceKit

/// A request as the server received it, body included.
public struct ServerRequest: Sendable {
    /// The method, as sent.
    public var method: String
    /// The path as sent, percent-encoding kept, without the query.
    public var path: String
    /// The pairs of the query, decoded.
    public var query: [(String, String)]
    /// The query as sent.
    public var rawQuery: String
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body, whether it came sized or chunked.
    public var body: [UInt8]
    /// The client's numeric address, without port.
    public var remoteAddress: String

    /// A request with all its parts; `query` is decoded from `rawQuery`.
    public init(
        method: String = "GET", path: String, rawQuery: String = "", headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [], remoteAddress: String = "127.0.0.1"
    ) {
        self.method = method
        self.path = path
        self.rawQuery = rawQuery
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        query = HTTPText.query(rawQuery)
    }

    /// The first value of a query name.
    public func queryValue(_ name: String) -> String? { query.first { $0.0 == name }?.1 }

    /// Whether the client asks for a WebSocket (RFC 6455, section 4.2.1).
    var asksForWebSocket: Bool {
        method == "GET" && headers.values("upgrade").flatMap(HTTPText.list).contains("websocket")
            && headers.values("connection").flatMap(HTTPText.list).contains("upgrade")
    }
}

/// The body of a response.
public enum ServerBody: Sendable {
    /// All of it.
    case bytes([UInt8])
    /// Sent as it comes until the channel is finished; the server finishes it when the client leaves.
    case stream(BoundedChannel<[UInt8]>)
}

/// A response; the server adds Date, Connection, and Content-Length or Transfer-Encoding.
public struct ServerResponse: Sendable {
    /// The status code.
    public var status: Int
    /// The header fields, sent as they are.
    public var headers: HTTPHeaders
    /// The body; left out for HEAD, 204 and 304.
    public var body: ServerBody

    /// A response.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: ServerBody = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A plain text response.
    public static func text(_ status: Int, _ words: String) -> ServerResponse {
        ServerResponse(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(words.utf8)))
    }
}

/// What a server does with requests; called from the cooperative pool, for each request in a task of its own.
public protocol WebServerHandler: Sendable {
    /// Answers a request.
    func respond(to request: ServerRequest) async -> ServerResponse
    /// Whether the request may become a WebSocket; if not, `respond` is asked for the refusal.
    func webSocketAllowed(_ request: ServerRequest) async -> Bool
    /// Serves a WebSocket; when it returns, the connection is closed with code 1000 unless it already is.
    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async
}

extension WebServerHandler {
    /// No WebSockets.
    public func webSocketAllowed(_ request: ServerRequest) async -> Bool { false }

    /// Closes at once.
    public func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {}
}

/// Where a server listens and what a client may use of it.
public struct WebServerConfiguration: Sendable {
    /// The numeric address to listen on.
    public var host = "127.0.0.1"
    /// The port; 0 lets the system choose.
    public var port = 0
    /// Certificate and key, when the server speaks TLS.
    public var tls: TLSIdentity?
    /// The largest request body; larger ones get status 413.
    public var maximumBodyBytes = 30 << 20
    /// The largest request line and header fields together; larger ones get status 431.
    public var maximumHeadBytes = 32 << 10
    /// The largest WebSocket message; larger ones end the connection with code 1009.
    public var maximumMessageBytes = 16 << 20
    /// WebSocket messages that wait for the network before `send` waits.
    public var sendQueueMessages = 64
    /// Received WebSocket messages that wait before the socket is no longer read.
    public var receiveQueueMessages = 64
    /// Connections at once; further ones wait in the system's queue.
    public var maximumConnections = 4096
    /// Time for TLS and the head of a request.
    public var headTimeout: Duration = .seconds(15)
    /// Time without any byte while a request's body is sent.
    public var bodyTimeout: Duration = .seconds(30)
    /// Time a kept connection may wait for its next request.
    public var idleTimeout: Duration = .seconds(75)
    /// Time without any byte taken by the client while a response is sent.
    public var writeTimeout: Duration = .seconds(60)
    /// Time without any byte after which a WebSocket is pinged, and, after as long again, cut.
    public var pingInterval: Duration = .seconds(45)

    /// The default configuration: loopback, a port of the system's choice, no TLS.
    public init() {}
}
