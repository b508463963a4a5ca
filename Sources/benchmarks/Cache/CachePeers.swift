import DiscordModel
import FoundationEssentials
import ServiceKit

/// The Python caches, in an environment that is made when it is missing.
struct CachePeers {
    private let python: String
    private let program: String

    /// How long one run may take.
    private static let patience = Duration.seconds(600)

    /// Finds `python`; without one, makes `.venv-cache` with the pinned packages from PyPI.
    init(python: String?) async throws {
        program = "Benchmarks/peers/cache.py"
        let requirements = "Benchmarks/peers/cache-requirements.txt"
        guard FileManager.default.fileExists(atPath: program) else {
            throw BenchmarkError.missing("there is no \(program) here: start benchmarks in the project's folder")
        }
        if let python {
            self.python = python
            return
        }
        self.python = ".venv-cache/bin/python"
        let mark = ".venv-cache/complete"
        guard !FileManager.default.fileExists(atPath: mark) else { return }
        progress("making .venv-cache with the Python caches")
        try await Self.run("/usr/bin/env", ["python3", "-m", "venv", ".venv-cache"])
        try await Self.run(self.python, ["-m", "pip", "install", "--quiet", "-r", requirements])
        try Data().write(to: URL(fileURLWithPath: mark))
    }

    /// One library over one trace: its hit ratio (0...1) and requests each second.
    func replay(_ library: String, trace: String, entries: Int, rounds: Int) async throws -> CacheContest.Outcome {
        let answer = try await ask([
            "--library", library, "--trace", trace, "--entries", "\(entries)", "--rounds", "\(rounds)",
        ])
        return CacheContest.Outcome(
            hitRatio: answer["hit_ratio"]?.double ?? 0, requestsPerSecond: answer["ops_per_second"]?.double ?? 0)
    }

    /// diskcache: single sets, sets in batches of a hundred, and gets, each a second.
    func disk(entries: Int) async throws -> (sets: Double, batchedSets: Double, gets: Double) {
        let answer = try await ask(["--library", "diskcache", "--entries", "\(entries)"])
        return (
            answer["sets_per_second"]?.double ?? 0, answer["batched_sets_per_second"]?.double ?? 0,
            answer["gets_per_second"]?.double ?? 0
        )
    }

    private func ask(_ arguments: [String]) async throws -> JSONValue {
        let peer = try Peer("cache.py", executable: python, arguments: ["-O", program] + arguments)
        return try await withPeer(peer) { peer in
            try JSON.parse(Array(try await peer.line(within: Self.patience).utf8))
        }
    }

    private static func run(_ executable: String, _ arguments: [String]) async throws {
        let peer = try Peer("venv", executable: executable, arguments: arguments)
        let exit = await peer.process.waitForExit()
        guard case .code(0) = exit else {
            let ending = exit.map { "\($0)" } ?? "no word"
            throw BenchmarkError.missing(
                "\(arguments.joined(separator: " ")) ended with \(ending): see its words above")
        }
    }
}
