/// A circuit breaker as a value: after enough failures in a row it refuses calls for a while, then lets one probe through.
///
/// It keeps a dependency that is down from costing every caller a full time-out, and lets it recover in peace.
public struct CircuitBreaker: Sendable {
    private enum State {
        case closed(failures: Int)
        case open(until: Duration)
        case probing
    }

    private let threshold: Int
    private let base: Duration
    private let maximum: Duration
    private var openings = 0
    private var state = State.closed(failures: 0)

    /// Makes a closed breaker that opens after `threshold` failures in a row, at first for `base`, doubling up to `maximum`.
    public init(threshold: Int = 5, base: Duration = .seconds(1), maximum: Duration = .seconds(60)) {
        self.threshold = threshold
        self.base = base
        self.maximum = maximum
    }

    /// Asks for one call: nil when it may go ahead, else how long to wait before asking again.
    public mutating func admit(now: Duration) -> Duration? {
        switch state {
        case .closed: return nil
        case .probing: return base
        case .open(let until):
            if now < until { return until - now }
            state = .probing
            return nil
        }
    }

    /// Reports that an admitted call succeeded.
    public mutating func succeeded() {
        openings = 0
        state = .closed(failures: 0)
    }

    /// Reports that an admitted call failed.
    public mutating func failed(now: Duration) {
        switch state {
        case .closed(let failures) where failures + 1 < threshold:
            state = .closed(failures: failures + 1)
        case .open:
            break
        case .closed, .probing:
            let pause = min(maximum, base * (1 << min(openings, 16)))
            openings += 1
            state = .open(until: now + pause)
        }
    }

    /// Reports that an admitted call ended without telling anything about the dependency, as when it was cancelled.
    public mutating func abandoned() {
        if case .probing = state { state = .open(until: .zero) }
    }
}
