import DiscordModel
import FoundationEssentials
import Glibc
import MediaPipeline
import MusicEngine
import ServiceKit
import Testing

/// The player over real media workers and the songs of the repository, as fast as they come.
@Suite(.timeLimit(.minutes(5))) struct PlayerWithWorkersTests {
    private static let worker: String? = {
        if let named = unsafe getenv("BACKLINE_MEDIA_WORKER") { return unsafe String(cString: named) }
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        var folder = URL(filePath: program).deletingLastPathComponent()
        let candidates = [URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent(), folder]
        for candidate in candidates {
            folder = candidate
            for _ in 0..<4 {
                let path = folder.appending(path: "media-worker").path
                if FileManager.default.isExecutableFile(atPath: path) { return path }
                folder = folder.deletingLastPathComponent()
            }
        }
        return nil
    }()

    @Test(.enabled(if: worker != nil, "the media worker is not built"))
    func twoSongsWithoutALossAlthoughTheWorkerIsKilled() async throws {
        let pool = MediaWorkerPool(executable: try #require(Self.worker), workers: 1...2, logger: Logger("media"))
        let library = MusicLibrary(folder: PoolStage.repository.appending(path: "Library").path)
        let media = MediaWorkers(pool)
        let resolver = TrackResolver(library: library, extractor: nil, media: media, logger: Logger("resolver"))
        let output = FakeOutput()
        var settings = PlayerSettings()
        settings.feedInterval = .milliseconds(5)
        let player = Player(
            guild: 1, output: output, opener: resolver, media: media, settings: settings, logger: Logger("player"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            group.addTask { await player.run() }
            defer { group.cancelAll() }
            var tracks: [Track] = []
            for name in ["bach-prelude-in-c.opus", "bach-cello-suite-prelude.flac"] {
                tracks.append(try #require(try await resolver.resolve("library:\(name)").first))
            }
            let lengths = try tracks.map { try #require($0.duration) / .milliseconds(20) }
            try await player.enqueue(tracks.map { QueuedTrack(track: $0) })
            var hasKilled = false
            var passthrough: Set<Bool> = []
            while !Task.isCancelled {
                let snapshot = player.snapshot
                if let isUntouched = snapshot.passthrough { passthrough.insert(isUntouched) }
                if snapshot.state == .idle, output.playedFrames > 0 { break }
                if output.tick() == nil { try await Task.sleep(for: .milliseconds(1)) }
                if !hasKilled, output.playedFrames == 500 {
                    hasKilled = true
                    for process in pool.snapshot.processIdentifiers { kill(process, SIGKILL) }
                }
            }
            let played = Double(output.playedFrames)
            #expect(abs(played - lengths.reduce(0, +)) <= 4, "\(played) of \(lengths)")
            #expect(passthrough == [true, false])
            #expect(pool.snapshot.died >= 1)
            let file = PoolStage.repository.appending(path: "Library/bach-prelude-in-c.opus")
            var reader = OggOpusReader()
            reader.append(Array(try Data(contentsOf: file)))
            var packets: [[UInt8]] = []
            while let element = try reader.next() {
                if case .packet(let bytes) = element { packets.append(bytes) }
            }
            #expect(Array(output.taken.prefix(packets.count)) == packets, "passed through bit for bit")
        }
    }
}
