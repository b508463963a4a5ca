import ServiceKit
import TestSupport
import Testing

/// Every policy, and the adaptive one, against what any bounded cache must do.
@Suite struct CachePolicyTests {
    static let policies: [CachePolicy] = [
        .lru, .s3FIFO, .arc, .windowTinyLFU(windowPercent: 1), .windowTinyLFU(windowPercent: 60), .adaptive,
    ]

    /// The simplest LRU there is.
    private struct NaiveLRU {
        let capacity: Int
        var keys: [Int] = []

        mutating func request(_ key: Int) -> Bool {
            let found = keys.firstIndex(of: key)
            if let found { keys.remove(at: found) } else if keys.count == capacity { keys.removeFirst() }
            keys.append(key)
            return found != nil
        }
    }

    @Test(arguments: 1...8) func lruIsExactlyLRU(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let capacity = Int.random(in: 1...40, using: &random)
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: capacity), policy: .lru)
        var model = NaiveLRU(capacity: capacity)
        for step in 0..<4000 {
            let key = Int.random(in: 0..<Int.random(in: 1...80, using: &random), using: &random)
            let hit = cache.value(for: key) != nil
            if !hit { cache.insert(step, for: key) }
            #expect(hit == model.request(key), "seed \(seed), step \(step)")
        }
        #expect(cache.count == model.keys.count)
    }

    /// Nothing but the newest value of a key is ever handed out, and the bounds hold after every step.
    @Test(arguments: policies, 1...4) func handsOutOnlyTheNewestValue(policy: CachePolicy, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let capacity = Int.random(in: 1...300, using: &random)
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: capacity, bytes: capacity * 5), policy: policy) {
            _, value in
            value % 10
        }
        var newest: [Int: Int] = [:]
        for step in 0..<9000 {
            // A scan, a loop and a popular part in turn, so that the adaptive policy has a reason to change.
            let phase = step / 1500 % 3
            let key =
                phase == 0 ? step : phase == 1 ? step % (capacity * 2) : Int.random(in: 0..<capacity, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let was = cache.remove(key)
                #expect(!was || newest[key] != nil)
                newest[key] = nil
            case 1:
                let isIn = cache.insert(step, for: key)
                newest[key] = step
                #expect(cache.peek(key) == (isIn ? step : nil))
            default:
                if let value = cache.value(for: key) {
                    #expect(value == newest[key], "seed \(seed), step \(step)")
                } else {
                    cache.insert(step, for: key)
                    newest[key] = step
                }
            }
            guard step % 20 == 0 else { continue }
            let statistics = cache.statistics
            guard statistics.entries <= capacity, statistics.bytes <= capacity * 5 else {
                Issue.record("\(statistics.entries) entries, \(statistics.bytes) bytes at step \(step), seed \(seed)")
                return
            }
        }
        let statistics = cache.statistics
        #expect(statistics.hits > 0)
        let held = newest.keys.filter { cache.peek($0) != nil }
        #expect(held.count == statistics.entries)
        #expect(held.map { (newest[$0] ?? 0) % 10 }.reduce(0, +) == statistics.bytes)
    }

    @Test func namesReadBack() {
        for policy in Self.policies { #expect(CachePolicy(named: policy.name) == policy) }
        #expect(CachePolicy(named: "w_tinylfu_0") == nil)
        #expect(CachePolicy(named: "fifo") == nil)
    }

    /// In a loop that is larger than the cache LRU never hits; the adaptive policy must find out, and come back.
    @Test func adaptiveFollowsTheWorkload() {
        let cache = Cache<Int, Int>(limits: CacheLimits(entries: 400), policy: .adaptive, hashing: mixed)
        func hitRatio(_ keys: [Int]) -> Double {
            let before = cache.statistics
            for key in keys where cache.value(for: key) == nil { cache.insert(0, for: key) }
            let after = cache.statistics
            return Double(after.hits - before.hits) / Double(keys.count)
        }
        let loop = (0..<40_000).map { $0 % 800 }
        // Each key three times, close together: all LRU needs are a few entries.
        let recency = (0..<60_000).map { (step: Int) -> Int in 1_000_000 + step / 3 + step % 3 * 40 }
        #expect(hitRatio(loop) > 0.4)
        #expect(hitRatio(recency) > 0.55)
        #expect(cache.statistics.policy != .windowTinyLFU(windowPercent: 1))
        #expect(hitRatio(loop) > 0.3)
        #expect(cache.statistics.simulatedHitRatios.count >= 5)
    }
}

/// A hash that is the same in every run.
@Sendable func mixed(_ key: Int) -> UInt64 {
    var random = SeededRandom(seed: UInt64(truncatingIfNeeded: key))
    return random.next()
}
