/// What a memory cache counts as it works.
@usableFromInline
struct CacheCounts: Sendable {
    @usableFromInline var hits = 0
    @usableFromInline var misses = 0
    @usableFromInline var insertions = 0
    @usableFromInline var evictedForSize = 0
    @usableFromInline var evictedForOwner = 0
    @usableFromInline var expired = 0
    @usableFromInline var refused = 0
    @usableFromInline var bytes = 0

    /// Nothing so far.
    init() {}
}

/// What a memory cache did so far and what it holds.
public struct CacheStatistics: Sendable {
    /// Requests that were answered.
    public let hits: Int
    /// Requests that were not, those for expired entries among them.
    public let misses: Int
    /// Entries that came in, replacements among them.
    public let insertions: Int
    /// Entries that had to make room.
    public let evictedForSize: Int
    /// Entries that had to go since their owner had too many.
    public let evictedForOwner: Int
    /// Entries whose time was over.
    public let expired: Int
    /// Newcomers that the policy did not let in, or that were too heavy.
    public let refused: Int
    /// Entries now.
    public let entries: Int
    /// Bytes now.
    public let bytes: Int
    /// The policy at work now.
    public let policy: CachePolicy
    /// The hit ratios (0...1) of the simulated policies, on a sample of the requests; empty unless the cache is adaptive.
    public let simulatedHitRatios: [String: Double]

    /// The part of the requests that was answered (0...1); 0 before the first.
    public var hitRatio: Double { hits + misses == 0 ? 0 : Double(hits) / Double(hits + misses) }

    /// The counts, with what is there now.
    init(_ counts: CacheCounts, entries: Int, policy: CachePolicy, simulated: [(policy: CachePolicy, ratio: Double)]) {
        hits = counts.hits
        misses = counts.misses
        insertions = counts.insertions
        evictedForSize = counts.evictedForSize
        evictedForOwner = counts.evictedForOwner
        expired = counts.expired
        refused = counts.refused
        bytes = counts.bytes
        self.entries = entries
        self.policy = policy
        simulatedHitRatios = Dictionary(
            simulated.map { ($0.policy.name, $0.ratio) }, uniquingKeysWith: { first, _ in first })
    }
}
