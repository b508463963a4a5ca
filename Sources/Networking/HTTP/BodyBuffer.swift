/// Status and header fields of an answer.
struct HTTPHead: Sendable {
    /// The status code.
    var status: Int
    /// The header fields.
    var headers: HTTPHeaders
}

/// What one transfer has received and what its reader waits for. A pure value: the transfer's thread puts in, the
/// reader takes out.
struct BodyBuffer {
    /// What a reader waits for.
    enum Need {
        /// Status and headers.
        case head
        /// Some bytes.
        case bytes
        /// The end of the transfer.
        case end
    }

    /// The head, once it is complete.
    private(set) var head: HTTPHead?
    /// How the transfer ended: nil while it runs.
    private(set) var end: Result<Void, NetworkError>?
    private var bytes: [UInt8] = []
    private var isPaused = false
    private let capacity: Int

    /// A buffer that asks for a pause when it would hold more than `capacity` bytes.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Whether a reader with this need has something to do.
    func satisfies(_ need: Need) -> Bool {
        switch need {
        case .head: head != nil || end != nil
        case .bytes: !bytes.isEmpty || end != nil
        case .end: end != nil
        }
    }

    /// Takes the head.
    mutating func receive(_ head: HTTPHead) {
        self.head = head
    }

    /// Takes body bytes; false when the transfer has to pause and offer the same bytes again later.
    mutating func receive(_ more: UnsafeRawBufferPointer) -> Bool {
        guard end == nil else { return true }
        guard bytes.isEmpty || bytes.count + more.count <= capacity else {
            isPaused = true
            return false
        }
        unsafe bytes.append(contentsOf: more)
        return true
    }

    /// Hands out everything received so far, and whether the transfer has to go on from its pause.
    mutating func take() -> (bytes: [UInt8], resumes: Bool) {
        defer {
            bytes = []
            isPaused = false
        }
        return (bytes, isPaused)
    }

    /// Notes the end; only the first one counts. A failure drops what nobody has read.
    mutating func finish(_ result: Result<Void, NetworkError>) -> Bool {
        guard end == nil else { return false }
        end = result
        if case .failure = result { bytes = [] }
        return true
    }
}
