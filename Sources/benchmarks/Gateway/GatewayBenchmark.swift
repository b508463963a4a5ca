import DiscordModel
import FoundationEssentials
import ServiceKit

/// `benchmarks gateway`: Backline, discord.py and hikari read the same gateway stream, taking turns.
struct GatewayBenchmark {
    private let options: RunOptions
    private let events: Int

    private static let compressions = ["none", "zlib-stream", "zstd-stream"]
    private static let programs = ["Backline", "discord.py", "hikari"]

    /// What was measured of one program with one compression.
    private struct Sample {
        var processorSeconds: Double
        var wallSeconds: Double
    }

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 5)
        events = try words.number("--events", in: 100...1_000_000) ?? 20_000
        try words.finish()
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "backline-gateway-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let writer = try Peer(
            "gateway-stream", executable: options.python,
            arguments: [options.peer("gateway_stream.py"), folder.path, "\(events)"])
        let total = try await withPeer(writer) { Int(try await $0.line(within: .seconds(120))) ?? 0 }

        var samples: [String: [String: [Sample]]] = [:]
        var unavailable: [String] = []
        for round in 1...options.rounds {
            for compression in Self.compressions {
                for program in Self.programs where !unavailable.contains("\(program) \(compression)") {
                    let path = folder.appending(path: compression).path
                    guard let sample = try await measure(program, path: path, compression, expecting: total) else {
                        unavailable.append("\(program) \(compression)")
                        continue
                    }
                    samples[compression, default: [:]][program, default: []].append(sample)
                    progress(
                        "round \(round), \(compression), \(program): "
                            + "\((Double(total) / sample.processorSeconds).figure) events per CPU second")
                }
            }
        }
        report(samples, total: total, machine: machine)
    }

    private func measure(
        _ program: String, path: String, _ compression: String, expecting total: Int
    ) async throws -> Sample? {
        let peer =
            switch program {
            case "Backline": try Peer.ourselves("backline", ["gateway-reader", path, compression])
            case "discord.py": try python("gateway_discordpy.py", program, path, compression)
            default: try python("gateway_hikari.py", program, path, compression)
            }
        return try await withPeer(peer) { peer in
            let word = try await peer.line(within: .seconds(60))
            if word.hasPrefix("unavailable") {
                progress("\(compression), \(program): \(word)")
                return nil
            }
            guard word == "ready" else { throw BenchmarkError.peer(name: program, "it said “\(word)”") }
            let clock = ContinuousClock()
            let span = ProcessSpan(of: peer.processIdentifier)
            let began = clock.now
            try await peer.say("start")
            try await peer.expect("done", within: .seconds(300))
            let figures = span.end().own
            let wall = (clock.now - began) / .seconds(1)
            let seen = try JSON.parse(Array(try await peer.line(within: .seconds(10)).utf8))
            guard seen["sequence"]?.int == total, seen["listened"]?.int == events else {
                throw BenchmarkError.peer(name: program, "it read not all events: \(seen)")
            }
            return Sample(processorSeconds: figures.processorSeconds, wallSeconds: wall)
        }
    }

    private func python(_ file: String, _ name: String, _ path: String, _ compression: String) throws -> Peer {
        // -O as hikari advises; discord.py gains by it too.
        try Peer(name, executable: options.python, arguments: ["-O", options.peer(file), path, compression])
    }

    private func report(_ samples: [String: [String: [Sample]]], total: Int, machine: String) {
        var table = Table([
            "compression, program", "events per CPU second", "µs CPU per event", "Backline is faster by", "wall s",
        ])
        var rows: [JSONValue] = []
        for compression in Self.compressions {
            func cost(_ program: String) -> Double {
                median(samples[compression]?[program]?.map(\.processorSeconds) ?? []) / Double(total)
            }
            for program in Self.programs {
                guard let measured = samples[compression]?[program], !measured.isEmpty else {
                    table.add(["\(compression), \(program)", "not installed"])
                    continue
                }
                let ratio = cost(program) / cost("Backline")
                table.add([
                    "\(compression), \(program)", (1 / cost(program)).figure, (cost(program) * 1e6).figure,
                    program == "Backline" ? "" : "\(ratio.figure) ×", median(measured.map(\.wallSeconds)).figure,
                ])
                rows.append(
                    .object([
                        "compression": .string(compression), "program": .string(program),
                        "events_per_cpu_second": .number(1 / cost(program)), "times_backline": .number(ratio),
                    ]))
            }
        }
        say("\(machine); \(total) events, \(options.rounds) rounds; medians of processor time\n\n\(table.text)")
        if options.wantsJSON {
            printJSON(
                .object([
                    "benchmark": .string("gateway"), "machine": .string(machine), "events": .integer(Int64(total)),
                    "rounds": .integer(Int64(options.rounds)), "rows": .array(rows),
                ]))
        }
    }
}
