internal import ServiceKit
internal import Synchronization

/// A song being played: its packets, in order and without a hole, for one reader. When the worker dies the song goes on in
/// another one from the very next packet.
public final class MediaSession: Sendable {
    private struct State {
        var feed: WorkerFeed?
        var nextIndex: Int
        var losses = 0
        var lastLoss = 0
        var outcome: Result<Bool, MediaError>?
    }

    /// What the song is.
    public let info: MediaInfo
    private let request: MediaRequest
    private let pool: MediaWorkerPool
    private let state: Mutex<State>

    /// How often a song is taken up again at the same place.
    private static let maximumLosses = 3
    /// Frames of progress (5 s) after which a loss counts as the first again.
    private static let progress = 250

    init(request: MediaRequest, info: MediaInfo, feed: WorkerFeed, pool: MediaWorkerPool) {
        self.request = request
        self.info = info
        self.pool = pool
        state = Mutex(State(feed: feed, nextIndex: request.startIndex))
    }

    /// The number of the packet that comes next.
    public var nextIndex: Int { state.withLock { $0.nextIndex } }

    /// The next packets, up to one second of them, which the worker is asked for now; nil after the last. Cancelling the task throws `MediaError.closed`, and the session may still be read on.
    public func nextBatch() async throws(MediaError) -> [OpusPacket]? {
        while true {
            let (feed, outcome) = state.withLock { ($0.feed, $0.outcome) }
            if let outcome {
                _ = try outcome.get()
                return nil
            }
            guard let feed else { throw .closed }
            feed.request()
            switch await feed.next() {
            case .packets(let firstIndex, let packets):
                let fresh = try take(firstIndex, packets)
                if !fresh.isEmpty { return fresh }
            case .end:
                finish(.success(true))
                return nil
            case .failed(let error):
                finish(.failure(error))
                throw error
            case .lost: try await resume()
            case .opened: continue
            case nil:
                if !Task.isCancelled { finish(.failure(.closed)) }
                throw .closed
            }
        }
    }

    /// Ends the session; packets that were read ahead are dropped.
    public func close() {
        finish(.failure(.closed))
    }

    private func take(_ firstIndex: Int, _ packets: [[UInt8]]) throws(MediaError) -> [OpusPacket] {
        let (expected, isLive) = (state.withLock { $0.nextIndex }, info.isLive)
        guard isLive || firstIndex <= expected else { throw .protocolViolation("packets are missing") }
        let skip = isLive ? 0 : min(packets.count, expected - firstIndex)
        let first = isLive ? expected : firstIndex + skip
        let fresh = (skip..<packets.count).map { OpusPacket(bytes: packets[$0], index: first + $0 - skip) }
        state.withLock { $0.nextIndex = first + fresh.count }
        return fresh
    }

    /// Opens the song in another worker at the next packet.
    private func resume() async throws(MediaError) {
        let (index, losses) = state.withLock { state -> (Int, Int) in
            if state.nextIndex - state.lastLoss > Self.progress { state.losses = 0 }
            state.losses += 1
            state.lastLoss = state.nextIndex
            return (state.nextIndex, state.losses)
        }
        guard losses <= Self.maximumLosses else {
            finish(.failure(.workerLost))
            throw .workerLost
        }
        var again = request
        again.start = .milliseconds(20 * index)
        do throws(MediaError) {
            let (feed, _) = try await pool.openFeed(again, probe: false)
            pool.countResumed()
            let closed = state.withLock { state -> Bool in
                guard state.outcome == nil else { return true }
                state.feed = feed
                return false
            }
            if closed { feed.close() }
        } catch {
            if !Task.isCancelled { finish(.failure(error)) }
            throw error
        }
    }

    private func finish(_ outcome: Result<Bool, MediaError>) {
        let feed = state.withLock { state -> WorkerFeed? in
            state.outcome = state.outcome ?? outcome
            defer { state.feed = nil }
            return state.feed
        }
        feed?.close()
    }
}
