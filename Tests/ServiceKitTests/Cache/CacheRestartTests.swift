import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// A persistent tier in memory that can be told to fail.
private final class MemoryTier: CachePersistence {
    private let state = Mutex((entries: [[UInt8]: PersistedEntry](), fails: false))

    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }
    var count: Int { state.withLock { $0.entries.count } }

    private func use<Result>(
        _ body: (inout [[UInt8]: PersistedEntry]) -> Result
    ) throws(CacheError) -> Result {
        let result: Result? = state.withLock { $0.fails ? nil : body(&$0.entries) }
        guard let result else { throw .file(call: "pretend", code: 28) }
        return result
    }

    func read(_ keys: [[UInt8]]) async throws(CacheError) -> [PersistedEntry] {
        try use { entries in keys.compactMap { entries[$0] } }
    }

    func write(_ entries: [PersistedEntry]) async throws(CacheError) {
        try use { for entry in entries { $0[entry.key] = entry } }
    }

    func remove(_ keys: [[UInt8]]) async throws(CacheError) {
        try use { for key in keys { $0[key] = nil } }
    }
}

@Suite(.timeLimit(.minutes(1))) struct CacheRestartTests {
    private let tier = MemoryTier()
    private let lifetime = CacheLifetime(fresh: .seconds(600), jitter: 0, staleIfError: .seconds(600))

    /// A cache as a process has it that started at a moment since 1970.
    private func cache(_ clock: ManualClock, startedAt: Duration, pending: Int = 100) -> LoadingCache<String, String> {
        LoadingCache(
            "songs", limits: CacheLimits(entries: 100), policy: .lru,
            options: LoadingCacheOptions(lifetime: lifetime, pendingWrites: pending), persistence: (tier, .json),
            time: clock, wall: WallClock { startedAt + clock.now })
    }

    @Test func whatWasLoadedIsThereAfterARestart() async throws {
        let first = cache(ManualClock(), startedAt: .seconds(1_000_000))
        #expect(try await first.value(for: "a") { "value" } == "value")
        first.insert("old", for: "gone")
        await first.flush()
        first.remove("gone")
        await first.flush()
        // The next process has a clock with another zero.
        let clock = ManualClock(start: .seconds(77))
        let second = cache(clock, startedAt: .seconds(1_000_300 - 77))
        #expect(try await second.value(for: "a") { "new" } == "value")
        #expect(second.analytics.persistedHits == 1)
        #expect(try await second.value(for: "gone") { "new" } == "new")
        await clock.advance(by: .seconds(301))
        #expect(try await second.value(for: "a") { throw GatedLoads.Failure(code: 1) } == "value", "stale, but better")
        #expect(try await second.value(for: "a") { "new" } == "new")
        await clock.advance(by: .seconds(2000))
        let third = cache(ManualClock(), startedAt: .seconds(1_003_000))
        await #expect(throws: GatedLoads.Failure.self) {
            try await third.value(for: "a") { throw GatedLoads.Failure(code: 1) }
        }
    }

    @Test func aTierThatFailsCostsNothingButItself() async throws {
        let cache = cache(ManualClock(), startedAt: .seconds(1), pending: 3)
        tier.fail(true)
        for key in 0..<10 { #expect(try await cache.value(for: "\(key)") { "\(key)" } == "\(key)") }
        #expect(cache.analytics.lostWrites == 7, "at most three wait")
        await cache.flush()
        #expect(cache.analytics.lostWrites == 10)
        tier.fail(false)
        cache.insert("x", for: "x")
        await cache.flush()
        #expect(tier.count == 1)
    }

    /// A service that writes what is left when it is told to end.
    @Test func theServiceWritesAtItsEnd() async throws {
        let clock = ManualClock()
        let cache = cache(clock, startedAt: .seconds(1))
        let service = Task { try await cache.run() }
        await clock.waitForSleepers(1)
        for _ in 0..<3 { _ = try await cache.value(for: "a", owner: 4) { "value" } }
        _ = try await cache.value(for: "b") { "value" }
        await clock.advance(by: .seconds(1))
        await eventually { tier.count == 2 }
        cache.insert("late", for: "late")
        await clock.waitForSleepers(1)
        service.cancel()
        try await service.value
        #expect(tier.count == 4, "three entries and the popularity")
    }

    /// After a restart the popular ones are brought back before anybody asks, within the budget.
    @Test func warmingBringsBackThePopular() async throws {
        let first = cache(ManualClock(), startedAt: .seconds(1_000_000))
        for key in 0..<20 {
            for _ in 0...key { _ = try await first.value(for: "\(key)") { "value \(key)" } }
        }
        await first.flush()
        await first.savePopularity()

        let second = cache(ManualClock(), startedAt: .seconds(1_000_060))
        await second.restorePopularity()
        let report = await second.warm(bytes: 5)
        #expect(report == WarmingReport(restored: 5, bytes: 5))
        #expect((15..<20).allSatisfy { second.cached("\($0)") == "value \($0)" })
        #expect(second.cached("14") == nil)
        #expect(second.analytics.warmed == 5)

        // What has expired meanwhile is loaded, if there is a loader.
        let third = cache(ManualClock(), startedAt: .seconds(1_009_000))
        await third.restorePopularity()
        #expect(await third.warm(bytes: 5) == WarmingReport())
        let loaded = await third.warm(bytes: 3) { key in
            if key == "19" { throw GatedLoads.Failure(code: 1) }
            return "again \(key)"
        }
        #expect(loaded == WarmingReport(loaded: 3, failed: 1, bytes: 3))
        #expect(third.cached("18") == "again 18")
    }
}

extension WarmingReport {
    fileprivate init(restored: Int = 0, loaded: Int = 0, failed: Int = 0, bytes: Int = 0) {
        self.init()
        self.restored = restored
        self.loaded = loaded
        self.failed = failed
        self.bytes = bytes
    }
}

@Suite struct PopularityTests {
    private let monday = Duration.seconds(4 * 86_400)

    @Test func countsAreHalvedEveryDay() {
        var popularity = Popularity<String>()
        for _ in 0..<8 { popularity.record("old", now: monday) }
        for _ in 0..<3 { popularity.record("new", now: monday + .seconds(2 * 86_400)) }
        let most = popularity.most(2, now: monday + .seconds(2 * 86_400))
        #expect(most.map { $0.key } == ["new", "old"])
        #expect(abs(most[1].count - 2) < 0.01)
    }

    @Test func theHourOfTheWeekCounts() {
        var popularity = Popularity<String>()
        for week in 0..<4 {
            let start = monday + .seconds(week * 7 * 86_400)
            for _ in 0..<10 { popularity.record("evening", now: start + .seconds(20 * 3600)) }
            for _ in 0..<10 { popularity.record("morning", now: start + .seconds(20 * 3600 + 11 * 3600)) }
        }
        let next = monday + .seconds(28 * 86_400)
        #expect(popularity.predictions(1, now: next + .seconds(20 * 3600)).first?.key == "evening")
        #expect(popularity.predictions(1, now: next + .seconds(31 * 3600)).first?.key == "morning")
    }

    @Test func whatFollowsIsLikely() {
        var popularity = Popularity<String>()
        for round in 0..<10 {
            let now = monday + .seconds(round * 3600)
            popularity.record("first", owner: 1, now: now)
            popularity.record("second", owner: 1, now: now + .seconds(200))
            // Another guild at the same time must not count as a follower.
            popularity.record("other", owner: 2, now: now + .seconds(100))
            popularity.record("another", now: now + .seconds(100))
        }
        let now = monday + .seconds(40 * 3600)
        #expect(popularity.predictions(1, now: now, after: ["first"]).first?.key == "second")
    }

    @Test func costAndSizeCount() {
        var popularity = Popularity<String>()
        for key in ["cheap", "dear", "large"] { popularity.record(key, now: monday) }
        popularity.weigh("cheap", cost: .milliseconds(10), bytes: 100)
        popularity.weigh("dear", cost: .seconds(1), bytes: 100)
        popularity.weigh("large", cost: .seconds(1), bytes: 1000)
        #expect(popularity.predictions(3, now: monday).map { $0.key } == ["dear", "large", "cheap"])
    }

    @Test func isBounded() {
        var popularity = Popularity<Int>(limit: 100)
        var random = SeededRandom(seed: 1)
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<2, using: &random) == 0 ? step % 10 : step
            popularity.record(key, owner: UInt64(step), now: monday + .seconds(step))
            #expect(popularity.count <= 100)
        }
        #expect(Set(popularity.most(10, now: monday + .seconds(20_000)).map { $0.key }) == Set(0..<10))
        #expect(popularity.records.values.allSatisfy { $0.followers.count <= 8 && $0.hours.count <= 168 })
    }

    @Test(arguments: 1...30) func bytesReadBackAndDamageIsHarmless(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var popularity = Popularity<String>()
        for step in 0..<200 {
            popularity.record("key \(Int.random(in: 0..<30, using: &random))", now: monday + .seconds(step * 1000))
        }
        let now = monday + .seconds(200_000)
        var bytes = PopularityCodec.encode(popularity, limit: 10, now: now) { Array($0.utf8) }
        let decoded: [(String, Popularity<String>.Record)] = PopularityCodec.decode(bytes) {
            String(validating: $0, as: UTF8.self)
        }
        #expect(decoded.map { $0.0 } == popularity.most(10, now: now).map { $0.key })
        #expect(decoded.allSatisfy { popularity.records[$0.0]?.hours == $0.1.hours })
        for _ in 0..<50 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
        }
        let damaged: [(String, Popularity<String>.Record)] = PopularityCodec.decode(bytes) {
            String(validating: $0, as: UTF8.self)
        }
        #expect(damaged.count <= bytes.count / 48)
    }
}
