import DiscordModel
import FoundationEssentials
import ServiceKit

/// `benchmarks voice`: Backline and discord.py play the same Opus file to the same sink, taking turns.
struct VoiceBenchmark {
    private let options: RunOptions
    private let streams: [Int]
    private let seconds: Int
    private let song: String
    private let worker: String
    private let contestants: [VoiceContestant]

    /// Streams play for this long before the measurement begins.
    private static let warmUp = Duration.seconds(2)

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 3)
        streams = (try words.option("--streams") ?? "1,10,100,500").split(separator: ",").compactMap { Int($0) }
        seconds = try words.number("--seconds", in: 2...600) ?? 10
        song = try words.option("--song") ?? "Library/bach-prelude-in-c.opus"
        let beside = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
        worker = try words.option("--media-worker") ?? (beside + ["media-worker"]).joined(separator: "/")
        let names = try words.option("--programs")?.split(separator: ",").map(String.init)
        contestants = VoiceContestant.all.filter { names?.contains($0.key) ?? true }
        try words.finish()
        guard FileManager.default.fileExists(atPath: song) else {
            throw BenchmarkError.missing("there is no song \(song): start benchmarks in the project's folder")
        }
        guard FileManager.default.isExecutableFile(atPath: worker) else {
            throw BenchmarkError.missing(
                "there is no \(worker): build it with swift build -c release --product media-worker")
        }
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        var samples: [VoiceContestant: [Int: [VoiceSample]]] = [:]
        for count in streams {
            for round in 1...options.rounds {
                for contestant in contestants where count <= contestant.mostStreams {
                    do {
                        let sample = try await measure(contestant, streams: count)
                        samples[contestant, default: [:]][count, default: []].append(sample)
                        progress(
                            "\(count) streams, round \(round), \(contestant.name): "
                                + "\(sample.allPerStreamMinute.figure) ms per stream-minute")
                    } catch {
                        progress("\(count) streams, round \(round), \(contestant.name) did not finish: \(error)")
                    }
                }
            }
        }
        let report = VoiceReport(samples: samples, streams: streams)
        say("\(machine); \(options.rounds) rounds of \(seconds) s; medians\n")
        say(report.costTable.text + "\n\n" + report.latenessTable.text + "\n\n" + report.memoryTable.text)
        if options.wantsJSON { printJSON(report.json(machine: machine, seconds: seconds, rounds: options.rounds)) }
    }

    private func measure(_ contestant: VoiceContestant, streams: Int) async throws -> VoiceSample {
        try await withPeer(try Peer.ourselves("voice-sink", ["voice-sink"])) { sink in
            let ports = try await sink.line(within: .seconds(10))
            return try await withPeer(try start(contestant, streams: streams, ports: ports)) { sender in
                try await measure(sender, into: sink, streams: streams)
            }
        }
    }

    private func start(_ contestant: VoiceContestant, streams: Int, ports: String) throws -> Peer {
        let shared = ["--streams", "\(streams)", "--ports", ports, "--song", song]
        guard contestant.isOurs else {
            return try Peer(
                "discord.py", executable: options.python,
                arguments: [options.peer("voice_discordpy.py"), "--source", contestant.choice] + shared)
        }
        return try Peer.ourselves(
            "backline", ["voice-streams", "--cipher", contestant.choice, "--media-worker", worker] + shared)
    }

    private func measure(_ sender: Peer, into sink: Peer, streams: Int) async throws -> VoiceSample {
        let clock = ContinuousClock()
        try await sender.expect("ready", within: .seconds(30))
        var sample = VoiceSample()
        sample.streams = streams
        sample.idle = ProcessFigures(of: sender.processIdentifier)
        let starting = ProcessSpan(of: sender.processIdentifier)
        let ordered = clock.now
        try await sender.say("start")
        try await sender.expect("playing", within: .seconds(120))
        try await SystemTime.shared.sleep(for: Self.warmUp)

        let started = starting.end()
        let startTook = (clock.now - ordered) / .seconds(1)
        _ = try await sink.say("reset")
        try await sink.expect("ok", within: .seconds(10))
        let span = ProcessSpan(of: sender.processIdentifier)
        try await SystemTime.shared.sleep(for: .seconds(seconds))
        let (own, children) = span.end()
        let arrivals = try await sink.ask("report", within: .seconds(30))

        sample.seconds = arrivals["seconds"]?.double ?? Double(seconds)
        sample.ownSeconds = own.processorSeconds
        sample.kernelSeconds = own.kernelSeconds
        sample.childSeconds = children.processorSeconds
        let playing = (own.processorSeconds + children.processorSeconds) / sample.seconds * startTook
        sample.startSeconds = max(0, started.own.processorSeconds + started.children.processorSeconds - playing)
        sample.own = own
        sample.children = children
        sample.p50 = arrivals["p50"]?.double ?? 0
        sample.p99 = arrivals["p99"]?.double ?? 0
        sample.maximum = arrivals["max"]?.double ?? 0
        sample.delivered = (arrivals["packets"]?.double ?? 0) / (Double(streams) * sample.seconds * 50)
        sample.lost = arrivals["lost"]?.int ?? 0
        return sample
    }
}
