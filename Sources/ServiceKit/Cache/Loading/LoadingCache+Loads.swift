extension LoadingCache {
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
    func join(_ key: Key, _ limit: Duration?, _ work: @escaping @Sendable () async throws -> Value) async throws
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
    func share(
        _ key: Key, outliving: Bool = false, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await flights.share(
            for: key, outlivingCallers: outliving,
            joined: { [weak self] in self?.note { $0.analytics.coalesced += 1 } }, work)
    }

    /// Starts a load in the background; false when one is under way or enough are.
    @discardableResult
    func refresh(_ key: Key, _ work: @escaping @Sendable () async throws -> Value) -> Bool {
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

    /// The load of one flight: the persistent tier first, then `load`, whose result is kept.
    func fetch(
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

    func isWanted(_ key: Key, _ ticket: UInt64) -> Bool { note { $0.wanted[key] == ticket } }

    func keep(_ entry: Entry, for key: Key, _ owner: UInt64?) {
        memory.insert(entry, for: key, until: entry.usableUntil, owner: owner)
        note { state in
            if tier != nil { state.analytics.lostWrites += state.pending.add(key, entry, limit: options.pendingWrites) }
            state.popularity.weigh(key, cost: entry.cost, bytes: memory.weight(of: key) ?? 1)
        }
    }
}
