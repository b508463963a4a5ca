import DiscordModel
import FoundationEssentials
import ServiceKit

/// `benchmarks memory`: what `backline run` needs in the sandbox, idle and with more and more servers playing.
struct MemoryBenchmark {
    private let options: RunOptions
    private let guilds: [Int]
    private let program: String
    private let song: String

    /// The program settles for this long before it is looked at.
    private static let settling = Duration.seconds(6)

    /// Takes the options.
    init(_ words: inout ArgumentReader) throws {
        options = try RunOptions(&words, rounds: 1, needsPython: false)
        guilds = (try words.option("--guilds") ?? "0,5,20,40,60,100").split(separator: ",").compactMap { Int($0) }
            .sorted()
        let beside = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
        program = try words.option("--backline") ?? (beside + ["backline"]).joined(separator: "/")
        song = try words.option("--query") ?? "Prelude in C major"
        try words.finish()
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchmarkError.missing("there is no \(program): build it with swift build -c release")
        }
    }

    /// One look at the program.
    private struct Look {
        var playing: Int
        var own: ProcessFigures
        var children: ProcessFigures
    }

    /// Measures and prints.
    func run() async throws {
        let machine = machine()
        let most = max(1, guilds.last ?? 1)
        let sandbox = try Peer(
            "sandbox", executable: program, arguments: ["sandbox", "--guilds", "\(most)", "--no-limits", "--json"])
        let looks = try await withPeer(sandbox) { sandbox in
            let addresses = try JSON.parse(Array(try await sandbox.line(within: .seconds(30)).utf8))
            guard let rest = addresses["rest"]?.string, let page = addresses["page"]?.string,
                let authority = addresses["ca_file"]?.string, let token = addresses["token"]?.string
            else { throw BenchmarkError.peer(name: "sandbox", "it names no addresses") }
            var environment = ProcessInfo.processInfo.environment
            environment["DISCORD_TOKEN"] = token
            environment["BACKLINE_DISCORD_API"] = rest
            environment["BACKLINE_CA_FILE"] = authority
            environment["BACKLINE_LOG_LEVEL"] = "warning"
            // A worker takes sixteen songs; the default of four workers would end at 64.
            environment["BACKLINE_MEDIA_WORKERS"] = "\(max(4, min(64, most / 16 + 2)))"
            environment["BACKLINE_HOME"] = FileManager.default.currentDirectoryPath
            let bot = try Peer("backline", executable: program, arguments: ["run"], environment: environment)
            return try await withPeer(bot) { try await look(at: $0, visitor: SandboxVisitor(page: page)) }
        }
        report(looks, machine: machine)
    }

    private func look(at bot: Peer, visitor: SandboxVisitor) async throws -> [Look] {
        defer { visitor.leave() }
        try await wait("the bot to be ready") { try await visitor.botIsReady() }
        let places = try await visitor.places()
        // Commands are there before the servers are: a song ordered at once would find no voice channel.
        try await SystemTime.shared.sleep(for: Self.settling)
        var looks: [Look] = []
        var playing = 0
        for count in guilds {
            guard count <= places.count else { break }
            for place in places[playing..<count] {
                try await visitor.play(song, in: place)
                // One after the other, as people do; all at once would measure the start.
                try await SystemTime.shared.sleep(for: .milliseconds(100))
            }
            for place in places[playing..<count] {
                try await wait("a song to be heard") { try await visitor.framesHeard(in: place) > 0 }
            }
            playing = count
            try await SystemTime.shared.sleep(for: Self.settling)
            let (own, children) = ProcessSpan(of: bot.processIdentifier).end()
            looks.append(Look(playing: count, own: own, children: children))
            progress("\(count) playing: \((Double(own.residentBytes) / 1e6).figure) MB resident")
        }
        return looks
    }

    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<300 {
            if try await condition() { return }
            try await SystemTime.shared.sleep(for: .milliseconds(100))
        }
        throw BenchmarkError.peer(name: "backline", "30 s were not enough for \(what)")
    }

    private func report(_ looks: [Look], machine: String) {
        var table = Table([
            "servers playing", "RSS MB", "PSS MB", "threads", "PSS MB of its child processes",
        ])
        for look in looks {
            table.add([
                "\(look.playing)", (Double(look.own.residentBytes) / 1e6).figure,
                (Double(look.own.proportionalBytes) / 1e6).figure, "\(look.own.threads)",
                (Double(look.children.proportionalBytes) / 1e6).figure,
            ])
        }
        func slope(_ value: (Look) -> Int) -> Double {
            // The first song also starts what all songs share.
            linearFit(looks.filter { $0.playing > 0 }.map { (Double($0.playing), Double(value($0))) }).slope
        }
        let resident = slope { $0.own.residentBytes }
        let workers = slope { $0.children.proportionalBytes }
        say("\(machine)\n\n\(table.text)\n")
        say(
            "each further server playing: \((resident / 1e3).figure) KB in backline, "
                + "\((workers / 1e3).figure) KB in its child processes (linear fit)")
        guard options.wantsJSON else { return }
        printJSON(
            .object([
                "benchmark": .string("memory"), "machine": .string(machine),
                "rss_per_stream": .number(resident), "workers_pss_per_stream": .number(workers),
                "rows": .array(
                    looks.map { look in
                        .object([
                            "playing": .integer(Int64(look.playing)),
                            "rss": .integer(Int64(look.own.residentBytes)),
                            "pss": .integer(Int64(look.own.proportionalBytes)),
                            "workers_pss": .integer(Int64(look.children.proportionalBytes)),
                        ])
                    }),
            ]))
    }
}
