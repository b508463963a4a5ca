internal import ServiceKit
internal import Synchronization

/// The meeting point of a WebSocket's users and the service thread: two bounded queues and how it ends.
final class WebSocketLink: WebSocketConnection {
    private struct State {
        var closed: WebSocketClose?
        var closeRequest: WebSocketClose?
        var dropRequested = false
        var inboundBytes = 0
        var readingPaused = false
    }

    /// Received bytes that may wait, besides one message of any size.
    private static let inboundByteLimit = 1 << 20

    private let state = Mutex(State())
    private let outbound: BoundedChannel<WebSocketMessage>
    private let inbound: BoundedChannel<WebSocketMessage>
    private let ended = BoundedChannel<Bool>(capacity: 1)
    /// Asks the service thread to look at this connection.
    private let wake: @Sendable () -> Void

    init(sendQueueMessages: Int, receiveQueueMessages: Int, wake: @escaping @Sendable () -> Void) {
        outbound = BoundedChannel(capacity: sendQueueMessages)
        inbound = BoundedChannel(capacity: receiveQueueMessages)
        self.wake = wake
    }

    var closed: WebSocketClose? { state.withLock { $0.closed } }

    func send(_ message: WebSocketMessage) async throws(NetworkError) {
        guard await outbound.send(message) else { throw Task.isCancelled ? .cancelled : .closed }
        wake()
    }

    func receive() async throws(NetworkError) -> WebSocketMessage? {
        guard let message = await inbound.next() else { return nil }
        let resume = state.withLock { state -> Bool in
            state.inboundBytes -= message.byteCount
            guard state.readingPaused, state.inboundBytes <= Self.inboundByteLimit / 2 else { return false }
            state.readingPaused = false
            return true
        }
        if resume { wake() }
        return message
    }

    func close(code: UInt16, reason: String) async {
        let pending = state.withLock { state -> Bool in
            guard state.closed == nil else { return false }
            state.closeRequest = state.closeRequest ?? WebSocketClose(code: code, reason: reason).sendable
            return true
        }
        guard pending else { return }
        outbound.finish()
        wake()
        _ = await ended.next()
    }

    func drop() {
        state.withLock { $0.dropRequested = true }
        outbound.finish()
        wake()
    }

    // MARK: The service thread's side

    /// Whether the connection is to be cut.
    var dropRequested: Bool { state.withLock { $0.dropRequested } }

    /// The close our side asked for.
    var closeRequest: WebSocketClose? { state.withLock { $0.closeRequest } }

    /// The next message to write.
    func nextOutgoing() -> WebSocketMessage? { outbound.tryNext() }

    /// Whether another message may be taken from the socket; if not, `wake` follows once there is room.
    func mayRead() -> Bool {
        state.withLock { state in
            state.readingPaused = state.readingPaused || state.inboundBytes > Self.inboundByteLimit
            return !state.readingPaused
        }
    }

    /// Hands a message to the receivers; false when the queue is full: offer it again after the next `wake`.
    func deliver(_ message: WebSocketMessage) -> Bool {
        state.withLock { state in
            guard !inbound.isFinished else { return true }
            guard inbound.trySend(message) else {
                state.readingPaused = true
                return false
            }
            state.inboundBytes += message.byteCount
            return true
        }
    }

    /// Ends the connection for its users; the first end counts.
    func finish(_ close: WebSocketClose) {
        state.withLock { $0.closed = $0.closed ?? close }
        outbound.finish()
        inbound.finish()
        ended.finish()
    }
}
