import DiscordModel
import FoundationEssentials
import Glibc
import ServiceKit

/// `benchmarks cache`: hit ratios and speed of our cache against the Python ones, and the file tier against diskcache.
///
/// With `--trace` only our policies run, on that trace.
struct CacheBenchmark {
    private let trace: String?
    private let entries: Int
    private let folder: String
    private let rounds: Int
    private let python: String?
    private let wantsJSON: Bool
    private let withoutPeers: Bool

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        trace = try words.option("--trace")
        entries = try words.number("--entries", in: 1...100_000_000) ?? 1000
        if let format = try words.option("--format"), format != "u32" {
            throw BenchmarkError.missing(
                "the format of a trace is u32 (little-endian, plain or zstd-packed), not \(format)")
        }
        folder = try words.option("--traces") ?? "../shared/data/traces"
        rounds = try words.number("--rounds", in: 1...99) ?? 3
        python = try words.option("--python")
        wantsJSON = words.flag("--json")
        withoutPeers = words.flag("--without-peers")
        try words.finish()
    }

    /// Measures and prints.
    func run() async throws {
        LogOutput.shared.setLevel(.warning)
        if let trace { return try one(RequestTrace(file: trace), named: trace) }
        let machine = machine()
        let temporary = FileManager.default.temporaryDirectory.path + "/backline-cache-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        let peers = withoutPeers ? nil : try await CachePeers(python: python)
        let (ratios, ratioRows) = try await CacheRatios(folder: folder, temporary: temporary, peers: peers).run()
        let (speeds, speedRows) = try await CacheSpeeds(temporary: temporary, rounds: rounds, peers: peers).run()
        let (files, fileRows) = try await CacheFileSpeeds(temporary: temporary, rounds: rounds, peers: peers).run()
        say("\(machine); best of \(rounds) rounds\n\n\(ratios)\n\n\(speeds)\n\n\(files)")
        guard wantsJSON else { return }
        printJSON(
            .object([
                "benchmark": .string("cache"), "machine": .string(machine), "hit_ratios": .array(ratioRows),
                "speeds": .array(speedRows), "file": .array(fileRows),
            ]))
    }

    /// All policies on one trace.
    private func one(_ trace: RequestTrace, named name: String) throws {
        var table = Table(["policy", "hit ratio %", "M requests per CPU second"])
        var ratios: [String: JSONValue] = [:]
        var speed = 0.0
        for policy in CacheContest.policies {
            let isOurs = policy == .adaptive
            let outcome = CacheContest.replay(trace, entries: entries, policy: policy, rounds: isOurs ? rounds : 1)
            let name = CacheContest.name(policy)
            table.add([name, (outcome.hitRatio * 100).percent, (outcome.requestsPerSecond / 1e6).figure])
            ratios[name] = .number(outcome.hitRatio)
            if isOurs { speed = outcome.requestsPerSecond }
        }
        say("\(name): \(trace.keys.count) requests, \(entries) entries; \(machine())\n\n\(table.text)")
        if wantsJSON { printJSON(.object(["hit_ratio": .object(ratios), "ops_per_second": .number(speed)])) }
    }
}

extension Double {
    /// With two places.
    var percent: String {
        let hundredths = Int((self * 100).rounded())
        let rest = hundredths.magnitude % 100
        return "\(hundredths < 0 ? "-" : "")\(hundredths.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
