import MediaPipeline
import Testing

@Suite(.enabled(if: MediaFixture.hasFFmpeg), .serialized, .timeLimit(.minutes(5))) struct FormatTests {
    struct Format: Sendable, CustomTestStringConvertible {
        var file: String
        var rate: Int
        var channels: Int
        var arguments: [String]
        var codec: String
        var testDescription: String { file }
    }

    static let formats = [
        Format(file: "a.wav", rate: 48_000, channels: 2, arguments: ["-c:a", "pcm_s16le"], codec: "pcm_s16le"),
        Format(file: "b.flac", rate: 44_100, channels: 1, arguments: ["-c:a", "flac"], codec: "flac"),
        Format(
            file: "c.mp3", rate: 44_100, channels: 2, arguments: ["-c:a", "libmp3lame", "-b:a", "192k"], codec: "mp3"),
        Format(file: "d.m4a", rate: 44_100, channels: 2, arguments: ["-c:a", "aac", "-b:a", "192k"], codec: "aac"),
        Format(file: "e.aac", rate: 48_000, channels: 2, arguments: ["-c:a", "aac", "-b:a", "192k"], codec: "aac"),
        Format(
            file: "f.ogg", rate: 44_100, channels: 2, arguments: ["-c:a", "libvorbis", "-q:a", "6"], codec: "vorbis"),
        Format(
            file: "g.opus", rate: 48_000, channels: 2, arguments: ["-c:a", "libopus", "-b:a", "128k"], codec: "opus"),
        Format(
            file: "h.webm", rate: 48_000, channels: 2, arguments: ["-c:a", "libopus", "-b:a", "128k"], codec: "opus"),
        Format(
            file: "i.opus", rate: 48_000, channels: 2,
            arguments: ["-c:a", "libopus", "-b:a", "128k", "-frame_duration", "60"], codec: "opus"),
        Format(file: "j.mka", rate: 22_050, channels: 1, arguments: ["-c:a", "flac"], codec: "flac"),
    ]

    static func make(_ format: Format, in folder: String) async throws -> MediaRequest {
        try TestSound.write(to: folder + "/source.wav", rate: format.rate, channels: format.channels)
        let arguments = ["-i", folder + "/source.wav", "-metadata", "title=Sweep", "-metadata", "artist=Nobody"]
        try await MediaFixture.ffmpeg(arguments + format.arguments + [folder + "/" + format.file])
        return MediaRequest(source: .file(path: folder + "/" + format.file))
    }

    @Test(arguments: formats, [1.0, 0.5]) func soundIsAtItsPlaceAndLevel(format: Format, volume: Double) async throws {
        try await MediaFixture.run { pool, folder in
            var request = try await Self.make(format, in: folder)
            request.volume = volume
            let session = try await pool.open(request)
            let packets = try await MediaFixture.packets(session)
            let plain = format.codec == "opus" && volume == 1 && format.file != "i.opus"
            #expect(session.info.passthrough == plain)
            #expect(session.info.codec == format.codec)
            #expect(session.info.channels == format.channels)
            #expect(session.info.sampleRate == format.rate)
            #expect(!session.info.isLive)
            #expect(packets.map(\.index) == Array(packets.indices))
            // The encoder's own padding may add a frame or two at the end of formats that do not tell their length.
            let spare = ["e.aac", "i.opus", "g.opus", "h.webm"].contains(format.file) ? 4 : 0
            #expect((200...200 + spare).contains(packets.count))
            let sound = try MediaFixture.decode(packets)
            let allowed = plain ? 480 : 96
            let lateness = TestSound.lateness(of: sound)
            #expect(lateness.count == TestSound.clicks.count)
            #expect(lateness.allSatisfy { abs($0) <= allowed }, "late by \(lateness) samples")
            for channel in 0..<2 {
                let level = TestSound.level(of: sound, channel: channel)
                let expected = TestSound.level + (volume == 1 ? 0 : -6.02)
                #expect(abs(level - expected) < 0.5, "level \(level) instead of \(expected)")
            }
        }
    }

    @Test(arguments: formats) func aSeekGoesToTheExactFrame(format: Format) async throws {
        try await MediaFixture.run { pool, folder in
            var request = try await Self.make(format, in: folder)
            let whole = try await MediaFixture.packets(pool, request)
            for frame in [1, 7, 61, 100, 106, 148, 199] {
                request.start = .milliseconds(20 * frame + 13)
                let packets = try await MediaFixture.packets(pool, request)
                #expect(packets.map(\.index) == Array(frame..<whole.count), "from \(frame)")
                let lateness = TestSound.lateness(of: try MediaFixture.decode(packets), from: Double(frame) * 0.02)
                let allowed = format.codec == "opus" ? 480 : 96
                #expect(lateness.allSatisfy { abs($0) <= allowed }, "from \(frame) late by \(lateness) samples")
            }
            request.start = .seconds(100)
            #expect(try await MediaFixture.packets(pool, request).isEmpty)
        }
    }

    @Test func titleAndArtistAreRead() async throws {
        try await MediaFixture.run { pool, folder in
            for format in Self.formats where ["b.flac", "c.mp3", "d.m4a", "g.opus"].contains(format.file) {
                let request = try await Self.make(format, in: folder)
                let info = try await pool.probe(request.source)
                #expect(info.title == "Sweep" && info.artist == "Nobody", "\(format.file)")
                let duration = try #require(info.duration)
                #expect(abs(duration / .seconds(1) - 4) < 0.1, "\(format.file)")
            }
        }
    }

    @Test(arguments: [44_100, 8000]) func aLoudVolumeIsClippedSoftly(rate: Int) async throws {
        try await MediaFixture.run { pool, folder in
            try TestSound.write(to: folder + "/a.wav", rate: rate, channels: 1)
            var request = MediaRequest(source: .file(path: folder + "/a.wav"))
            request.volume = 4
            let sound = try MediaFixture.decode(try await MediaFixture.packets(pool, request))
            #expect(sound.allSatisfy { $0.isFinite && abs($0) < 1.3 })
            #expect(TestSound.level(of: sound, channel: 0) > -3.5)
        }
    }
}
