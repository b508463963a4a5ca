import MediaPipeline

/// What the parent wants of a session and how long it still waits; shared by the pipe's reader and the song's thread.
final class SessionControl: Sendable {
    private struct State {
        var credits = 0
        var closed = false
        /// When sound must have come; nil while none is asked for.
        var deadline: Duration?
        var limitWords = ""
        var bytesLeft = SessionControl.openingBytes
    }

    /// The most bytes read for a song's headers: enough for large cover pictures and indexes, not for endless headers.
    private static let openingBytes = 48 << 20

    private let state: Guarded<State>
    private let stallLimit: Duration

    /// A session that must be open in time.
    init(openLimit: Duration, stallLimit: Duration) {
        var state = State()
        state.deadline = monotonicNow() + openLimit
        state.limitWords = "opening it did not end in time"
        self.state = Guarded(state)
        self.stallLimit = stallLimit
    }

    /// Lets the song give `packets` more.
    func grant(_ packets: Int) {
        state.with { state in
            state.credits = min(state.credits + packets, 1 << 20)
        }
    }

    /// Ends the session as soon as its thread notices.
    func close() {
        state.with { $0.closed = true }
    }

    /// Waits until packets are wanted; how many, or nil when the session is closed.
    func awaitCredit() -> Int? {
        state.with { $0.deadline = nil }
        while true {
            let found = state.wait(until: monotonicNow() + .seconds(3600)) { state -> Int? in
                if state.closed { return 0 }
                guard state.credits > 0 else { return nil }
                state.deadline = monotonicNow() + self.stallLimit
                state.limitWords = "no sound came for \(self.stallLimit.components.seconds) seconds"
                return state.credits
            }
            if let found { return found > 0 ? found : nil }
        }
    }

    /// Counts packets that were sent.
    func sent(_ packets: Int) {
        state.with { state in
            state.credits -= packets
            state.deadline = monotonicNow() + self.stallLimit
        }
    }

    /// The song's headers are read: its bytes are not counted any more.
    func headersRead() {
        state.with { $0.bytesLeft = .max }
    }

    /// Counts bytes read while opening; an error when there were too many.
    func read(_ bytes: Int) throws(MediaError) {
        let left = state.with { state -> Int in
            if state.bytesLeft != .max { state.bytesLeft -= bytes }
            return state.bytesLeft
        }
        if left < 0 { throw .broken("it has no beginning that makes sense") }
    }

    /// Why work must end now, or nil.
    var stopReason: MediaError? {
        state.with { state in
            if state.closed { return .closed }
            if let deadline = state.deadline, monotonicNow() > deadline { return .timedOut(state.limitWords) }
            return nil
        }
    }

    /// When work must have ended.
    var deadline: Duration {
        state.with { $0.deadline } ?? monotonicNow() + stallLimit
    }

    /// Whether the thread has not noticed its deadline for so long that it must be stuck inside a library.
    var isStuck: Bool {
        state.with { state in
            guard let deadline = state.deadline else { return false }
            return monotonicNow() > deadline + .seconds(10)
        }
    }
}

extension SessionControl {
    /// Waits, but no longer than until the session is closed or its time is over.
    func pause(for duration: Duration) {
        let end = monotonicNow() + duration
        while monotonicNow() < end, stopReason == nil {
            sleepThread(min(.milliseconds(50), end - monotonicNow()))
        }
    }
}
