/// A body that is still arriving. One reader at a time; dropping the stream ends the transfer.
public final class HTTPBodyStream: Sendable {
    /// The status code of the last hop.
    public let status: Int
    /// The header fields of the last hop.
    public let headers: HTTPHeaders
    /// The URL of the last hop.
    public let url: String
    private let client: HTTPClient
    private let transfer: Transfer

    init(client: HTTPClient, transfer: Transfer, status: Int, headers: HTTPHeaders, url: String) {
        self.client = client
        self.transfer = transfer
        self.status = status
        self.headers = headers
        self.url = url
    }

    deinit {
        transfer.end(.cancelled)
    }

    /// The next bytes, at least one, or nil after the last. Cancelling the task ends the transfer.
    public func next() async throws(NetworkError) -> [UInt8]? {
        try await transfer.next()
    }

    /// Ends the transfer; later calls of `next` throw `NetworkError.cancelled`.
    public func cancel() {
        transfer.end(.cancelled)
    }
}
