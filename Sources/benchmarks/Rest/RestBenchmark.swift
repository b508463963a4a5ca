import DiscordModel
import ServiceKit

/// `benchmarks rest`: Backline, discord.py and hikari post messages to the same server, taking turns.
struct RestBenchmark {
    private let options: RunOptions
    private let requests: Int

    /// How long one scenario may take.
    private static let patience = Duration.seconds(60)
    private static let programs = ["Backline", "discord.py", "hikari"]

    /// Messages to post and the limits they meet.
    private struct Scenario {
        let name: String
        let key: String
        let channels: Int
        let messages: Int
        /// All at once, or one after the other in each channel.
        let together: Bool
        /// Messages a channel takes in a window of a second; 0 without any limit.
        let limit: Int

        /// The least time in which the limits let everything through.
        var lowerBound: Double {
            guard limit > 0 else { return 0 }
            let perChannel = (messages + limit - 1) / limit - 1
            let overall = (channels * messages + 49) / 50 - 1
            return Double(max(perChannel, overall))
        }
    }

    private struct Sample {
        var processorSeconds: Double
        var seconds: Double
        var refused: Double
    }

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 3)
        requests = try words.number("--requests", in: 100...1_000_000) ?? 3_000
        try words.finish()
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        let scenarios = [
            Scenario(
                name: "no limits, 20 channels", key: "free", channels: 20, messages: requests / 20, together: false,
                limit: 0),
            Scenario(
                name: "5 a second per channel, 8 channels × 20", key: "limited", channels: 8, messages: 20,
                together: false, limit: 5),
        ]
        var table = Table([
            "scenario, program", "requests per CPU second", "Backline is cheaper by", "seconds to finish",
            "lower bound", "refused with 429",
        ])
        var rows: [JSONValue] = []
        for scenario in scenarios {
            var samples: [String: [Sample]] = [:]
            var gaveUp: Set<String> = []
            for round in 1...options.rounds {
                for program in Self.programs {
                    guard !gaveUp.contains(program) else { continue }
                    guard let sample = try await measure(program, scenario) else {
                        gaveUp.insert(program)
                        progress("\(scenario.key), \(program): not finished within \(Self.patience)")
                        continue
                    }
                    samples[program, default: []].append(sample)
                    progress("\(scenario.key), round \(round), \(program): \(sample.seconds.figure) s")
                }
            }
            let total = Double(scenario.channels * scenario.messages)
            func cost(_ program: String) -> Double { median(samples[program]?.map(\.processorSeconds) ?? []) / total }
            for program in Self.programs {
                guard let measured = samples[program], !measured.isEmpty else {
                    table.add([
                        "\(scenario.name), \(program)", "–", "", "not within \(Int(Self.patience / .seconds(1)))",
                        scenario.lowerBound.figure, "–",
                    ])
                    continue
                }
                let ratio = cost(program) / cost("Backline")
                table.add([
                    "\(scenario.name), \(program)", (1 / cost(program)).figure,
                    program == "Backline" ? "" : "\(ratio.figure) ×", median(measured.map(\.seconds)).figure,
                    scenario.limit > 0 ? scenario.lowerBound.figure : "–", median(measured.map(\.refused)).figure,
                ])
                rows.append(
                    .object([
                        "scenario": .string(scenario.key), "program": .string(program),
                        "requests_per_cpu_second": .number(1 / cost(program)), "times_backline": .number(ratio),
                        "seconds": .number(median(measured.map(\.seconds))),
                        "lower_bound_seconds": .number(scenario.lowerBound),
                        "refused": .number(median(measured.map(\.refused))),
                    ]))
            }
        }
        say("\(machine); \(options.rounds) rounds; medians\n\n\(table.text)")
        if options.wantsJSON {
            printJSON(
                .object(["benchmark": .string("rest"), "machine": .string(machine), "rows": .array(rows)]))
        }
    }

    private func measure(_ program: String, _ scenario: Scenario) async throws -> Sample? {
        let server = try Peer.ourselves("rest-server", ["rest-server", "--limit", "\(scenario.limit)"])
        return try await withPeer(server) { server in
            let port = try await server.line(within: .seconds(10))
            let client = try client(program, scenario, url: "http://127.0.0.1:\(port)/api/v10")
            return try await withPeer(client) { client in
                try await client.expect("ready", within: .seconds(60))
                let span = ProcessSpan(of: client.processIdentifier)
                try await client.say("start")
                do {
                    try await client.expect("done", within: Self.patience)
                } catch BenchmarkError.silent {
                    return nil
                }
                let figures = span.end().own
                let seen = try await server.ask("report", within: .seconds(10))
                guard seen["messages"]?.int == scenario.channels * scenario.messages else {
                    throw BenchmarkError.peer(name: program, "it posted not all messages: \(seen)")
                }
                return Sample(
                    processorSeconds: figures.processorSeconds, seconds: seen["seconds"]?.double ?? 0,
                    refused: seen["refused"]?.double ?? 0)
            }
        }
    }

    private func client(_ program: String, _ scenario: Scenario, url: String) throws -> Peer {
        var words = ["--url", url, "--channels", "\(scenario.channels)", "--messages", "\(scenario.messages)"]
        if scenario.together { words.append("--together") }
        switch program {
        case "Backline":
            // The peers know no global limit of their own; without one on the server ours is as good as off.
            return try Peer.ourselves(
                "backline", ["rest-client", "--global-limit", scenario.limit > 0 ? "50" : "1000000"] + words)
        case "discord.py":
            return try Peer(
                program, executable: options.python, arguments: ["-O", options.peer("rest_discordpy.py")] + words)
        default:
            return try Peer(
                program, executable: options.python, arguments: ["-O", options.peer("rest_hikari.py")] + words)
        }
    }
}
