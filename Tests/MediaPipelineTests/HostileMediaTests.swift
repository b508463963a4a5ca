import FoundationEssentials
import Glibc
import MediaPipeline
import Testing

@Suite(.enabled(if: MediaFixture.hasFFmpeg), .serialized, .timeLimit(.minutes(5))) struct HostileMediaTests {
    static func write(_ bytes: some Collection<UInt8>, to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Plays a file to its end or to a typed error; anything else (a lost worker, a hang) is a failure.
    static func play(_ pool: MediaWorkerPool, _ path: String) async -> (packets: Int, error: MediaError?) {
        var count = 0
        do throws(MediaError) {
            let session = try await pool.open(MediaRequest(source: .file(path: path)))
            while let batch = try await session.nextBatch() { count += batch.count }
            return (count, nil)
        } catch {
            return (count, error)
        }
    }

    @Test func truncatedAndDamagedFilesEndWithATypedError() async throws {
        try await MediaFixture.run { pool, folder in
            var generator = SystemRandomNumberGenerator()
            for format in FormatTests.formats {
                _ = try await FormatTests.make(format, in: folder)
                let whole = [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + format.file)))
                for part in [1, 4, 27, 60, 200, whole.count / 4, whole.count / 2, whole.count - 1] {
                    try Self.write(whole.prefix(part), to: folder + "/cut")
                    let (packets, error) = await Self.play(pool, folder + "/cut")
                    #expect(packets > 0 || error != nil, "\(format.file) cut to \(part)")
                    #expect(error != .workerLost, "\(format.file) cut to \(part)")
                }
                for _ in 0..<3 {
                    var damaged = whole
                    for _ in 0..<50 { damaged[Int.random(in: damaged.indices, using: &generator)] ^= 0xFF }
                    try Self.write(damaged, to: folder + "/damaged")
                    #expect(await Self.play(pool, folder + "/damaged").error != .workerLost)
                }
            }
            #expect(pool.snapshot.died == 0)
            #expect(pool.snapshot.sessions == 0)
        }
    }

    /// A wave file whose header states any number of samples (RF64, EBU Tech 3306).
    static func wave(samples: Int64) -> [UInt8] {
        func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            stride(from: 0, to: Value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> Value($0)) }
        }
        var bytes = Array("RF64".utf8) + little(UInt32.max) + Array("WAVEds64".utf8) + little(UInt32(28))
        bytes += little(Int64(1) << 40) + little(Int64(1) << 40) + little(samples) + little(UInt32(0))
        bytes += Array("fmt ".utf8) + little(UInt32(16)) + little(UInt16(1)) + little(UInt16(2))
        bytes += little(UInt32(48_000)) + little(UInt32(192_000)) + little(UInt16(4)) + little(UInt16(16))
        return bytes + Array("data".utf8) + little(UInt32.max) + [UInt8](repeating: 0, count: 192_000)
    }

    @Test(arguments: [1 << 55, 500_000_000_000_000_000, Int64.max])
    func anyLengthMayBeStated(samples: Int64) async throws {
        try await MediaFixture.run { pool, folder in
            try Self.write(Self.wave(samples: samples), to: folder + "/long.wav")
            let (packets, error) = await Self.play(pool, folder + "/long.wav")
            #expect(packets == 50, "\(String(describing: error))")
            #expect(pool.snapshot.died == 0)
        }
    }

    @Test func noiseEmptyAndForeignFilesAreRefused() async throws {
        try await MediaFixture.run { pool, folder in
            let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255) }
            for (name, bytes) in [
                ("noise", noise), ("zeros", [UInt8](repeating: 0, count: 100_000)), ("text", Array("hello\n".utf8)),
                ("concat", Array("ffconcat version 1.0\nfile /etc/passwd\n".utf8)),
            ] {
                try Self.write(bytes, to: folder + "/" + name)
                let (packets, error) = await Self.play(pool, folder + "/" + name)
                #expect(packets == 0 && error != nil && error != .workerLost, "\(name): \(String(describing: error))")
            }
            try Self.write([], to: folder + "/empty")
            #expect(await Self.play(pool, folder + "/empty").error == .empty)
            var writer = OggOpusWriter(serial: 1)
            try Self.write(writer.start() + writer.finish(), to: folder + "/silent.opus")
            #expect(await Self.play(pool, folder + "/silent.opus").error == .empty)
            try TestSound.write(to: folder + "/zero.wav", rate: 44_100, channels: 2, seconds: 0)
            #expect(await Self.play(pool, folder + "/zero.wav").error == .empty)
            try await MediaFixture.ffmpeg([
                "-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-an", "-c:v", "mpeg4", folder + "/video.mp4",
            ])
            #expect(await Self.play(pool, folder + "/video.mp4").error == .noAudio)
            #expect(await Self.play(pool, folder + "/missing").error == .notFound)
        }
    }

    @Test func onlyRegularFilesAreOpened() async throws {
        try await MediaFixture.run { pool, folder in
            unsafe mkfifo(folder + "/pipe", 0o600)
            for path in ["/dev/zero", "/dev/stdin", folder, folder + "/pipe"] {
                guard case .forbidden = await Self.play(pool, path).error else {
                    Issue.record("\(path) was opened")
                    continue
                }
            }
        }
    }

    @Test func playlistsMayNotReadFilesOrPrivateNetworks() async throws {
        try await MediaFixture.run { pool, folder in
            try TestSound.write(to: folder + "/a.wav", rate: 48_000, channels: 2)
            for target in [
                "file:///etc/passwd", "/etc/passwd", "a.wav", "http://127.0.0.1:9/a.ts", "http://[::1]:9/a.ts",
                "http://169.254.169.254/latest/meta-data", "concat:/etc/passwd", "crypto+file:///etc/passwd",
                "data:audio/wav;base64,AAAA", "tcp://127.0.0.1:9",
            ] {
                let playlist = """
                    #EXTM3U
                    #EXT-X-VERSION:3
                    #EXT-X-TARGETDURATION:4
                    #EXTINF:4.0,
                    \(target)
                    #EXT-X-ENDLIST

                    """
                try Self.write(Array(playlist.utf8), to: folder + "/list.m3u8")
                let (packets, error) = await Self.play(pool, folder + "/list.m3u8")
                #expect(packets == 0 && error != nil && error != .workerLost, "\(target): \(String(describing: error))")
            }
            #expect(pool.snapshot.died == 0)
        }
    }

    @Test func privateAddressesAndOtherSchemesAreRefused() async throws {
        try await MediaFixture.run { pool, _ in
            for url in [
                "http://127.0.0.1:9/a.mp3", "http://localhost/a.mp3", "http://10.0.0.1/", "http://[::ffff:127.0.0.1]/",
                "file:///etc/passwd", "ftp://example.org/a.mp3", "http://0x7f.1/", "not a url", "",
            ] {
                let error = await #expect(throws: MediaError.self) {
                    try await pool.open(MediaRequest(source: .http(url: url, headers: [:])))
                }
                guard case .forbidden = error else {
                    Issue.record("\(url): \(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test func tenHoursCostNoMemory() async throws {
        try await MediaFixture.run { pool, folder in
            // An hour of silence is enough to see growth; its header says ten.
            let header = TestSound.header(rate: 8000, channels: 1, bytes: 36_000 * 8000 * 2)
            try Self.write(header, to: folder + "/long.wav")
            #expect(unsafe truncate(folder + "/long.wav", header.count + 36_000 * 8000 * 2) == 0)
            var request = MediaRequest(source: .file(path: folder + "/long.wav"), start: .seconds(35_990))
            let session = try await pool.open(request)
            #expect(session.info.duration == .seconds(36_000))
            let packets = try await MediaFixture.packets(session)
            #expect(packets.map(\.index) == Array(1_799_500..<1_800_000))
            request.start = .zero
            let other = try await pool.open(request)
            for _ in 0..<20 { _ = try await other.nextBatch() }
            let before = pool.snapshot.residentBytes
            for _ in 0..<200 { _ = try await other.nextBatch() }
            #expect(pool.snapshot.residentBytes - before < 8 << 20)
        }
    }
}
