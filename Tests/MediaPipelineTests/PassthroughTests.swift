import FoundationEssentials
import MediaPipeline
import Testing

@Suite(.enabled(if: MediaFixture.hasFFmpeg), .serialized, .timeLimit(.minutes(5))) struct PassthroughTests {
    /// The packets of an Ogg Opus file, read by our own reader.
    static func packets(inFile path: String) throws -> [[UInt8]] {
        var reader = OggOpusReader()
        reader.append(try Data(contentsOf: URL(filePath: path)))
        var packets: [[UInt8]] = []
        while let element = try reader.next() {
            if case .packet(let bytes) = element { packets.append(bytes) }
        }
        return packets
    }

    /// Makes an Ogg Opus file and the same packets in WebM and MP4.
    static func make(in folder: String, seconds: Double = 20) async throws -> [[UInt8]] {
        try TestSound.write(to: folder + "/a.wav", rate: 48_000, channels: 2, seconds: seconds)
        try await MediaFixture.ffmpeg([
            "-i", folder + "/a.wav", "-c:a", "libopus", "-b:a", "96k", folder + "/a.opus",
        ])
        for name in ["a.webm", "a.mp4"] {
            try await MediaFixture.ffmpeg(["-i", folder + "/a.opus", "-c:a", "copy", folder + "/" + name])
        }
        return try packets(inFile: folder + "/a.opus")
    }

    @Test func packetsAreBitIdenticalFromEveryStart() async throws {
        try await MediaFixture.run { pool, folder in
            let expected = try await Self.make(in: folder)
            #expect(expected.count >= 1000)
            for name in ["a.opus", "a.webm", "a.mp4"] {
                var request = MediaRequest(source: .file(path: folder + "/" + name))
                for start in [0, 1, 50, 101, 333, 500, 777, expected.count - 1] {
                    request.start = .milliseconds(20 * start)
                    let session = try await pool.open(request)
                    #expect(session.info.passthrough)
                    let packets = try await MediaFixture.packets(session)
                    #expect(packets.first?.index == start, "\(name) from \(start)")
                    let same = packets.map(\.bytes) == Array(expected[start...])
                    #expect(same, "\(name) from \(start): \(packets.count) of \(expected.count - start)")
                    #expect(packets.map(\.index) == Array(start..<start + packets.count))
                }
            }
        }
    }

    @Test func aHoleIsFilledWithSilence() async throws {
        try await MediaFixture.run { pool, folder in
            let expected = try await Self.make(in: folder, seconds: 8)
            // An Ogg file whose granule positions jump by half a second: 25 packets are missing.
            var writer = OggOpusWriter(serial: 7)
            var file = writer.start()
            for packet in expected[..<100] { file += writer.add(packet) }
            var skipping = writer
            for packet in expected[100..<125] { _ = skipping.add(packet) }
            for packet in expected[125...] { file += skipping.add(packet) }
            file += skipping.finish()
            try Data(file).write(to: URL(filePath: folder + "/hole.opus"))
            let request = MediaRequest(source: .file(path: folder + "/hole.opus"))
            let packets = try await MediaFixture.packets(pool, request)
            #expect(packets.map(\.index) == Array(expected.indices))
            #expect(packets[..<100].map(\.bytes) == Array(expected[..<100]))
            // FFmpeg notices the hole with the second page after it.
            let rest = packets[126...].map(\.bytes) == Array(expected[126...])
            #expect(rest)
            #expect(packets[101...125].allSatisfy { $0.bytes == OpusPacket.silence })
        }
    }

    @Test func aChainOfStreamsIsPlayedToItsEnd() async throws {
        try await MediaFixture.run { pool, folder in
            let expected = try await Self.make(in: folder, seconds: 15)
            let one = try Data(contentsOf: URL(filePath: folder + "/a.opus"))
            try (one + one).write(to: URL(filePath: folder + "/two.opus"))
            let packets = try await MediaFixture.packets(
                pool, MediaRequest(source: .file(path: folder + "/two.opus")))
            #expect(packets.map(\.index) == Array(packets.indices))
            let same = packets.map(\.bytes) == expected + expected
            #expect(same, "\(packets.count) packets")
        }
    }

    @Test func packetsThatChangeTheirLengthAreEncodedFromThere() async throws {
        try await MediaFixture.run { pool, folder in
            let expected = try await Self.make(in: folder, seconds: 4)
            try await MediaFixture.ffmpeg([
                "-i", folder + "/a.wav", "-c:a", "libopus", "-b:a", "96k", "-frame_duration", "40",
                folder + "/long.opus",
            ])
            let long = try Self.packets(inFile: folder + "/long.opus")
            var writer = OggOpusWriter(serial: 7, packetsPerPage: 10)
            var file = writer.start()
            for packet in expected[..<60] { file += writer.add(packet) }
            for packet in long[30...] { file += writer.add(packet) }
            file += writer.finish()
            try Data(file).write(to: URL(filePath: folder + "/mixed.opus"))
            let request = MediaRequest(source: .file(path: folder + "/mixed.opus"))
            let session = try await pool.open(request)
            #expect(session.info.passthrough)
            let packets = try await MediaFixture.packets(session)
            #expect(packets[..<60].map(\.bytes) == Array(expected[..<60]))
            #expect(packets.map(\.index) == Array(packets.indices))
            #expect((200...203).contains(packets.count))
            #expect(packets.allSatisfy { OpusPacket.sampleCount($0.bytes) == 960 })
            let lateness = TestSound.lateness(of: try MediaFixture.decode(packets))
            #expect(lateness.allSatisfy { abs($0) <= 480 }, "late by \(lateness) samples")
        }
    }

    @Test func gainOrVolumeOrManyChannelsAreEncoded() async throws {
        try await MediaFixture.run { pool, folder in
            let expected = try await Self.make(in: folder, seconds: 4)
            var writer = OggOpusWriter(serial: 7, header: OpusHeader(gain: -6 * 256))
            var file = writer.start()
            for packet in expected { file += writer.add(packet) }
            file += writer.finish()
            try Data(file).write(to: URL(filePath: folder + "/gain.opus"))
            var session = try await pool.open(MediaRequest(source: .file(path: folder + "/gain.opus")))
            #expect(!session.info.passthrough)
            let level = TestSound.level(
                of: try MediaFixture.decode(try await MediaFixture.packets(session)), channel: 0)
            #expect(abs(level - TestSound.level + 6) < 0.5)
            try await MediaFixture.ffmpeg([
                "-i", folder + "/a.wav", "-af", "pan=5.1|FL=c0|FR=c1", "-c:a", "libopus", folder + "/six.opus",
            ])
            session = try await pool.open(MediaRequest(source: .file(path: folder + "/six.opus")))
            #expect(!session.info.passthrough && session.info.channels == 6)
            let packets = try await MediaFixture.packets(session)
            #expect((200...203).contains(packets.count))
        }
    }
}
