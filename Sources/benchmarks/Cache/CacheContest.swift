import Glibc
import ServiceKit

/// Runs our cache over traces.
enum CacheContest {
    /// What one run gave.
    struct Outcome {
        /// The part of the requests that was answered (0...1).
        var hitRatio: Double
        /// Requests each second of processor time, which does not grow with waiting on a busy machine.
        var requestsPerSecond: Double
    }

    /// The policies in the order of the table; the last chooses itself.
    static let policies: [CachePolicy] = [
        .lru, .s3FIFO, .arc, .windowTinyLFU(windowPercent: 1), .windowTinyLFU(windowPercent: 20),
        .windowTinyLFU(windowPercent: 60), .adaptive,
    ]

    /// The name in tables and JSON.
    static func name(_ policy: CachePolicy) -> String { policy == .adaptive ? "ours" : policy.name }

    /// Asks for each key, and puts it in when it is not there; the best of `rounds`, each with a new cache.
    static func replay(
        _ trace: RequestTrace, entries: Int, policy: CachePolicy, expires: Bool = false, rounds: Int = 1
    ) -> Outcome {
        var outcome = Outcome(hitRatio: 0, requestsPerSecond: 0)
        for _ in 0..<rounds {
            let cache = make(entries: entries, policy: policy, expires: expires)
            let start = processorSeconds()
            for key in trace.keys where cache.value(for: key) == nil { cache.insert(key, for: key) }
            let seconds = processorSeconds() - start
            outcome.hitRatio = cache.statistics.hitRatio
            outcome.requestsPerSecond = max(outcome.requestsPerSecond, Double(trace.keys.count) / seconds)
        }
        return outcome
    }

    /// Hits a second with all keys in a cache that has a lifetime and a bound, on one thread or several at once, by the wall.
    static func hits(entries: Int, policy: CachePolicy, expires: Bool, threads: Int, rounds: Int) async -> Double {
        var best = 0.0
        let requests = 2_000_000
        for _ in 0..<rounds {
            let cache = make(entries: entries, policy: policy, expires: expires)
            for key in 0..<entries { cache.insert(UInt32(key), for: UInt32(key)) }
            let start = SystemTime.shared.now
            await withTaskGroup(of: Int.self) { group in
                for thread in 0..<threads {
                    group.addTask { ask(cache, entries, requests, from: thread) }
                }
                for await hits in group where hits < requests / 2 { progress("only \(hits) of \(requests) were hits") }
            }
            let seconds = (SystemTime.shared.now - start) / .seconds(1)
            best = max(best, Double(requests * threads) / seconds)
        }
        return best
    }

    /// Processor time of this thread.
    private static func processorSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func ask(_ cache: Cache<UInt32, UInt32>, _ entries: Int, _ requests: Int, from start: Int) -> Int {
        var hits = 0
        var key = start % entries
        for _ in 0..<requests {
            if cache.value(for: UInt32(key)) != nil { hits += 1 }
            key += 7919
            if key >= entries { key %= entries }
        }
        return hits
    }

    private static func make(entries: Int, policy: CachePolicy, expires: Bool) -> Cache<UInt32, UInt32> {
        Cache(
            limits: CacheLimits(entries: entries), policy: policy,
            lifetime: expires ? CacheLifetime(fresh: .seconds(300)) : .unlimited,
            hashing: { mixedHash(UInt64($0) &* 0x9E37_79B9_7F4A_7C15 &+ 1) })
    }
}
