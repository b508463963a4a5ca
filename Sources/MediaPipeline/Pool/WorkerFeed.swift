internal import ServiceKit
internal import Synchronization

/// What comes from a worker for one session; dropped when the session is over.
final class WorkerFeed: Sendable {
    /// What a worker says about a session.
    enum Event: Sendable {
        indirect case opened(MediaInfo)
        case packets(firstIndex: Int, packets: [[UInt8]])
        case end
        case failed(MediaError)
        /// The worker is gone.
        case lost
    }

    /// Packets asked for at a time: one second, which comes as one message.
    static let window = MediaMessage.maximumBatch

    /// The session's number in its worker.
    let number: UInt32
    private let link: WorkerLink
    private let events = BoundedChannel<Event>(capacity: WorkerFeed.window + 8)
    /// Packets asked for and not yet handed out.
    private let expected = Mutex(0)

    /// A feed of session `number` of a worker.
    init(number: UInt32, link: WorkerLink) {
        self.number = number
        self.link = link
    }

    deinit { link.close(number) }

    /// The next event; nil when the waiting task was cancelled or the feed closed.
    func next() async -> Event? {
        let event = await events.next()
        if case .packets(_, let packets) = event { expected.withLock { $0 = max(0, $0 - packets.count) } }
        return event
    }

    /// Asks for the next packets, unless some of the last that were asked for are still to be handed out.
    func request() {
        let isDue = expected.withLock { expected in
            guard expected == 0 else { return false }
            expected = Self.window
            return true
        }
        if isDue { link.send(.credit(session: number, packets: UInt32(Self.window))) }
    }

    /// Takes an event from the worker; one too many means that the worker ignores its credits, and ends the feed.
    func receive(_ event: Event) {
        if !events.trySend(event) { events.finish() }
    }

    /// Ends the session on both sides.
    func close() {
        link.close(number)
        events.finish()
    }
}
