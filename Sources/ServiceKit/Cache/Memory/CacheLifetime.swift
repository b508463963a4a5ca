/// How long one kind of data is good, and what may be done with it afterwards.
public struct CacheLifetime: Sendable, Hashable {
    /// How long an entry is fresh; nil means until it is evicted.
    public let fresh: Duration?
    /// The part of `fresh` by which each entry's own time is shorter or longer at random (0...1), so that entries that
    /// came together do not go together.
    public let jitter: Double
    /// How long after that an entry is still handed out while it is loaded anew in the background.
    public var staleWhileRevalidate: Duration
    /// How long after that an entry is still handed out when loading it anew fails.
    public var staleIfError: Duration
    /// How eagerly an entry is loaded anew before its end, as a factor on the time its load takes; 0 turns it off, 1 is
    /// the optimum (Vattani, Chierichetti and Lowenstein, "Optimal probabilistic cache stampede prevention", VLDB 2015).
    public var earlyRefresh: Double

    @usableFromInline let jitterStep: Int128

    /// An entry that stays until it is evicted.
    public static let unlimited = CacheLifetime(fresh: nil)

    /// A lifetime; nothing stale is handed out unless asked for.
    public init(
        fresh: Duration?, jitter: Double = 0.1, staleWhileRevalidate: Duration = .zero, staleIfError: Duration = .zero,
        earlyRefresh: Double = 0
    ) {
        self.fresh = fresh
        self.jitter = min(1, max(0, jitter))
        jitterStep = Int128(Double((fresh ?? .zero).attoseconds) * self.jitter / 1024)
        self.staleWhileRevalidate = max(.zero, staleWhileRevalidate)
        self.staleIfError = max(.zero, staleIfError)
        self.earlyRefresh = max(0, earlyRefresh)
    }

    /// `fresh` made shorter or longer by `chance`, 64 random bits.
    @inlinable
    public func jittered(_ chance: UInt64) -> Duration? {
        guard let fresh else { return nil }
        return Duration(attoseconds: fresh.attoseconds + jitterStep * (Int128(chance >> 53) - 1024))
    }
}
