import FoundationEssentials
import MediaPipeline
import MusicEngine
import Sandbox
import ServiceKit

/// `backline demo --check`: plays every song of the library, one per guild at the same time, and compares what a
/// listener in the voice channel received with what the song is.
enum DemoCheck {
    /// No song of the library is longer; a song that is not over by then is stuck.
    private static let limit: Duration = .seconds(50)
    private static let startLimit: Duration = .seconds(20)

    /// What was found out about one song.
    private struct Finding: Sendable, Encodable {
        var title: String
        var codec: String
        var passthrough: Bool
        var firstPacket: Double?
        var expected: Int
        var heard: Int
        var lost: Int
        var doubled: Int
        var encrypted = 0
        var problem: String?
        var lateness: (p50: Double, p99: Double, max: Double) = (0, 0, 0)

        enum CodingKeys: String, CodingKey {
            case title, codec, passthrough, problem
            case firstPacket = "first_packet_ms"
            case expected = "frames_expected"
            case heard = "frames_heard"
            case lost = "frames_lost"
            case doubled = "frames_doubled"
            case encrypted = "frames_encrypted"
        }
    }

    private struct Lateness: Encodable {
        var p50: Double
        var p99: Double
        var max: Double
    }

    private struct Report: Encodable {
        var ok: Bool
        var songs: [Finding]
        var lateness: Lateness
        var residentMegabytes: Double

        enum CodingKeys: String, CodingKey {
            case ok, songs
            case lateness = "lateness_ms"
            case residentMegabytes = "rss_mb"
        }
    }

    static func run() async throws -> Int32 {
        let installation = Installation.find()
        let songs = MusicLibrary(folder: installation.library).tracks()
        guard !songs.isEmpty else {
            throw Demo.Failure(description: "The library \(installation.library) has no songs.")
        }
        let demo = try await Demo.start(port: 0, usualPort: 0, guilds: songs.count)
        try await demo.waitUntilReady(startLimit)
        let world = try await demo.sandbox.admin("GET", "world")
        let guilds = world["guilds"]?.array ?? []

        let findings = await withTaskGroup(of: Finding.self) { group in
            for (song, guild) in zip(songs, guilds) {
                group.addTask { await check(song, in: guild, demo) }
            }
            return await group.reduce(into: [Finding]()) { $0.append($1) }.sorted { $0.title < $1.title }
        }
        let resident = Double(demo.bot.residentBytes()) / 1_048_576
        await demo.stop()

        let well = findings.allSatisfy { $0.problem == nil } && findings.count == songs.count
        let report = Report(
            ok: well, songs: findings,
            lateness: Lateness(
                p50: findings.map(\.lateness.p50).max() ?? 0, p99: findings.map(\.lateness.p99).max() ?? 0,
                max: findings.map(\.lateness.max).max() ?? 0),
            residentMegabytes: (resident * 10).rounded() / 10)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
        return well ? 0 : 1
    }

    /// Plays one song in one guild and listens to all of it.
    private static func check(_ song: Track, in guild: JSON, _ demo: Demo) async -> Finding {
        var finding = Finding(
            title: song.title, codec: "", passthrough: false, firstPacket: nil, expected: 0, heard: 0, lost: 0,
            doubled: 0)
        do {
            let truth = try await Truth.read(song, demo.installation)
            finding.title = truth.info.title ?? song.title
            finding.codec = truth.info.codec
            finding.expected = truth.packets.count
            let channels = guild["channels"]?.array ?? []
            guard let text = channels.first(where: { $0["type"]?.number == 0 })?["id"]?.snowflake,
                let voice = channels.first(where: { $0["type"]?.number == 2 })?["id"]?.snowflake
            else { throw Demo.Failure(description: "The sandbox's guild has no channels.") }
            let person = demo.sandbox.seed.alice
            try await demo.sandbox.admin(
                "POST", "voice/join", ["user_id": .string("\(person)"), "channel_id": .string("\(voice)")])
            try await demo.sandbox.admin("POST", "voice/\(voice)/reset")
            try await demo.sandbox.run("play", ["query": .string(song.title)], in: text, as: person)
            try await listen(to: voice, &finding, demo)
            let heard = demo.sandbox.listen(voice).values.flatMap { $0 }.filter { !$0.isSilence }.map(\.payload)
            finding.passthrough = truth.isFile && heard == truth.packets
            if finding.lost > 0 || finding.doubled > 0 || finding.heard != finding.expected {
                finding.problem = "not every frame was heard once"
            } else if finding.encrypted < finding.expected {
                finding.problem = "not every frame came end-to-end encrypted"
            } else if heard != truth.packets {
                finding.problem = "the frames heard are not the song's frames"
            }
        } catch {
            finding.problem = "\(error)"
        }
        return finding
    }

    /// Follows the listener's counters until the song is over.
    private static func listen(to voice: UInt64, _ finding: inout Finding, _ demo: Demo) async throws {
        let deadline = SystemTime.shared.now + limit
        var quietSince = SystemTime.shared.now
        /// Longer than any gap the player may make, shorter than a person would wait.
        let quietLimit: Duration = .seconds(3)
        while SystemTime.shared.now < deadline {
            try await SystemTime.shared.sleep(for: .milliseconds(100))
            let streams = demo.sandbox.voiceReport(voice)["streams"]?.array ?? []
            guard let stream = streams.first(where: { ($0["heard"]?.number ?? 0) > 0 }) else {
                quietSince = SystemTime.shared.now
                continue
            }
            let heard = Int(stream["heard"]?.number ?? 0)
            if heard != finding.heard { quietSince = SystemTime.shared.now }
            finding.heard = heard
            finding.lost = Int(stream["lost"]?.number ?? 0)
            finding.doubled = Int(stream["doubled"]?.number ?? 0)
            finding.encrypted = Int(stream["encrypted"]?.number ?? 0)
            finding.firstPacket = stream["first_packet_ms"]?.number
            let lateness = stream["lateness_ms"]
            finding.lateness = (
                lateness?["p50"]?.number ?? 0, lateness?["p99"]?.number ?? 0, lateness?["max"]?.number ?? 0
            )
            let silence = Int(stream["silence"]?.number ?? 0)
            if heard >= finding.expected, silence >= 5 { return }
            if SystemTime.shared.now - quietSince > quietLimit { return }
        }
    }

    /// The song's own packets, made apart from the bot: read from the file when it is Opus, else by a worker of our own.
    private struct Truth {
        var info: MediaInfo
        var packets: [[UInt8]]
        var isFile: Bool

        static func read(_ song: Track, _ installation: Installation) async throws -> Truth {
            let path = try installation.path(of: song)
            let pool = MediaWorkerPool(
                MediaWorkerPoolConfiguration(executable: installation.mediaWorker, workers: 1...1),
                logger: Logger("check"))
            let running = Task { try await pool.run() }
            defer { running.cancel() }
            let session = try await pool.open(MediaRequest(source: .file(path: path)))
            var packets: [[UInt8]] = []
            while let batch = try await session.nextBatch() { packets += batch.map(\.bytes) }
            session.close()
            guard let data = FileManager.default.contents(atPath: path), data.starts(with: Array("OggS".utf8)) else {
                return Truth(info: session.info, packets: packets, isFile: false)
            }
            var reader = OggOpusReader()
            reader.append(data)
            var fromFile: [[UInt8]] = []
            while let element = try reader.next() {
                if case .packet(let packet) = element { fromFile.append(packet) }
            }
            return Truth(info: session.info, packets: fromFile, isFile: true)
        }
    }
}
