import DiscordModel
import DiscordVoice
import Glibc
import MediaPipeline
import MusicEngine
import Networking
import ServiceKit

/// Our side of the voice benchmark: a process that plays one song to many listeners as `backline` does.
///
/// Real players, media workers, rings, packet streams and the sender thread; only the voice gateway is left out.
struct VoiceStreams {
    private let streams: Int
    private let ports: [UInt16]
    private let mode: TransportMode
    private let song: String
    private let worker: String

    /// Takes what to play and where to send it.
    init(_ words: inout ArgumentReader) throws {
        streams = try words.number("--streams", in: 1...4_000) ?? 1
        ports = (try words.option("--ports") ?? "").split(separator: ",").compactMap { UInt16($0) }
        mode = try words.option("--cipher") == "xchacha" ? .xchacha20Poly1305 : .aes256GCM
        song = try words.option("--song") ?? ""
        worker = try words.option("--media-worker") ?? ""
        try words.finish()
        guard !ports.isEmpty else { throw BenchmarkError.missing("--ports needs at least one port") }
    }

    /// Says `ready`, plays when told `start`, says `playing` once every stream does, and ends when told `stop`.
    func run() async throws {
        LogOutput.shared.setLevel(.warning)
        let sender = VoiceSender()
        try sender.start()
        // `backline` starts up to four workers of sixteen songs unless told otherwise; many streams need more of them.
        let pool = MediaWorkerPool(
            executable: worker, workers: 1...max(4, streams / 16 + 2), logger: Logger("media"))
        let input = BoundedChannel<String>(capacity: 4)
        LineReader.start(into: input)

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            while pool.snapshot.workers == 0 { try await SystemTime.shared.sleep(for: .milliseconds(20)) }
            try await SystemTime.shared.sleep(for: .milliseconds(500))
            say("ready")
            _ = await input.next()
            var players: [Player] = []
            for number in 0..<streams {
                let player = try makePlayer(number, sender: sender, pool: pool)
                players.append(player)
                group.addTask { await player.run() }
                await player.setLoop(.track)
                try await player.enqueue([QueuedTrack(track: track)])
            }
            while !players.allSatisfy({ $0.snapshot.state == .playing }) {
                if let words = players.lazy.compactMap({ $0.snapshot.lastProblem }).first {
                    throw BenchmarkError.peer(name: "voice-streams", words)
                }
                try await SystemTime.shared.sleep(for: .milliseconds(20))
            }
            sender.resetStatistics()
            say("playing")
            _ = await input.next()
            say(String(decoding: JSON.encode(report(sender)), as: UTF8.self))
            group.cancelAll()
        }
    }

    private var track: Track {
        Track(id: "benchmark", title: "The benchmark's song", source: .library(file: song))
    }

    private func makePlayer(_ number: Int, sender: VoiceSender, pool: MediaWorkerPool) throws -> Player {
        guard let address = SocketAddress("127.0.0.1", port: ports[number % ports.count]) else {
            throw BenchmarkError.missing("127.0.0.1 is no address here")
        }
        let socket = try UDPSocket.connected(to: address)
        let key = (0..<32).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
        let stream = PacketStream(
            ssrc: UInt32(10_000 + number), cipher: try TransportCipher(mode, key: key),
            sink: DatagramSink(descriptor: socket.fileDescriptor, owner: socket))
        let output = VoiceOutput { sender.wake(stream) }
        stream.setSource(output.ring)
        try sender.add(stream)
        return Player(
            guild: GuildID(UInt64(1_000 + number)), output: output, opener: SongFile(path: song),
            media: WorkerMedia(pool: pool))
    }

    private func report(_ sender: VoiceSender) -> JSONValue {
        let statistics = sender.statistics
        let ticks = max(1, Double(statistics.ticks))
        return .object([
            "rebases": .integer(Int64(statistics.rebases)), "live": .integer(Int64(statistics.liveStreams)),
            "busy_per_tick_us": .number(Double(statistics.busy / .microseconds(1)) / ticks),
        ])
    }
}

/// Finds the one song there is.
private struct SongFile: TrackOpening {
    let path: String

    func source(of track: Track, attempt: Int) async throws(MusicError) -> MediaSource { .file(path: path) }
    func warm(_ track: Track) async {}
}

/// The worker pool as players see it.
private struct WorkerMedia: MediaOpening {
    let pool: MediaWorkerPool

    func open(_ request: MediaRequest) async throws(MediaError) -> any AudioStream {
        WorkerAudio(session: try await pool.open(request))
    }

    func probe(_ source: MediaSource) async throws(MediaError) -> MediaInfo { try await pool.probe(source) }
}

private struct WorkerAudio: AudioStream {
    let session: MediaSession

    var info: MediaInfo { session.info }
    func nextBatch() async throws(MediaError) -> [OpusPacket]? { try await session.nextBatch() }
    func close() { session.close() }
}
