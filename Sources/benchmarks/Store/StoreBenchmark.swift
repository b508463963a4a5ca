import DiscordModel
import FoundationEssentials
import Glibc
import ServiceKit
import Store

/// `benchmarks store`: rows per second by batch size, and how long until a write is acknowledged, on both databases.
///
/// Everything counted is on disk: SQLite with `synchronous = full`, PostgreSQL with fsync and synchronous_commit on, the
/// journal with one fdatasync per group.
struct StoreBenchmark {
    private let options: RunOptions
    private let folder: String
    private let address: String?
    private let rows: Int

    private static let batches = [1, 10, 100, 1_000]
    private static let appenders = [1, 16, 64, 256]
    /// Rows of about 200 bytes, as in Documentation/performance.md.
    private static let table = Store.Table(
        "bench", [Column("id", .integer), Column("name", .text), Column("payload", .text), Column("count", .integer)],
        primaryKey: ["id"])

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 3, needsPython: false)
        folder = try words.option("--folder") ?? "/var/tmp"
        address = try words.option("--postgres")
        rows = try words.number("--rows", in: 100...10_000_000) ?? 20_000
        try words.finish()
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        let place = "\(folder)/backline-bench-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        var results: [JSONValue] = []
        var writes = WriteFigures()
        var latencies = LatencyFigures()
        try measureDisk(place, &latencies)
        try await measure("SQLite", try StoreLocation(place + "/bench.sqlite", standard: ""), &writes, &latencies)
        try await withServer { address in
            try await measure("PostgreSQL", try StoreLocation(address, standard: ""), &writes, &latencies)
        }
        try await measureJournal(place, &latencies)
        say("\(machine); \(options.rounds) rounds; medians\n\n\(writes.text)\n\n\(latencies.text)")
        if options.wantsJSON {
            results += writes.json + latencies.json
            printJSON(
                .object(["benchmark": .string("store"), "machine": .string(machine), "rows": .array(results)]))
        }
    }

    /// Writes the same rows again and again in batches of each size; every batch is a commit of its own.
    private func measure(
        _ name: String, _ location: StoreLocation, _ writes: inout WriteFigures, _ latencies: inout LatencyFigures
    ) async throws {
        let store = try await location.open()
        let plan = try MigrationPlan([Migration(1, "bench", [.createTable(Self.table)])])
        try await Migrator(plan).migrate(store)
        for batch in Self.batches {
            var speeds: [Double] = []
            for round in 1...options.rounds {
                // Few commits suffice for small batches: each waits for the disk.
                let commits = max(20, min(rows / batch, 2_000))
                var times: [Int64] = []
                let start = SystemTime.shared.now
                for commit in 0..<commits {
                    let before = SystemTime.shared.now
                    let part = (0..<batch).map { Self.row(commit * batch + $0, round) }
                    try await store.insert(part, into: Self.table, onConflict: .replace)
                    times.append((SystemTime.shared.now - before).nanoseconds)
                }
                speeds.append(Double(commits * batch) / ((SystemTime.shared.now - start) / .seconds(1)))
                if batch == 1 { latencies.add("\(name), a row in a commit", 1, times, speeds.last ?? 0) }
                progress("\(name), batch \(batch), round \(round): \((speeds.last ?? 0).figure) rows/s")
            }
            writes.add(name, batch, median(speeds))
        }
        await store.close()
    }

    /// What the disk itself takes: a record appended and synced, on a thread that does nothing else.
    private func measureDisk(_ place: String, _ latencies: inout LatencyFigures) throws {
        let file = try SystemFiles().open(place + "/disk", creating: true)
        let bytes = [UInt8](repeating: 7, count: 250)
        for _ in 1...options.rounds {
            var times: [Int64] = []
            let start = SystemTime.shared.now
            for number in 0..<1_000 {
                let before = SystemTime.shared.now
                try file.write(bytes, at: number * bytes.count)
                try file.sync()
                times.append((SystemTime.shared.now - before).nanoseconds)
            }
            latencies.add(
                "the disk: append, fdatasync", 1, times, 1_000 / ((SystemTime.shared.now - start) / .seconds(1)))
        }
    }

    /// Appends from many tasks at once; one sync serves all that wait.
    private func measureJournal(_ place: String, _ latencies: inout LatencyFigures) async throws {
        var settings = JournalSettings(folder: place + "/journal")
        settings.mostPending = 100_000_000
        settings.mostPendingBytes = 1 << 34
        let journal = try await Journal.open(settings)
        let entry = JournalEntry(kind: "bench", key: "key", payload: [UInt8](repeating: 7, count: 200))
        for tasks in Self.appenders {
            for _ in 1...options.rounds {
                let each = max(20, min(rows, 2_000 + tasks * 100) / tasks)
                let start = SystemTime.shared.now
                let times = try await withThrowingTaskGroup(of: [Int64].self) { group in
                    for _ in 0..<tasks {
                        group.addTask {
                            var times: [Int64] = []
                            for _ in 0..<each {
                                let before = SystemTime.shared.now
                                _ = try await journal.append(entry)
                                times.append((SystemTime.shared.now - before).nanoseconds)
                            }
                            return times
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let speed = Double(times.count) / ((SystemTime.shared.now - start) / .seconds(1))
                latencies.add("journal, \(tasks) at once", tasks, times, speed)
            }
            progress("journal, \(tasks) at once")
        }
        await journal.close()
    }

    private func withServer(_ body: (String) async throws -> Void) async throws {
        if let address { return try await body(address) }
        let server = try Peer(
            "postgres-server", executable: "bash", arguments: [try options.peer("postgres-server"), folder])
        try await withPeer(server) { server in try await body(try await server.line(within: .seconds(60))) }
    }

    private static func row(_ id: Int, _ round: Int) -> [StoreValue] {
        [
            .integer(Int64(id)), .text("player \(id)"), .text(String(repeating: "x", count: 160)),
            .integer(Int64(round)),
        ]
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
