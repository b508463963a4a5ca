/// A complete answer.
public struct HTTPResponse: Sendable {
    /// The status code of the last hop.
    public var status: Int
    /// The header fields of the last hop.
    public var headers: HTTPHeaders
    /// The decompressed body.
    public var body: [UInt8]
    /// The URL of the last hop.
    public var url: String

    /// An answer, as in-memory transports build it.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], url: String = "") {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
    }
}

/// Something that carries a request and brings the answer: the network, or a server in memory.
public protocol HTTPTransport: Sendable {
    /// Sends `request` and collects the answer; a status of 400 or more is an answer, not an error.
    func send(_ request: HTTPRequest) async throws(NetworkError) -> HTTPResponse
}
