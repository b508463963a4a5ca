/// Exponential back-off with full jitter: the n-th delay is uniform in 0…min(maximum, base · 2ⁿ).
///
/// Full jitter needs the least work from a server that many clients come back to at once (AWS Architecture Blog,
/// "Exponential Backoff And Jitter").
public struct Backoff: Sendable {
    private let base: Duration
    private let maximum: Duration
    private var attempts = 0

    /// Makes a back-off whose first delay is at most `base` and whose longest is `maximum`.
    public init(base: Duration, maximum: Duration) {
        self.base = base
        self.maximum = maximum
    }

    /// How many delays were handed out since the last reset.
    public var count: Int { attempts }

    /// The next delay.
    public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let doublings = min(attempts, 30)
        attempts += 1
        let ceiling = min(maximum, base * (1 << doublings))
        return ceiling * Double.random(in: 0...1, using: &generator)
    }

    /// Starts over, after a success.
    public mutating func reset() {
        attempts = 0
    }
}
