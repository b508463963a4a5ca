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
    private let failures: Cache<Key, any Error>
    private let flights = SingleFlight<Key, Value>()

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

    /// Whether a load for a key is under way.
    func isLoading(_ key: Key) -> Bool { flights.isUnderWay(key) }

    /// Loads a key that nobody asked for.
    func warm(_ key: Key, _ lifetime: CacheLifetime, _ load: @escaping @Sendable (Key) async throws -> Value)
        async throws
    {
        _ = try await share(key) { [weak self] in
            guard let self else { return try await load(key) }
            return try await fetch(key, lifetime, nil) { try await load(key) }
        }
    }

    /// Waits for the load of a key, but no longer than `limit`.
    private func join(_ key: Key, _ limit: Duration?, _ work: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        guard let limit else { return try await share(key, work) }
        let deadline = time.now + limit
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await self.share(key, outliving: true, work) }
            group.addTask {
                try await self.time.sleep(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw CacheError.deadlineExceeded(limit)
            }
            return value
        }
    }

    /// With `outliving` the load goes on when all who waited have left, so that one with little patience does not cost the
    /// next one its start.
    private func share(
        _ key: Key, outliving: Bool = false, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await flights.share(
            for: key, outlivingCallers: outliving,
            joined: { [weak self] in self?.note { $0.analytics.coalesced += 1 } }, work)
    }

    /// Starts a load in the background; false when one is under way or enough are.
    @discardableResult
    private func refresh(_ key: Key, _ work: @escaping @Sendable () async throws -> Value) -> Bool {
        let mayStart = note { state in
            guard state.background < options.backgroundLoads else { return false }
            state.background += 1
            return true
        }
        guard mayStart else { return false }
        let started = flights.start(for: key) { [weak self] in
            defer { self?.note { $0.background -= 1 } }
            return try await work()
        }
        if !started { note { $0.background -= 1 } }
        return started
    }

    @discardableResult
    func note<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// The load of one flight: the persistent tier first, then `load`, whose result is kept.
    private func fetch(
        _ key: Key, _ lifetime: CacheLifetime, _ owner: UInt64?, _ load: @Sendable () async throws -> Value
    ) async throws -> Value {
        let ticket = note { state in
            state.ticket += 1
            state.wanted[key] = state.ticket
            return state.ticket
        }
        defer { note { if $0.wanted[key] == ticket { $0.wanted[key] = nil } } }
        var fallback: Entry?
        if memory.peek(key) == nil, let entry = await persisted(key) {
            if time.now < entry.freshUntil {
                note { $0.analytics.persistedHits += 1 }
                if isWanted(key, ticket) { memory.insert(entry, for: key, until: entry.usableUntil, owner: owner) }
                return entry.value
            }
            fallback = entry
        }
        let begin = time.now
        do {
            let value = try await load()
            let now = time.now
            let chance = note { state in
                state.analytics.loads += 1
                state.analytics.loadTime += now - begin
                return state.nextChance()
            }
            guard isWanted(key, ticket) else { return memory.peek(key)?.value ?? value }
            keep(Entry(value, lifetime, now: now, cost: now - begin, chance: chance), for: key, owner)
            failures.remove(key)
            return value
        } catch {
            note { $0.analytics.failedLoads += 1 }
            if !(error is CancellationError), let span = options.remembersFailure(error), span > .zero {
                failures.insert(error, for: key, until: time.now + span)
            }
            guard let fallback, time.now < fallback.usableUntil else { throw error }
            if isWanted(key, ticket) { memory.insert(fallback, for: key, until: fallback.usableUntil, owner: owner) }
            return fallback.value
        }
    }

    private func isWanted(_ key: Key, _ ticket: UInt64) -> Bool { note { $0.wanted[key] == ticket } }

    private func keep(_ entry: Entry, for key: Key, _ owner: UInt64?) {
        memory.insert(entry, for: key, until: entry.usableUntil, owner: owner)
        note { state in
            if tier != nil { state.analytics.lostWrites += state.pending.add(key, entry, limit: options.pendingWrites) }
            state.popularity.weigh(key, cost: entry.cost, bytes: memory.weight(of: key) ?? 1)
        }
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
