import ServiceKit
import TestSupport
import Testing

@Suite struct CacheTests {
    @Test func anEntryIsGoodUntilItsMoment() async {
        let clock = ManualClock()
        let cache = Cache<String, Int>(limits: CacheLimits(entries: 10), policy: .lru, time: clock)
        cache.insert(1, for: "a", lifetime: CacheLifetime(fresh: .seconds(60), jitter: 0))
        cache.insert(2, for: "b", lifetime: .unlimited)
        await clock.advance(by: .milliseconds(59_999))
        #expect(cache.value(for: "a") == 1)
        await clock.advance(by: .milliseconds(1))
        // Nothing has collected it: reading alone must know.
        #expect(cache.count == 2)
        #expect(cache.peek("a") == nil)
        #expect(cache.value(for: "a") == nil)
        #expect(cache.count == 1)
        #expect(cache.value(for: "b") == 2)
        #expect(cache.statistics.expired == 1)
    }

    @Test func theWheelCollectsWhatNobodyReads() async {
        let clock = ManualClock()
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: 1000), policy: .s3FIFO, time: clock)
        for key in 0..<1000 {
            cache.insert(key, for: key, lifetime: CacheLifetime(fresh: .seconds(key + 1), jitter: 0))
        }
        await clock.advance(by: .seconds(500))
        let collected = cache.collectExpired()
        #expect((496...500).contains(collected))
        #expect(cache.count == 1000 - collected)
        await clock.advance(by: .seconds(1_000_000))
        cache.insert(0, for: -1)
        #expect(cache.count == 1, "an insertion collects as well")
    }

    @Test func jitterSpreadsWithinItsBounds() async {
        let clock = ManualClock()
        let cache = Cache<Int, Int>(
            limits: CacheLimits(entries: 2000), policy: .lru,
            lifetime: CacheLifetime(fresh: .seconds(1000), jitter: 0.1),
            time: clock, seed: 5)
        for key in 0..<2000 { cache.insert(key, for: key) }
        await clock.advance(by: .seconds(899))
        #expect((0..<2000).allSatisfy { cache.peek($0) != nil })
        await clock.advance(by: .seconds(101))
        let left = (0..<2000).filter { cache.peek($0) != nil }.count
        #expect((850...1150).contains(left), "half of them should be left, not \(left)")
        await clock.advance(by: .seconds(100))
        #expect((0..<2000).allSatisfy { cache.peek($0) == nil })
    }

    /// Random operations in virtual time against a dictionary.
    @Test(arguments: CachePolicyTests.policies, 1...3) func agreesWithADictionary(policy: CachePolicy, seed: UInt64)
        async
    {
        var random = SeededRandom(seed: seed)
        let clock = ManualClock()
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: 100), policy: policy, time: clock, seed: seed)
        var model: [Int: (value: Int, until: Duration)] = [:]
        for step in 0..<3000 {
            let key = Int.random(in: 0..<90, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0: await clock.advance(by: .milliseconds(Int.random(in: 0...20_000, using: &random)))
            case 1: cache.collectExpired()
            case 2:
                let wasThere = cache.remove(key)
                if let entry = model.removeValue(forKey: key), entry.until > clock.now { #expect(wasThere) }
            case 3...5:
                let until = clock.now + .milliseconds(Int.random(in: 1...60_000, using: &random))
                cache.insert(step, for: key, until: until)
                model[key] = (step, until)
            default:
                // All keys have room: what is there and what is not must agree exactly.
                let expected = model[key].flatMap { $0.until > clock.now ? $0.value : nil }
                #expect(cache.value(for: key) == expected, "\(policy.name), seed \(seed), step \(step)")
            }
        }
        #expect(cache.statistics.evictedForSize + cache.statistics.refused == 0)
    }

    @Test func bytesAreBounded() {
        let cache = Cache<Int, [UInt8]>(limits: CacheLimits(entries: 1000, bytes: 10_000), policy: .lru) { $1.count }
        #expect(!cache.insert(Array(repeating: 0, count: 10_001), for: 0))
        #expect(cache.insert(Array(repeating: 0, count: 10_000), for: 1))
        for key in 2..<102 { cache.insert(Array(repeating: 0, count: 200), for: key) }
        #expect(cache.statistics.bytes == 10_000)
        #expect(cache.count == 50)
        cache.insert(Array(repeating: 0, count: 9_900), for: 101)
        #expect(cache.statistics.bytes == 9_900 + 0)
        #expect(!cache.insert(Array(repeating: 0, count: 20_000), for: 101))
        #expect(cache.value(for: 101) == nil, "what is too heavy must not leave the old value in place")
    }

    @Test func anOwnerHasItsShareAndNoMore() {
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: 100, bytes: 1000, ownerShare: 0.2), policy: .lru) {
            $1
        }
        for key in 0..<10 { cache.insert(1, for: 1000 + key, owner: 7) }
        for key in 0..<90 { cache.insert(1, for: key, owner: 1) }
        #expect(cache.largestOwners(5).map(\.owner) == [1, 7])
        #expect(cache.largestOwners(5).map(\.entries) == [20, 10])
        #expect((70..<90).allSatisfy { cache.peek($0) == 1 }, "the newest stay")
        for key in 0..<10 { cache.insert(30, for: 2000 + key, owner: 2) }
        #expect(cache.largestOwners(5).first { $0.owner == 2 }?.bytes == 180)
        #expect(cache.statistics.evictedForOwner == 70 + 4)
        #expect(cache.removeAll(of: 1) == 20)
        #expect(cache.largestOwners(5).map(\.owner) == [7, 2])
        // An entry changes its owner with its value.
        cache.insert(1, for: 1000, owner: 2)
        #expect(cache.largestOwners(5).map(\.entries) == [9, 7])
        cache.removeAll()
        #expect(cache.count == 0)
        #expect(cache.largestOwners(5).isEmpty)
        #expect(cache.statistics.bytes == 0)
    }

    /// Ten thousand guilds come and go: nothing of them stays.
    @Test func ownersThatGoLeaveNothing() {
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: 500, ownerShare: 0.5))
        for guild in 0..<10_000 {
            for key in 0..<5 { cache.insert(key, for: guild * 10 + key, owner: UInt64(guild)) }
            #expect(cache.removeAll(of: UInt64(guild)) <= 5)
        }
        #expect(cache.count == 0)
        #expect(cache.largestOwners(1).isEmpty)
    }

    /// A value whose end asks the cache again must not meet the cache's own lock.
    private final class Witness: Sendable {
        let cache: Cache<Int, Witness>
        init(_ cache: Cache<Int, Witness>) { self.cache = cache }
        deinit { _ = cache.peek(0) }
    }

    @Test(.timeLimit(.minutes(1))) func valuesEndOutsideOfTheLock() {
        let cache = Cache<Int, Witness>(limits: CacheLimits(entries: 2), policy: .lru)
        for key in 0..<10 { cache.insert(Witness(cache), for: key % 5) }
        cache.remove(4)
        cache.removeAll()
        #expect(cache.count == 0)
    }

    @Test(.timeLimit(.minutes(1)), arguments: CachePolicyTests.policies)
    func manyTasksAtOnce(policy: CachePolicy) async {
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: 200), policy: policy)
        await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var random = SeededRandom(seed: UInt64(task))
                    var wrong = 0
                    for _ in 0..<20_000 {
                        let key = Int.random(in: 0..<1000, using: &random)
                        if let value = cache.value(for: key) {
                            if value != key * 2 { wrong += 1 }
                        } else {
                            cache.insert(key * 2, for: key)
                        }
                        if key % 97 == 0 { cache.remove(key) }
                    }
                    return wrong
                }
            }
            for await wrong in group { #expect(wrong == 0) }
        }
        let statistics = cache.statistics
        #expect(statistics.hits + statistics.misses == 160_000)
        #expect(statistics.entries <= 200)
    }
}
