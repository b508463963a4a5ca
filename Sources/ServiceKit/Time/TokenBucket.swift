/// A bucket of tokens that fills evenly: `refill` tokens every `period`, never above `capacity`.
public struct TokenBucket: Sendable {
    private let capacity: Double
    private let tokensPerSecond: Double
    private var tokens: Double
    private var updated: Duration

    /// Makes a full bucket at the moment `now`.
    public init(capacity: Int, refill: Int, per period: Duration, now: Duration) {
        self.capacity = Double(capacity)
        tokensPerSecond = Double(refill) / (period / .seconds(1))
        tokens = Double(capacity)
        updated = now
    }

    /// Takes `count` tokens; nil when taken, else how long until they will be there.
    public mutating func take(_ count: Int = 1, now: Duration) -> Duration? {
        if now > updated {
            tokens = min(capacity, tokens + (now - updated) / .seconds(1) * tokensPerSecond)
            updated = now
        }
        guard tokens + 1e-9 < Double(count) else {
            tokens -= Double(count)
            return nil
        }
        return .seconds((Double(count) - tokens) / tokensPerSecond)
    }
}
