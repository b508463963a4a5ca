internal import Synchronization

/// One hop of one request, shared between its reader (any task) and the client's thread.
final class Transfer: Sendable {
    /// The request of this hop; its timeout is what is left for it.
    let request: HTTPRequest
    /// Where the request goes.
    let url: ParsedURL
    /// Whether the whole body is collected (and decompressed) or streamed.
    let collecting: Bool
    /// The header lines to send.
    let headerLines: [String]
    private let thread: HTTPThread
    private let state: Mutex<State>

    private struct State {
        var buffer: BodyBuffer
        var need = BodyBuffer.Need.head
        var reader: CheckedContinuation<Bool, Never>?

        /// The waiting reader, when its need is met.
        mutating func readerToWake() -> CheckedContinuation<Bool, Never>? {
            guard buffer.satisfies(need) else { return nil }
            defer { reader = nil }
            return reader
        }
    }

    /// A transfer that has not begun; fails when a header field would break the request apart.
    init(
        _ request: HTTPRequest, url: ParsedURL, collecting: Bool, configuration: HTTPClientConfiguration,
        thread: HTTPThread
    ) throws(NetworkError) {
        self.request = request
        self.url = url
        self.collecting = collecting
        self.thread = thread
        headerLines = try Self.lines(request, userAgent: configuration.userAgent)
        state = Mutex(State(buffer: BodyBuffer(capacity: collecting ? .max : configuration.streamBufferBytes)))
    }

    // MARK: The reader's side

    /// Waits for status and headers.
    func head() async throws(NetworkError) -> HTTPHead {
        try await wait(for: .head)
        let (head, end) = state.withLock { ($0.buffer.head, $0.buffer.end) }
        if case .failure(let error) = end { throw error }
        guard let head else { throw .protocolViolation("an answer without status") }
        return head
    }

    /// Waits for the end and returns the whole body.
    func collect() async throws(NetworkError) -> [UInt8] {
        try await wait(for: .end)
        let (bytes, end) = state.withLock { ($0.buffer.take().bytes, $0.buffer.end) }
        if case .failure(let error) = end { throw error }
        return bytes
    }

    /// Waits for bytes; nil after the last.
    func next() async throws(NetworkError) -> [UInt8]? {
        try await wait(for: .bytes)
        let (taken, end) = state.withLock { ($0.buffer.take(), $0.buffer.end) }
        if taken.resumes { thread.resume(self) }
        if !taken.bytes.isEmpty { return taken.bytes }
        if case .failure(let error) = end { throw error }
        return nil
    }

    /// Reads and forgets the body up to a limit, then ends the transfer if it has more.
    func discard(upTo limit: Int) async {
        if collecting {
            // Collected bodies are bounded, but an endless one would hold the redirect up until its time is over.
            guard let length = state.withLock({ $0.buffer.head?.headers["Content-Length"] }), let count = Int(length),
                count <= limit, (try? await collect()) != nil
            else { return end(.cancelled) }
            return
        }
        var left = limit
        while left > 0, let bytes = try? await next() { left -= bytes.count }
        end(.cancelled)
    }

    /// Ends the transfer from outside, if it still runs.
    func end(_ error: NetworkError) {
        if finish(.failure(error)) { thread.remove(self) }
    }

    private func wait(for need: BodyBuffer.Need) async throws(NetworkError) {
        let isFree = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let (ready, isFree) = state.withLock { state -> (CheckedContinuation<Bool, Never>?, Bool) in
                    guard state.reader == nil else { return (continuation, false) }
                    state.need = need
                    state.reader = continuation
                    return (state.readerToWake(), true)
                }
                ready?.resume(returning: isFree)
            }
        } onCancel: {
            end(.cancelled)
        }
        guard isFree else { throw .invalidRequest("two readers of one body") }
    }

    // MARK: The thread's side

    /// Takes the head.
    func receive(_ head: HTTPHead) {
        wake { $0.receive(head) }
    }

    /// Takes body bytes; false asks for a pause.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        wake { unsafe $0.receive(bytes) }
    }

    /// Notes how the transfer ended; true when this was the first word on it.
    @discardableResult
    func finish(_ result: Result<Void, NetworkError>) -> Bool {
        wake { $0.finish(result) }
    }

    private func wake<Value>(_ change: (inout BodyBuffer) -> Value) -> Value {
        let (value, reader) = state.withLock { state in
            let value = change(&state.buffer)
            return (value, state.readerToWake())
        }
        reader?.resume(returning: true)
        return value
    }

    /// The header lines of a request, refusing whatever would start a line of its own.
    private static func lines(_ request: HTTPRequest, userAgent: String) throws(NetworkError) -> [String] {
        var headers = request.headers
        if headers["User-Agent"] == nil { headers.add("User-Agent", userAgent) }
        if let range = request.range {
            headers["Range"] = "bytes=\(range.lowerBound)-\(range.upperBound.map(String.init) ?? "")"
        }
        var lines: [String] = []
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A && $0 != 0x3B }),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw .invalidRequest("a header field has a line break or another forbidden character") }
            // libcurl takes "Name:" as "leave this header out" and "Name;" as "send it empty".
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        if headers["Content-Type"] == nil { lines.append("Content-Type:") }
        lines.append("Expect:")
        return lines
    }
}
