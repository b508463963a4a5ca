/// One request with its limits.
public struct HTTPRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// The absolute URL; only http and https are ever fetched.
    public var url: String
    /// The header fields to send.
    public var headers: HTTPHeaders
    /// The body; POST, PUT and PATCH send `Content-Length: 0` when it is empty.
    public var body: [UInt8]
    /// The limit of the whole exchange, redirects included; nil for streams without end.
    public var timeout: Duration?
    /// The limit of resolving, connecting and the TLS handshake, per hop.
    public var connectTimeout: Duration
    /// The exchange fails when fewer than one byte per second arrived for this long.
    public var stallTimeout: Duration
    /// The largest body accepted, counted after decompression.
    public var maximumResponseBytes: Int
    /// Which addresses may be reached.
    public var policy: URLPolicy
    /// How many redirects are followed; 0 hands a redirect to the caller as it is.
    public var maximumRedirects: Int
    /// The bytes to ask for with a Range header; `upperBound` nil means to the end.
    public var range: ByteRange?
    /// Whether compressed answers are asked for and decompressed; off for media, whose ranges count raw bytes.
    public var acceptsCompression: Bool

    /// An inclusive range of byte positions.
    public struct ByteRange: Sendable, Hashable {
        /// The first byte.
        public var lowerBound: Int64
        /// The last byte, or nil for all that follow.
        public var upperBound: Int64?

        /// A range from `lowerBound` to `upperBound`, both included.
        public init(_ lowerBound: Int64, _ upperBound: Int64? = nil) {
            self.lowerBound = lowerBound
            self.upperBound = upperBound
        }
    }

    /// A request with careful limits: 30 s in all, 10 s to connect, 16 MiB of answer, 5 redirects, public addresses only.
    public init(_ method: HTTPMethod = .get, _ url: String) {
        self.method = method
        self.url = url
        headers = HTTPHeaders()
        body = []
        timeout = .seconds(30)
        connectTimeout = .seconds(10)
        stallTimeout = .seconds(20)
        maximumResponseBytes = 16 << 20
        policy = .publicInternet
        maximumRedirects = 5
        range = nil
        acceptsCompression = true
    }
}
