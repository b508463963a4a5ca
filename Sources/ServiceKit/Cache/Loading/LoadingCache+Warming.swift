/// What warming a cache did.
public struct WarmingReport: Sendable, Equatable {
    /// Entries brought in from the persistent tier.
    public var restored = 0
    /// Entries loaded.
    public var loaded = 0
    /// Loads that failed.
    public var failed = 0
    /// Bytes brought in, as the cache's weigher counts them.
    public var bytes = 0

    /// Nothing done.
    public init() {}
}

extension LoadingCache {
    /// Brings in what will likely be asked for next and is not in memory, the best first, until `bytes` are spent or
    /// `limit` keys were looked at; one after the other, since it is nobody's wish. For idle time, and after a start.
    ///
    /// - Parameters:
    ///   - recent: keys asked for just now, whose usual followers are more likely.
    ///   - load: how a key is loaded that the persistent tier does not have; nil takes only from there.
    public func warm(
        bytes budget: Int, limit: Int = 256, after recent: [Key] = [], lifetime: CacheLifetime? = nil,
        _ load: (@Sendable (Key) async throws -> Value)? = nil
    ) async -> WarmingReport {
        var report = WarmingReport()
        let now = wall.now()
        for (key, bytes) in note({ $0.popularity.predictions(limit, now: now, after: recent) }) {
            guard !Task.isCancelled, report.bytes < budget else { break }
            guard memory.peek(key) == nil, !isLoading(key), report.bytes + bytes <= budget else { continue }
            if let entry = await persisted(key), time.now < entry.freshUntil {
                if memory.insert(entry, for: key, until: entry.usableUntil) { report.restored += 1 }
            } else if let load {
                do {
                    try await warm(key, lifetime ?? options.lifetime, load)
                    report.loaded += 1
                } catch {
                    report.failed += 1
                }
            }
            report.bytes += memory.weight(of: key) ?? 0
        }
        note { $0.analytics.warmed += report.restored + report.loaded }
        return report
    }
}
