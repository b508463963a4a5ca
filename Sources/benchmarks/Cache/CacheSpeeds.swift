import DiscordModel
import ServiceKit

/// Read-through requests each second of processor time: one million by Zipf's law over 100,000 keys, and pure hits.
struct CacheSpeeds {
    let temporary: String
    let rounds: Int
    let peers: CachePeers?

    private static let libraries = [
        "cachebox_lru", "cachebox_lfu", "cachebox_ttl", "moka", "moka_ttl", "theine", "theine_ttl", "cachetools_lru",
        "cachetools_ttl",
    ]

    /// The table and its rows.
    func run() async throws -> (text: String, rows: [JSONValue]) {
        let traces: [(name: String, key: String, entries: Int, trace: RequestTrace)] = [
            ("Zipf 0.9 @1000", "zipf_0.9_1000", 1000, .zipf(0.9, distinct: 100_000, count: 1_000_000)),
            ("Zipf 1.0 @1000", "zipf_1.0_1000", 1000, .zipf(1.0, distinct: 100_000, count: 1_000_000)),
            ("Zipf 1.0 @10,000", "zipf_1.0_10000", 10_000, .zipf(1.0, distinct: 100_000, count: 1_000_000)),
            ("hits only", "hits", 1000, RequestTrace(keys: (0..<1_000_000).map { UInt32($0 * 7919 % 1000) })),
        ]
        var lines: [(name: String, outcomes: [CacheContest.Outcome])] = []
        let ours: [(String, CachePolicy, Bool)] = [
            ("ours, LRU", .lru, false), ("ours, adaptive", .adaptive, false),
            ("ours, adaptive, lifetime", .adaptive, true),
        ]
        for (name, policy, expires) in ours {
            lines.append(
                (
                    name,
                    traces.map {
                        CacheContest.replay(
                            $0.trace, entries: $0.entries, policy: policy, expires: expires, rounds: rounds)
                    }
                ))
        }
        if let peers {
            for library in Self.libraries {
                var outcomes: [CacheContest.Outcome] = []
                for (index, trace) in traces.enumerated() {
                    let file = temporary + "/speed-\(index).u32"
                    if library == Self.libraries[0] { try trace.trace.write(to: file) }
                    outcomes.append(
                        try await peers.replay(library, trace: file, entries: trace.entries, rounds: rounds))
                }
                lines.append((library, outcomes))
                progress("\(library) measured")
            }
        }
        var table = Table(["M requests per CPU second (hit ratio %)"] + traces.map(\.name))
        var rows: [JSONValue] = []
        for (name, outcomes) in lines {
            table.add(
                [name] + outcomes.map { "\(($0.requestsPerSecond / 1e6).figure) (\(($0.hitRatio * 100).percent))" })
            for (trace, outcome) in zip(traces, outcomes) {
                rows.append(
                    .object([
                        "cache": .string(name), "workload": .string(trace.key),
                        "ops_per_second": .number(outcome.requestsPerSecond), "hit_ratio": .number(outcome.hitRatio),
                    ]))
            }
        }
        var threads = Table(["gets/s of an adaptive, bounded cache with lifetimes, 10,000 entries", "M/s by the wall"])
        for count in [1, 2] {
            let speed = await CacheContest.hits(
                entries: 10_000, policy: .adaptive, expires: true, threads: count, rounds: rounds)
            threads.add([count == 1 ? "1 thread" : "\(count) threads together", (speed / 1e6).figure])
            rows.append(
                .object([
                    "cache": .string("ours, adaptive, lifetime"), "workload": .string("gets_\(count)_threads"),
                    "ops_per_second": .number(speed), "hit_ratio": .number(1),
                ]))
        }
        return (table.text + "\n\n" + threads.text, rows)
    }
}
