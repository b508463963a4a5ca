internal import ServiceKit

/// Fetches over HTTP/1.1 and HTTP/2 on one thread of its own, with pooled connections. Sharing one client per process
/// shares its connections. Dropping the last reference, those of its streams included, closes
/// it.
public final class HTTPClient: HTTPTransport, Sendable {
    private let configuration: HTTPClientConfiguration
    private let thread: HTTPThread

    /// A client; its thread starts with the first request.
    public init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
        self.configuration = configuration
        thread = HTTPThread(configuration)
    }

    deinit {
        thread.close()
    }

    /// Sends `request` and collects the answer, decompressed, up to its limit.
    public func send(_ request: HTTPRequest) async throws(NetworkError) -> HTTPResponse {
        let (transfer, head, url) = try await follow(request, collecting: true)
        let body = try await transfer.collect()
        return HTTPResponse(status: head.status, headers: head.headers, body: body, url: url.text)
    }

    /// Sends `request` and returns as soon as the headers are there; the body follows piece by piece, as it is on the
    /// wire (never decompressed), and the transfer is paused while the reader is behind.
    public func stream(_ request: HTTPRequest) async throws(NetworkError) -> HTTPBodyStream {
        let (transfer, head, url) = try await follow(request, collecting: false)
        return HTTPBodyStream(
            client: self, transfer: transfer, status: head.status, headers: head.headers, url: url.text)
    }

    /// Ends every transfer with `NetworkError.closed` and the thread; later requests fail the same way.
    public func close() {
        thread.close()
    }

    /// Starts the transfer and follows redirects, each of them checked like the first address.
    private func follow(
        _ original: HTTPRequest, collecting: Bool
    ) async throws(NetworkError) -> (Transfer, HTTPHead, ParsedURL) {
        let deadline = original.timeout.map { ContinuousClock.now + $0 }
        var request = original
        var url = try ParsedURL(request.url)
        var redirects = 0
        while true {
            try request.policy.check(url)
            if let deadline { request.timeout = max(.milliseconds(1), deadline - .now) }
            let transfer = try Transfer(
                request, url: url, collecting: collecting, configuration: configuration, thread: thread)
            try thread.start(transfer)
            let head = try await transfer.head()
            guard let next = Redirect.target(of: head, request: request) else { return (transfer, head, url) }
            // The redirect's own body is not wanted; reading a short one to its end keeps the connection for reuse.
            await transfer.discard(upTo: 32 << 10)
            redirects += 1
            guard redirects <= request.maximumRedirects else {
                throw .tooManyRedirects(limit: request.maximumRedirects)
            }
            let nextURL = try url.resolving(next)
            request = Redirect.request(after: head.status, request, crossingOrigins: !nextURL.sameOrigin(as: url))
            url = nextURL
        }
    }
}
