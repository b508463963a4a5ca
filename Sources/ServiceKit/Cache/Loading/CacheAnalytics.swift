/// What a loading cache did so far.
public struct CacheAnalytics: Sendable {
    /// Requests answered with a fresh value.
    public internal(set) var hits = 0
    /// Requests that had to wait for a load, their own or one under way.
    public internal(set) var misses = 0
    /// Requests answered with a value past its freshness, while it was loaded anew or since that failed.
    public internal(set) var stale = 0
    /// Requests answered with a remembered failure.
    public internal(set) var negative = 0
    /// Requests that joined a load under way.
    public internal(set) var coalesced = 0
    /// Loads started before the end of an entry, at random.
    public internal(set) var early = 0
    /// Loads that succeeded.
    public internal(set) var loads = 0
    /// Loads that failed.
    public internal(set) var failedLoads = 0
    /// Loads spared by the persistent tier.
    public internal(set) var persistedHits = 0
    /// Entries brought in before anybody asked.
    public internal(set) var warmed = 0
    /// Writes to the persistent tier that were dropped or failed.
    public internal(set) var lostWrites = 0
    /// The time that loads took, together.
    public internal(set) var loadTime = Duration.zero
    /// The time that the requests answered from the cache would have taken to load.
    public internal(set) var timeSaved = Duration.zero
    /// The memory tier's own counts.
    public internal(set) var memory: CacheStatistics

    /// Nothing so far.
    init(memory: CacheStatistics) {
        self.memory = memory
    }

    /// The part of the requests that did not wait for a load (0...1).
    public var hitRatio: Double {
        let answered = hits + stale + negative
        return answered + misses == 0 ? 0 : Double(answered) / Double(answered + misses)
    }
}
