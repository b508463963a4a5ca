import FoundationEssentials
import MediaPipeline
import Testing

@Suite(.serialized, .timeLimit(.minutes(5))) struct LibraryTests {
    static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Library"

    @Test(arguments: [
        ("bach-prelude-in-c.opus", "opus", true, 1651), ("beethoven-fur-elise.mp3", "mp3", false, 1550),
        ("bach-cello-suite-prelude.flac", "flac", false, 1700),
    ])
    func everySongPlays(file: String, codec: String, passthrough: Bool, frames: Int) async throws {
        try await MediaFixture.run { pool, _ in
            let session = try await pool.open(MediaRequest(source: .file(path: Self.folder + "/" + file)))
            #expect(session.info.codec == codec)
            #expect(session.info.passthrough == passthrough)
            #expect(session.info.title?.isEmpty == false)
            #expect(session.info.artist?.isEmpty == false)
            let packets = try await MediaFixture.packets(session)
            #expect(packets.count == frames)
            let sound = try MediaFixture.decode(packets)
            let peak = sound.reduce(0) { max($0, abs($1)) }
            let power = sound.reduce(0.0) { $0 + Double($1 * $1) } / Double(sound.count)
            #expect(peak > 0.3 && peak < 1)
            #expect(power > 0.003 && power < 0.1)
        }
    }
}
