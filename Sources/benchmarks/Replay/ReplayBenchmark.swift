import DiscordModel
import FoundationEssentials
import ServiceKit
import StarcraftReplay

/// `benchmarks replay`: Backline, sc2reader, s2protocol and spawningtool read the same replays, taking turns.
struct ReplayBenchmark {
    private let options: RunOptions
    private let folder: String
    private let repeats: Int

    /// A program and what it does.
    private struct Contestant {
        var name: String
        var task: String
        var script: String?
        /// Whether it is compared with the small files only.
        var isSmall: Bool
    }

    private static let contestants = [
        Contestant(name: "libbz2 alone, small files", task: "facts-floor", isSmall: true),
        Contestant(name: "Backline, small files", task: "facts", isSmall: true),
        Contestant(name: "s2protocol, small files", task: "small", script: "replay_s2protocol.py", isSmall: true),
        Contestant(name: "sc2reader level 2", task: "2", script: "replay_sc2reader.py", isSmall: true),
        Contestant(name: "libbz2 alone, all streams", task: "report-floor", isSmall: false),
        Contestant(name: "Backline, all events", task: "events", isSmall: false),
        Contestant(name: "Backline, full report", task: "report", isSmall: false),
        Contestant(name: "s2protocol, all events", task: "all", script: "replay_s2protocol.py", isSmall: false),
        Contestant(name: "sc2reader level 4", task: "4", script: "replay_sc2reader.py", isSmall: false),
        Contestant(name: "spawningtool", task: "build order", script: "replay_spawningtool.py", isSmall: false),
    ]
    private static let groups = [("all", 0), ("3.0 on", 34784), ("5.0 on", 80949)]

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 1)
        folder =
            try words.option("--replays") ?? ProcessInfo.processInfo.environment["BACKLINE_REPLAYS"]
            ?? "../shared/data/replays"
        repeats = try words.number("--repeats", in: 1...99) ?? 3
        try words.finish()
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".SC2Replay") }.sorted()
        guard !names.isEmpty else {
            throw BenchmarkError.missing("there are no replays in \(folder): name a folder with --replays")
        }
        let paths = names.map { "\(folder)/\($0)" }
        let builds = paths.map { path in
            let bytes = FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
            return (try? Replay.header(of: bytes).version.baseBuild) ?? 0
        }
        var results: [ReplayResult] = []
        for contestant in Self.contestants {
            guard let result = try await measure(contestant, paths) else { continue }
            results.append(result)
            progress("\(contestant.name): \(result.median(result.times.indices).figure) ms a file")
        }
        report(results, builds, machine)
    }

    private func measure(_ contestant: Contestant, _ paths: [String]) async throws -> ReplayResult? {
        // Ten files tell whether it is installed, and warm it up.
        guard try await times(contestant, Array(paths.prefix(10)), 1) != nil else { return nil }
        guard let (_, times) = try await times(contestant, paths, repeats) else { return nil }
        let one = try await wall(contestant, [paths])
        let halves = [0, 1].map { half in paths.enumerated().filter { $0.offset % 2 == half }.map(\.element) }
        let two = try await wall(contestant, halves)
        return ReplayResult(
            name: contestant.name, isSmall: contestant.isSmall, times: times, perSecondOnOne: Double(paths.count) / one,
            perSecondOnTwo: Double(paths.count) / two)
    }

    /// Wall seconds until processes that begin together have each done its list once.
    private func wall(_ contestant: Contestant, _ lists: [[String]]) async throws -> Double {
        try await withThrowingTaskGroup(of: Double.self) { group in
            for list in lists { group.addTask { try await times(contestant, list, 1)?.wall ?? 0 } }
            var longest = 0.0
            for try await wall in group { longest = max(longest, wall) }
            return longest
        }
    }

    private func times(
        _ contestant: Contestant, _ paths: [String], _ repeats: Int
    ) async throws -> (wall: Double, files: [Double?])? {
        let list = FileManager.default.temporaryDirectory.appending(path: "replays-\(UInt64.random(in: 0 ... .max))")
        try Data(paths.joined(separator: "\n").utf8).write(to: list)
        defer { try? FileManager.default.removeItem(at: list) }
        let words = [contestant.task, "\(repeats)", list.path]
        let peer =
            if let script = contestant.script {
                try Peer(contestant.name, executable: options.python, arguments: [options.peer(script)] + words)
            } else {
                try Peer.ourselves(contestant.name, ["replay-reader"] + words)
            }
        return try await withPeer(peer) { peer in
            let word = try await peer.line(within: .seconds(60))
            guard word == "ready" else {
                progress("\(contestant.name): \(word)")
                return nil
            }
            let answer = try await peer.ask("start", within: .seconds(1800))
            guard case .array(let files)? = answer["files"] else {
                throw BenchmarkError.peer(name: contestant.name, "it gave no times")
            }
            return (answer["wall"]?.double ?? 0, files.map(\.double))
        }
    }

    private func report(_ results: [ReplayResult], _ builds: [Int], _ machine: String) {
        var rows: [JSONValue] = []
        for (name, since) in Self.groups {
            var table = Table([
                "\(name), program", "files", "median ms", "p95 ms", "max ms", "slower than Backline", "files/s, 1 core",
                "2 cores",
            ])
            for result in results {
                let files = builds.indices.filter { builds[$0] >= since && result.times[$0] != nil }
                guard !files.isEmpty else { continue }
                let ours = results.first {
                    $0.name == (result.isSmall ? "Backline, small files" : "Backline, full report")
                }
                // Only files that both could read are compared.
                let both = files.filter { ours?.times[$0] != nil }
                let ratio = result.median(both) / (ours?.median(both) ?? 1)
                let speeds = since == 0 ? [result.perSecondOnOne.figure, result.perSecondOnTwo.figure] : ["", ""]
                table.add(
                    [
                        result.name, "\(files.count)", result.median(files).figure3,
                        result.percentile(0.95, files).figure3,
                        result.percentile(1, files).figure3, "\(ratio.figure) ×",
                    ] + speeds)
                rows.append(
                    .object([
                        "group": .string(name), "program": .string(result.name), "files": .integer(Int64(files.count)),
                        "median_ms": .number(result.median(files)), "p95_ms": .number(result.percentile(0.95, files)),
                        "times_backline": .number(ratio), "files_per_second": .number(result.perSecondOnOne),
                        "files_per_second_on_two": .number(result.perSecondOnTwo),
                    ]))
            }
            say("\n\(table.text)")
        }
        say(
            "\n\(machine); \(builds.count) replays, processor time of the best of \(repeats) runs a file, from memory;"
                + " files per second by wall clock, one or two processes")
        if options.wantsJSON {
            printJSON(.object(["benchmark": .string("replay"), "machine": .string(machine), "rows": .array(rows)]))
        }
    }
}
