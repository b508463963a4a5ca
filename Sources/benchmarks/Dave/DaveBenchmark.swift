import DiscordModel
import DiscordVoice
import ServiceKit

/// `benchmarks dave`: Backline, davey (OpenMLS, what discord.py uses) and dave.py (libdave) encrypt the same frames, each
/// with the key of a group it made itself; and what encryption costs our sender.
struct DaveBenchmark {
    private let options: RunOptions
    private let seconds: Int
    private let streams: Int

    private static let programs: [(name: String, peer: String?)] = [
        ("Backline", nil), ("davey", "dave_davey.py"), ("dave.py", "dave_libdave.py"),
    ]
    /// Bytes of 20 ms of Opus at 64, 128 and 384 kbit/s.
    private static let sizes = [160, 320, 960]

    private struct Sample {
        let frames: Double
        let processorSeconds: Double
        var microseconds: Double { processorSeconds / frames * 1_000_000 }
    }

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 3)
        seconds = try words.number("--seconds", in: 1...60) ?? 2
        streams = try words.number("--streams", in: 1...2_000) ?? 200
        try words.finish()
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        var samples: [String: [Int: [Sample]]] = [:]
        var costs: [DaveSenderCost.Kind: [Double]] = [:]
        for round in 1...options.rounds {
            for (name, peer) in Self.programs {
                for (size, sample) in try await measure(name, peer) {
                    samples[name, default: [:]][size, default: []].append(sample)
                }
                progress("round \(round), \(name)")
            }
            for kind in DaveSenderCost.Kind.allCases {
                let cost = try await DaveSenderCost(kind, streams: streams, seconds: seconds).measure()
                costs[kind, default: []].append(cost)
            }
            progress("round \(round), sender")
        }
        func figure(_ name: String, _ size: Int) -> Double {
            median(samples[name]?[size]?.map(\.microseconds) ?? [])
        }
        var table = Table(["frame, program", "µs per frame", "frames per CPU second", "Backline is cheaper by"])
        var rows: [JSONValue] = []
        for size in Self.sizes {
            for (name, _) in Self.programs {
                let (cost, ratio) = (figure(name, size), figure(name, size) / figure("Backline", size))
                table.add([
                    "\(size) bytes, \(name)", cost.figure, (1_000_000 / cost).figure,
                    name == "Backline" ? "" : "\(ratio.figure) ×",
                ])
                rows.append(
                    .object([
                        "bytes": .integer(Int64(size)), "program": .string(name), "microseconds": .number(cost),
                        "frames_per_cpu_second": .number(1_000_000 / cost), "times_backline": .number(ratio),
                    ]))
            }
        }
        var sender = Table(["sender, \(streams) streams", "ms per stream-minute"])
        for kind in DaveSenderCost.Kind.allCases { sender.add([kind.rawValue, median(costs[kind] ?? []).figure]) }
        say("\(machine); \(options.rounds) rounds of \(seconds) s; medians\n\n\(table.text)\n\n\(sender.text)")
        guard options.wantsJSON else { return }
        let costsByKey = costs.map { ($0.key.key, JSONValue.number(median($0.value))) }
        printJSON(
            .object([
                "benchmark": .string("dave"), "machine": .string(machine), "rows": .array(rows),
                "sender_ms_per_stream_minute": .object(Dictionary(uniqueKeysWithValues: costsByKey)),
            ]))
    }

    private func measure(_ name: String, _ peer: String?) async throws -> [Int: Sample] {
        guard let peer else {
            return try Dictionary(
                uniqueKeysWithValues: Self.sizes.map { size in
                    let (frames, spent) = try DaveFrames.encrypt(bytes: size, seconds: seconds)
                    return (size, Sample(frames: frames, processorSeconds: spent))
                })
        }
        let process = try Peer(name, executable: options.python, arguments: [options.peer(peer)])
        return try await withPeer(process) { peer in
            let partner = try DavePartner()
            try await partner.admit(peer)
            var samples: [Int: Sample] = [:]
            for size in Self.sizes {
                let answer = try await peer.ask("run \(size) \(seconds)", within: .seconds(seconds + 30))
                guard let frames = answer["frames"]?.double, let spent = answer["cpu_seconds"]?.double,
                    let last = answer["last"]?.string
                else { throw BenchmarkError.peer(name: name, "it said \(answer)") }
                try partner.check(last, bytes: size, from: name)
                samples[size] = Sample(frames: frames, processorSeconds: spent)
            }
            return samples
        }
    }
}
