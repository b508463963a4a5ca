/// A value with the moments (of the cache's clock) that decide what may be done with it.
struct LoadedEntry<Value: Sendable>: Sendable {
    var value: Value
    /// Until when it is fresh.
    var freshUntil: Duration
    /// Until when it may be handed out while it is loaded anew.
    var staleUntil: Duration
    /// Until when it may be handed out when loading fails.
    var usableUntil: Duration
    /// How long its load took.
    var cost: Duration

    /// An entry that comes in at `now`; `chance` are 64 random bits.
    init(_ value: Value, _ lifetime: CacheLifetime, now: Duration, cost: Duration, chance: UInt64) {
        self.value = value
        self.cost = cost
        freshUntil = lifetime.jittered(chance).map { now + $0 } ?? .never
        staleUntil = freshUntil == .never ? .never : freshUntil + lifetime.staleWhileRevalidate
        usableUntil = freshUntil == .never ? .never : max(staleUntil, freshUntil + lifetime.staleIfError)
    }

    /// An entry of the persistent tier, whose times are since 1970; `offset` is what the cache's clock is ahead of that.
    init(_ value: Value, _ entry: PersistedEntry, offset: Duration) {
        self.value = value
        cost = entry.cost
        freshUntil = Self.shifted(entry.freshUntil, offset)
        staleUntil = Self.shifted(entry.staleUntil, offset)
        usableUntil = Self.shifted(entry.usableUntil, offset)
    }

    /// The entry for the persistent tier.
    func persisted(key: [UInt8], value: [UInt8], offset: Duration) -> PersistedEntry {
        PersistedEntry(
            key: key, value: value, freshUntil: Self.shifted(freshUntil, .zero - offset),
            staleUntil: Self.shifted(staleUntil, .zero - offset),
            usableUntil: Self.shifted(usableUntil, .zero - offset),
            cost: cost)
    }

    /// Whether this request should load it anew although it is fresh: the more likely the nearer its end and the longer
    /// its load takes (XFetch). `exponential` is exponentially distributed with a mean of 1.
    func wantsEarlyRefresh(_ eagerness: Double, now: Duration, exponential: @autoclosure () -> Double) -> Bool {
        guard eagerness > 0, cost > .zero, freshUntil < .never else { return false }
        let ahead = (freshUntil - now) / cost / eagerness
        // A load's time ahead of the end beyond 40 never happens: the exponential is hardly ever that large.
        return ahead < 40 && exponential() >= ahead
    }

    /// Moments that mean “never” stay that.
    private static func shifted(_ moment: Duration, _ offset: Duration) -> Duration {
        moment >= .forever ? .never : moment + offset
    }
}

extension Duration {
    /// So far away, in either count of time, that it means never: 200,000 years.
    static var forever: Duration { .seconds(6_000_000_000_000) }
}
