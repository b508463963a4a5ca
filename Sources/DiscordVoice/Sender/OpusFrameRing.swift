internal import Synchronization

/// A bounded ring of Opus frames between a player and the sender thread; it shares the frames with the player.
///
/// Frames come out in the order they went in. Taking one neither allocates, frees nor waits. An empty ring is `idle` before
/// the first frame (also after `clear`), so that a connection without a song is parked: wake it after that frame.
/// From then on it is `starved`, until `markEnded`.
public final class OpusFrameRing: OpusFrameSource {
    /// Largest frame the ring takes, in bytes (RFC 6716, 3.4).
    public static let maximumFrameBytes = 1_275

    private let state: Mutex<FrameStorage>
    private let frameCapacity: Int

    /// A ring for `capacity` frames; `byteCapacity` bounds their sum (512 bytes per frame unless told, 205 kb/s).
    public init(capacity: Int = 25, byteCapacity: Int? = nil) {
        let frames = max(1, capacity)
        frameCapacity = frames
        state = Mutex(
            FrameStorage(
                frameCapacity: frames,
                byteCapacity: max(byteCapacity ?? frames * 512, 2 * OpusFrameRing.maximumFrameBytes)
            ))
        _ = SideThread.shared
    }

    /// Appends a frame of 1...1,275 bytes; false when there is no room (wait with `waitForRoom`) or it is no frame.
    public func push(_ frame: [UInt8]) -> Bool {
        guard (1...OpusFrameRing.maximumFrameBytes).contains(frame.count) else { return false }
        return state.withLock { $0.append(frame) }
    }

    /// Frames waiting.
    public var count: Int { state.withLock { $0.count } }

    /// Frames the sender has taken since the ring was made; `clear` leaves it.
    public var playedFrames: Int { state.withLock { $0.taken } }

    /// Lets go of the frames that the sender has taken, which the ring keeps until their places are needed; returns
    /// `playedFrames`. For whoever shares the frames, so that they are freed with its own.
    public func releaseTaken() -> Int {
        let (taken, old) = state.withLock { ($0.taken, $0.releaseTaken()) }
        withExtendedLifetime(old) {}
        return taken
    }

    /// Whether `setPaused(true)` holds.
    public var isPaused: Bool { state.withLock { $0.paused } }

    /// While paused the ring answers `idle` and keeps its frames; after `false` wake the connection.
    public func setPaused(_ paused: Bool) {
        state.withLock { $0.paused = paused }
    }

    /// No frame will follow: once empty the ring answers `idle` instead of `starved`.
    public func markEnded() {
        state.withLock { $0.ended = true }
        resumeWaiters(all: true)
    }

    /// Drops every waiting frame and forgets `markEnded`, as for a seek.
    public func clear() {
        let old = state.withLock { $0.removeAll() }
        withExtendedLifetime(old) {}
        resumeWaiters(all: true)
    }

    /// Returns when the ring has room, at latest when half of it is empty; also when ended, cleared or cancelled.
    public func waitForRoom() async {
        await wait(untilAtMost: frameCapacity / 2) { $0.hasRoom || $0.ended }
    }

    /// Returns when the last frame was taken; also when cleared or cancelled.
    public func waitUntilEmpty() async {
        await wait(untilAtMost: 0) { $0.count == 0 }
    }

    /// Hands the oldest frame to the sender thread.
    public func nextFrame(into buffer: UnsafeMutableRawBufferPointer) -> FramePull {
        nonisolated(unsafe) let buffer = unsafe buffer
        let (pull, post) = state.withLock { state -> (FramePull, Bool) in
            guard !state.paused else { return (.idle, false) }
            guard let count = unsafe state.take(into: buffer) else {
                return (state.ended || !state.flows ? .idle : .starved, false)
            }
            guard !state.posted, state.waiters.contains(where: { state.count <= $0.threshold }) else {
                return (.frame(byteCount: count), false)
            }
            state.posted = true
            return (.frame(byteCount: count), true)
        }
        if post { SideThread.shared.post(self) }
        return pull
    }

    private func wait(untilAtMost threshold: Int, _ satisfied: @Sendable (borrowing FrameStorage) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state in
                    guard !Task.isCancelled, !satisfied(state) else { return true }
                    state.waiters.append(FrameStorage.Waiter(threshold: threshold, continuation: continuation))
                    return false
                }
                if now { continuation.resume() }
            }
        } onCancel: {
            resumeWaiters(all: true)
        }
    }

    private func resumeWaiters(all: Bool) {
        let due = state.withLock { state in
            state.posted = false
            let due = state.waiters.filter { all || state.count <= $0.threshold }
            state.waiters.removeAll { all || state.count <= $0.threshold }
            return due
        }
        for waiter in due { waiter.continuation.resume() }
    }
}

extension OpusFrameRing: SideWork {
    func performSideWork() {
        resumeWaiters(all: false)
    }
}

/// The frames of a ring in a circle of places. The frames themselves are shared with whoever pushed them; one that was
/// taken keeps its place until a push needs it, so that the sender thread frees no memory.
private struct FrameStorage: ~Copyable, Sendable {
    struct Waiter: Sendable {
        let threshold: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    var paused = false
    var ended = false
    /// Whether frames have come since the ring was made or cleared.
    private(set) var flows = false
    var posted = false
    var waiters: [Waiter] = []
    private(set) var count = 0
    private(set) var taken = 0
    private var first = 0
    /// Places in front of the first that still hold what was taken from them.
    private var kept = 0
    private var usedBytes = 0
    private let byteCapacity: Int
    private var places: [[UInt8]]

    init(frameCapacity: Int, byteCapacity: Int) {
        self.byteCapacity = byteCapacity
        places = Array(repeating: [], count: frameCapacity)
    }

    var hasRoom: Bool {
        count < places.count && byteCapacity - usedBytes >= OpusFrameRing.maximumFrameBytes
    }

    mutating func append(_ frame: [UInt8]) -> Bool {
        guard count < places.count && byteCapacity - usedBytes >= frame.count else { return false }
        places[(first + count) % places.count] = frame
        count += 1
        kept = min(kept, places.count - count)
        flows = true
        usedBytes += frame.count
        return true
    }

    mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard count > 0 else { return nil }
        let length = places[first].count
        guard length <= buffer.count else { return nil }
        unsafe places[first].withUnsafeBytes { unsafe buffer.copyMemory(from: $0) }
        first = (first + 1) % places.count
        usedBytes -= length
        count -= 1
        taken += 1
        kept += 1
        return length
    }

    /// Empties the places that were taken from; returns what they held, to be freed outside the lock.
    mutating func releaseTaken() -> [[UInt8]] {
        var old: [[UInt8]] = []
        old.reserveCapacity(kept)
        while kept > 0 {
            let place = (first + places.count - kept) % places.count
            old.append([])
            swap(&old[old.count - 1], &places[place])
            kept -= 1
        }
        return old
    }

    /// Empties the ring; returns what held its frames, to be freed outside the lock.
    mutating func removeAll() -> [[UInt8]] {
        let old = places
        places = Array(repeating: [], count: old.count)
        count = 0
        kept = 0
        usedBytes = 0
        ended = false
        flows = false
        return old
    }
}
