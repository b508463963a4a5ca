import ServiceKit
import Synchronization
import TestSupport
import Testing

/// Loads that a test lets go on one by one.
final class GatedLoads: Sendable {
    struct Failure: Error, Equatable {
        var code: Int
    }

    private let state = Mutex((started: 0, gates: [CheckedContinuation<Result<Int, Failure>, Never>]()))
    private let arrivals = BoundedChannel<Void>(capacity: 1000)

    var started: Int { state.withLock { $0.started } }

    /// The load: waits for the test.
    func load() async throws -> Int {
        let result = await withCheckedContinuation { continuation in
            state.withLock { state in
                state.started += 1
                state.gates.append(continuation)
            }
            _ = arrivals.trySend(())
        }
        return try result.get()
    }

    /// Waits until one more load has started.
    func arrival() async { _ = await arrivals.next() }

    /// Ends the oldest load.
    func finish(_ result: Result<Int, Failure>) {
        state.withLock { $0.gates.isEmpty ? nil : $0.gates.removeFirst() }?.resume(returning: result)
    }
}

/// Waits for something that other tasks bring about.
func eventually(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}

@Suite(.timeLimit(.minutes(1))) struct LoadingCacheTests {
    private let clock = ManualClock(start: .seconds(1000))
    private let loads = GatedLoads()

    private func cache(
        _ lifetime: CacheLifetime, failures: Duration? = nil, limits: CacheLimits = CacheLimits(entries: 100)
    ) -> LoadingCache<String, Int> {
        LoadingCache(
            "test", limits: limits, policy: .lru,
            options: LoadingCacheOptions(lifetime: lifetime, remembersFailure: { _ in failures }), time: clock,
            wall: WallClock { [clock] in .seconds(1_700_000_000) + clock.now }, seed: 1)
    }

    @Test func requestsForOneKeyShareOneLoad() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60), jitter: 0))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { [loads] in try await cache.value(for: "a") { try await loads.load() } } }
            await loads.arrival()
            await eventually { cache.analytics.misses == 10 && cache.analytics.coalesced == 9 }
            await clock.advance(by: .seconds(2))
            loads.finish(.success(5))
            for try await value in group { #expect(value == 5) }
        }
        #expect(loads.started == 1)
        #expect(try await cache.value(for: "a") { 6 } == 5)
        #expect(cache.analytics.hits == 1)
        #expect(cache.analytics.timeSaved == .seconds(2))
        #expect(cache.analytics.loadTime == .seconds(2))
        #expect(cache.loadsUnderWay == 0)
    }

    @Test func eachCallerHasItsOwnDeadline() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60)))
        let patient = Task { [loads] in try await cache.value(for: "a") { try await loads.load() } }
        await loads.arrival()
        let hasty = Task { try await cache.value(for: "a", within: .seconds(3)) { 0 } }
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(3))
        await #expect(throws: CacheError.deadlineExceeded(.seconds(3))) { try await hasty.value }
        loads.finish(.success(7))
        #expect(try await patient.value == 7)
        #expect(loads.started == 1)
    }

    /// The load of a caller whose time is over serves the next one.
    @Test func aLoadOutlivesItsDeadline() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60)))
        let hasty = Task { [loads] in
            try await cache.value(for: "a", within: .seconds(3)) { try await loads.load() }
        }
        await loads.arrival()
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(3))
        await #expect(throws: CacheError.self) { try await hasty.value }
        #expect(cache.loadsUnderWay == 1)
        loads.finish(.success(8))
        await eventually { cache.loadsUnderWay == 0 }
        #expect(cache.cached("a") == 8)
    }

    @Test func failuresAreRememberedForTheirTime() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60)), failures: .seconds(10))
        let fail: @Sendable () async throws -> Int = { throw GatedLoads.Failure(code: 404) }
        await #expect(throws: GatedLoads.Failure(code: 404)) { try await cache.value(for: "a", fail) }
        await clock.advance(by: .seconds(9))
        await #expect(throws: GatedLoads.Failure(code: 404)) { try await cache.value(for: "a") { 1 } }
        #expect(cache.analytics.negative == 1)
        await clock.advance(by: .seconds(1))
        #expect(try await cache.value(for: "a") { 1 } == 1)
        #expect(cache.analytics.failedLoads == 1)
        // A value by hand ends a failure at once.
        await #expect(throws: GatedLoads.Failure.self) { try await cache.value(for: "b", fail) }
        cache.insert(2, for: "b")
        #expect(try await cache.value(for: "b", fail) == 2)
    }

    @Test func failuresNeverCostAValueItsPlace() async throws {
        let cache = cache(
            CacheLifetime(fresh: nil), failures: .seconds(1000), limits: CacheLimits(entries: 5))
        for key in 0..<5 { cache.insert(key, for: "\(key)") }
        for key in 0..<1000 { _ = try? await cache.value(for: "bad \(key)") { throw GatedLoads.Failure(code: key) } }
        for key in 0..<5 { #expect(cache.cached("\(key)") == key) }
    }

    @Test func staleIsServedWhileLoadedAnew() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60), jitter: 0, staleWhileRevalidate: .seconds(30)))
        #expect(try await cache.value(for: "a") { 1 } == 1)
        await clock.advance(by: .seconds(60))
        for _ in 0..<2 {
            let value = try await cache.value(for: "a") { [loads] in try await loads.load() }
            #expect(value == 1)
        }
        await loads.arrival()
        #expect(loads.started == 1, "one load in the background for all")
        #expect(cache.analytics.stale == 2)
        loads.finish(.success(2))
        await eventually { cache.loadsUnderWay == 0 }
        #expect(cache.cached("a") == 2)
        await clock.advance(by: .seconds(90))
        #expect(try await cache.value(for: "a") { 3 } == 3, "too old to be handed out")
    }

    @Test func staleIsServedWhenLoadingFails() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60), jitter: 0, staleIfError: .seconds(600)))
        #expect(try await cache.value(for: "a") { 1 } == 1)
        await clock.advance(by: .seconds(100))
        #expect(try await cache.value(for: "a") { throw GatedLoads.Failure(code: 500) } == 1)
        #expect(cache.analytics.stale == 1)
        // Also when the caller's patience ends first.
        let hasty = Task { [loads] in
            try await cache.value(for: "a", within: .seconds(1)) { try await loads.load() }
        }
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(1))
        #expect(try await hasty.value == 1)
        loads.finish(.success(2))
        await eventually { cache.loadsUnderWay == 0 }
        #expect(cache.cached("a") == 2)
        await clock.advance(by: .seconds(660))
        await #expect(throws: GatedLoads.Failure.self) {
            try await cache.value(for: "a") { throw GatedLoads.Failure(code: 500) }
        }
    }

    /// XFetch: long before its end an entry is left alone; near it some request loads it anew in the background.
    @Test func entriesAreLoadedAnewBeforeTheirEnd() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(100), jitter: 0, earlyRefresh: 1))
        let first = Task { [loads] in try await cache.value(for: "a") { try await loads.load() } }
        await loads.arrival()
        await clock.advance(by: .seconds(1))
        loads.finish(.success(1))
        #expect(try await first.value == 1)
        await clock.advance(by: .seconds(50))
        for _ in 0..<1000 { #expect(try await cache.value(for: "a") { 2 } == 1) }
        #expect(cache.analytics.loads == 1)
        await clock.advance(by: .seconds(48))
        var requests = 0
        while cache.analytics.loads == 1, requests < 100_000 {
            requests += 1
            _ = try await cache.value(for: "a") { 2 }
            if cache.loadsUnderWay > 0 { await eventually { cache.loadsUnderWay == 0 } }
        }
        // Two load times before the end each request loads with a probability of e⁻² = 13.5 %.
        #expect((1...100).contains(requests))
        #expect(cache.cached("a") == 2)
        #expect(cache.analytics.early == 1)
        #expect(cache.analytics.stale == 0)
    }

    @Test func aWriteByHandWinsOverALoad() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60)))
        let reader = Task { [loads] in try await cache.value(for: "a") { try await loads.load() } }
        await loads.arrival()
        cache.insert(10, for: "a")
        loads.finish(.success(1))
        #expect(try await reader.value == 10)
        #expect(cache.cached("a") == 10)
        // A removal as well: what was read before it is not kept.
        cache.remove("a")
        let second = Task { [loads] in try await cache.value(for: "a") { try await loads.load() } }
        await loads.arrival()
        cache.remove("a")
        loads.finish(.success(2))
        #expect(try await second.value == 2)
        #expect(cache.cached("a") == nil)
    }

    @Test func aCallerThatLeavesDoesNotTakeTheLoadAlong() async throws {
        let cache = cache(CacheLifetime(fresh: .seconds(60)))
        let first = Task { [loads] in try await cache.value(for: "a") { try await loads.load() } }
        await loads.arrival()
        let second = Task { try await cache.value(for: "a") { 0 } }
        await eventually { cache.analytics.coalesced == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        loads.finish(.success(4))
        #expect(try await second.value == 4)
    }

    @Test func popularKeysAndGuildsAreKnown() async throws {
        let cache = cache(CacheLifetime(fresh: nil), limits: CacheLimits(entries: 100, ownerShare: 0.1))
        for round in 0..<30 {
            _ = try await cache.value(for: "hit", owner: 1) { 1 }
            if round % 3 == 0 { _ = try await cache.value(for: "song", owner: 2) { 2 } }
            _ = try await cache.value(for: "rare \(round)", owner: 3) { 3 }
        }
        #expect(cache.mostPopular(2).map { $0.key } == ["hit", "song"])
        #expect(cache.largestOwners(1).first?.owner == 3)
        #expect(cache.largestOwners(1).first?.entries == 10)
    }
}
