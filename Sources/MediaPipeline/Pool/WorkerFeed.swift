internal import ServiceKit

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

    /// Packets asked for ahead of their use: one second.
    static let window = 50

    /// The session's number in its worker.
    let number: UInt32
    private let link: WorkerLink
    private let events = BoundedChannel<Event>(capacity: WorkerFeed.window + 8)

    /// A feed of session `number` of a worker.
    init(number: UInt32, link: WorkerLink) {
        self.number = number
        self.link = link
    }

    deinit { link.close(number) }

    /// The next event; nil when the waiting task was cancelled or the feed closed.
    func next() async -> Event? {
        await events.next()
    }

    /// Asks for more packets.
    func grant(_ packets: Int) {
        link.send(.credit(session: number, packets: UInt32(clamping: packets)))
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
