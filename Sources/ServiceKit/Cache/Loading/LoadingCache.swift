import Synchronization

/// A cache that knows how to get what it does not have: memory, then the persistent tier, then a load.
///
/// Requests for one key share one load, which belongs to none of them; each may have a deadline of its own. Failures are
/// remembered for a while if the options say so, values past their freshness are handed out while they are loaded anew,
/// or when that fails. A value written by hand while a load is under way wins over the load.
public final class LoadingCache<Key: Hashable & Sendable, Value: Sendable>: Service {
    typealias Entry = LoadedEntry<Value>

    /// What a request found in memory.
    enum Finding {
        case fresh(Entry)
        case early(Entry)
        case stale(Entry)
        case failure(any Error)
        case nothing(fallback: Entry?)
    }

    struct State {
        var analytics: CacheAnalytics
        var popularity: Popularity<Key>
        /// The loads whose result may still be kept: a write by hand takes its key out.
        var wanted: [Key: UInt64] = [:]
        var ticket: UInt64 = 0
        var background = 0
        var pending = PendingWrites<Key, Entry>()
        var chance: UInt64
    }

    /// The name in logs and metrics; it also keeps the caches of one persistent tier apart.
    public let name: String
    let options: LoadingCacheOptions
    let memory: Cache<Key, Entry>
    let time: any TimeSource
    let wall: WallClock
    let tier: PersistentTier<Key, Value>?
    let logger: Logger
    let state: Mutex<State>
    let failures: Cache<Key, any Error>
    let flights = SingleFlight<Key, Value>()

    /// An empty cache; `run()` does its upkeep.
    ///
    /// - Parameters:
    ///   - weigher: the bytes of an entry, asked once when it comes in.
    ///   - persistence: the tier below the memory, with the codec for it.
    ///   - seed: of jitter and early refresh.
    public init(
        _ name: String, limits: CacheLimits, policy: CachePolicy = .adaptive, options: LoadingCacheOptions,
        persistence: (any CachePersistence, CacheCodec<Key, Value>)? = nil, time: any TimeSource = SystemTime.shared,
        wall: WallClock = .system, seed: UInt64 = UInt64.random(in: .min ... .max),
        weigher: (@Sendable (Key, Value) -> Int)? = nil
    ) {
        self.name = name
        self.options = options
        self.time = time
        self.wall = wall
        logger = Logger("cache").with(["cache": name])
        if let weigher {
            memory = Cache(limits: limits, policy: policy, time: time, seed: seed, weigher: { weigher($0, $1.value) })
        } else {
            memory = Cache(limits: limits, policy: policy, time: time, seed: seed)
        }
        failures = Cache(limits: CacheLimits(entries: options.failures), policy: .lru, time: time, seed: seed)
        tier = persistence.map { PersistentTier(name: name, persistence: $0.0, codec: $0.1) }
        state = Mutex(
            State(
                analytics: CacheAnalytics(memory: memory.statistics),
                popularity: Popularity(limit: max(1, options.followedKeys)), chance: seed | 1))
    }

    deinit {
        flights.cancelAll()
    }

    /// The value of a key: from memory, from the persistent tier, or by `load`.
    ///
    /// - Parameters:
    ///   - lifetime: of the value when it is loaded; the options' one when nil.
    ///   - owner: the guild on whose account the value is kept.
    ///   - limit: how long this caller waits at most; then `CacheError.deadlineExceeded` is thrown, or a stale value
    ///     returned, and the load goes on for others.
    public func value(
        for key: Key, lifetime: CacheLifetime? = nil, owner: UInt64? = nil, within limit: Duration? = nil,
        _ load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let lifetime = lifetime ?? options.lifetime
        let work: @Sendable () async throws -> Value = { [weak self] in
            guard let self else { return try await load() }
            return try await fetch(key, lifetime, owner, load)
        }
        switch find(key, lifetime, owner) {
        case .fresh(let entry): return entry.value
        case .early(let entry):
            if refresh(key, work) { note { $0.analytics.early += 1 } }
            return entry.value
        case .stale(let entry):
            refresh(key, work)
            return entry.value
        case .failure(let error): throw error
        case .nothing(let fallback):
            do {
                return try await join(key, limit, work)
            } catch {
                guard let fallback, !Task.isCancelled else { throw error }
                note { $0.analytics.stale += 1 }
                return fallback.value
            }
        }
    }

    /// The fresh value of a key that is in memory; loads nothing.
    public func cached(_ key: Key) -> Value? {
        switch find(key, options.lifetime, nil) {
        case .fresh(let entry), .early(let entry): entry.value
        default: nil
        }
    }

    /// Keeps a value that came from elsewhere; it wins over a load under way.
    public func insert(_ value: Value, for key: Key, lifetime: CacheLifetime? = nil, owner: UInt64? = nil) {
        let now = time.now
        let chance = note { state in
            state.wanted[key] = nil
            return state.nextChance()
        }
        keep(Entry(value, lifetime ?? options.lifetime, now: now, cost: .zero, chance: chance), for: key, owner)
        failures.remove(key)
    }

    /// Forgets a key everywhere; the result of a load under way is not kept.
    public func remove(_ key: Key) {
        note { state in
            state.wanted[key] = nil
            if tier != nil { state.analytics.lostWrites += state.pending.add(key, nil, limit: options.pendingWrites) }
        }
        memory.remove(key)
        failures.remove(key)
    }

    /// Frees the memory of an owner who is gone; the results of loads under way are not kept.
    public func removeAll(of owner: UInt64) {
        note { state in
            state.wanted = [:]
            state.popularity.forget(owner: owner)
        }
        memory.removeAll(of: owner)
    }

    /// The counts so far.
    public var analytics: CacheAnalytics {
        let memory = memory.statistics
        return note { state in
            var analytics = state.analytics
            analytics.memory = memory
            return analytics
        }
    }

    /// The keys asked for the most of late, at most `limit`, with their decayed counts.
    public func mostPopular(_ limit: Int) -> [(key: Key, count: Double)] {
        let now = wall.now()
        return note { $0.popularity.most(limit, now: now) }
    }

    /// The guilds with the largest parts of the memory, at most `limit`.
    public func largestOwners(_ limit: Int) -> [(owner: UInt64, entries: Int, bytes: Int)] {
        memory.largestOwners(limit)
    }

    /// How many loads are under way.
    public var loadsUnderWay: Int { flights.count }

    private func find(_ key: Key, _ lifetime: CacheLifetime, _ owner: UInt64?) -> Finding {
        let now = time.now
        let entry = memory.value(for: key)
        let failure = failures.value(for: key)
        let moment = options.followedKeys > 0 ? wall.now() : .zero
        return note { state in
            if options.followedKeys > 0 { state.popularity.record(key, owner: owner, now: moment) }
            if let entry, now < entry.freshUntil {
                state.analytics.hits += 1
                state.analytics.timeSaved += entry.cost
                let isEarly = entry.wantsEarlyRefresh(lifetime.earlyRefresh, now: now, exponential: state.exponential())
                return isEarly ? .early(entry) : .fresh(entry)
            }
            if let entry, now < entry.staleUntil {
                state.analytics.stale += 1
                state.analytics.timeSaved += entry.cost
                return .stale(entry)
            }
            if let failure {
                state.analytics.negative += 1
                return entry.map { .fresh($0) } ?? .failure(failure)
            }
            state.analytics.misses += 1
            return .nothing(fallback: entry)
        }
    }

    @discardableResult
    func note<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }
}

extension LoadingCache.State {
    /// 64 random bits (xorshift).
    mutating func nextChance() -> UInt64 {
        chance ^= chance << 13
        chance ^= chance >> 7
        chance ^= chance << 17
        return chance
    }

    /// Exponentially distributed with a mean of 1.
    mutating func exponential() -> Double {
        -naturalLogarithm((Double(nextChance() >> 11) + 1) / 9_007_199_254_740_992)
    }
}
