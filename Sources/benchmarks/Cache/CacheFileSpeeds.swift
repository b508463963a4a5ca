import DiscordModel
import FoundationEssentials
import ServiceKit

/// The file tier against diskcache: entries of 100 bytes, written in batches of a hundred, read one by one and in batches.
struct CacheFileSpeeds {
    let temporary: String
    let rounds: Int
    let peers: CachePeers?

    private static let entries = 50_000

    /// The table and its rows.
    func run() async throws -> (text: String, rows: [JSONValue]) {
        var best = (sets: 0.0, batchedSets: 0.0, gets: 0.0, batchedGets: 0.0)
        for round in 0..<rounds {
            let figures = try await measure(temporary + "/tier-\(round).cache")
            best = (
                max(best.sets, figures.0), max(best.batchedSets, figures.1), max(best.gets, figures.2),
                max(best.batchedGets, figures.3)
            )
        }
        var table = Table(["thousands a second", "set", "set, batches of 100", "get", "get, batches of 100"])
        func thousands(_ value: Double) -> String { (value / 1000).figure }
        table.add([
            "our file tier", thousands(best.sets), thousands(best.batchedSets), thousands(best.gets),
            thousands(best.batchedGets),
        ])
        var rows: [JSONValue] = [
            .object([
                "cache": .string("ours"), "sets_per_second": .number(best.sets),
                "batched_sets_per_second": .number(best.batchedSets), "gets_per_second": .number(best.gets),
                "batched_gets_per_second": .number(best.batchedGets),
            ])
        ]
        if let peers {
            let disk = try await peers.disk(entries: Self.entries)
            table.add(["diskcache", thousands(disk.sets), thousands(disk.batchedSets), thousands(disk.gets), ""])
            rows.append(
                .object([
                    "cache": .string("diskcache"), "sets_per_second": .number(disk.sets),
                    "batched_sets_per_second": .number(disk.batchedSets), "gets_per_second": .number(disk.gets),
                ]))
        }
        return (table.text, rows)
    }

    private func measure(_ path: String) async throws -> (Double, Double, Double, Double) {
        let file = try FileCachePersistence(path: path, entries: Self.entries * 2, bytes: 64 << 20)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let value = [UInt8](repeating: 7, count: 100)
        func entry(_ name: String) -> PersistedEntry {
            PersistedEntry(
                key: Array(name.utf8), value: value, freshUntil: .seconds(1), staleUntil: .seconds(1),
                usableUntil: .seconds(1), cost: .zero)
        }
        let batches = stride(from: 0, to: Self.entries, by: 100).map { first in
            (first..<first + 100).map { entry("key \($0)") }
        }
        let singles = Self.entries / 4
        let sets = try await rate(singles) { for key in 0..<singles { try await file.write([entry("single \(key)")]) } }
        let batchedSets = try await rate(Self.entries) { for batch in batches { try await file.write(batch) } }
        let gets = try await rate(Self.entries) {
            for batch in batches {
                for entry in batch where try await file.read([entry.key]).first?.value != value {
                    throw BenchmarkError.missing("the file tier lost an entry")
                }
            }
        }
        let batchedGets = try await rate(Self.entries) {
            for batch in batches where try await file.read(batch.map(\.key)).count != 100 {
                throw BenchmarkError.missing("the file tier lost an entry")
            }
        }
        return (sets, batchedSets, gets, batchedGets)
    }

    private func rate(_ count: Int, _ body: () async throws -> Void) async throws -> Double {
        let start = SystemTime.shared.now
        try await body()
        return Double(count) / ((SystemTime.shared.now - start) / .seconds(1))
    }
}
