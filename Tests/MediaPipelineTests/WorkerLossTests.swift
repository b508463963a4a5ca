import FoundationEssentials
import Glibc
import MediaPipeline
import Testing

@Suite(.enabled(if: MediaFixture.hasFFmpeg), .serialized, .timeLimit(.minutes(5))) struct WorkerLossTests {
    @Test func aPassedThroughSongGoesOnWithoutALostOrDoubledPacket() async throws {
        try await MediaFixture.run { pool, folder in
            let expected = try await PassthroughTests.make(in: folder)
            let session = try await pool.open(MediaRequest(source: .file(path: folder + "/a.webm")))
            var packets: [OpusPacket] = []
            var killed = 0
            while let batch = try await session.nextBatch() {
                packets += batch
                if packets.count > 250 * (killed + 1), killed < 3 {
                    for worker in pool.snapshot.processIdentifiers { kill(worker, SIGKILL) }
                    killed += 1
                }
            }
            #expect(killed == 3)
            #expect(packets.map(\.index) == Array(expected.indices))
            let same = packets.map(\.bytes) == expected
            #expect(same)
            #expect(pool.snapshot.resumed >= 1)
            #expect(pool.snapshot.died >= 1)
        }
    }

    @Test func anEncodedSongGoesOnAtItsPlace() async throws {
        try await MediaFixture.run { pool, folder in
            try TestSound.write(to: folder + "/a.wav", rate: 44_100, channels: 2)
            try await MediaFixture.ffmpeg(["-i", folder + "/a.wav", "-b:a", "192k", folder + "/a.mp3"])
            let session = try await pool.open(MediaRequest(source: .file(path: folder + "/a.mp3")))
            var packets: [OpusPacket] = []
            var isKilled = false
            while let batch = try await session.nextBatch() {
                packets += batch
                if packets.count >= 5, !isKilled {
                    isKilled = true
                    for worker in pool.snapshot.processIdentifiers { kill(worker, SIGKILL) }
                }
            }
            #expect(packets.map(\.index) == Array(0..<200))
            let lateness = TestSound.lateness(of: try MediaFixture.decode(packets))
            #expect(lateness.allSatisfy { abs($0) <= 96 }, "late by \(lateness) samples")
        }
    }

    @Test func aSongThatKillsEveryWorkerIsGivenUp() async throws {
        try await MediaFixture.run(adjust: { $0.patience = .seconds(2) }) { pool, folder in
            _ = try await PassthroughTests.make(in: folder)
            let session = try await pool.open(MediaRequest(source: .file(path: folder + "/a.opus")))
            let killer = Task {
                while !Task.isCancelled {
                    for worker in pool.snapshot.processIdentifiers { kill(worker, SIGKILL) }
                    try? await Task.sleep(for: .milliseconds(1))
                }
            }
            defer { killer.cancel() }
            await #expect(throws: MediaError.self) {
                while try await session.nextBatch() != nil {}
                _ = try await MediaFixture.packets(pool, MediaRequest(source: .file(path: folder + "/a.opus")))
            }
        }
    }

    @Test func aMissingProgramIsToldAtOnce() async throws {
        try await MediaFixture.run(adjust: { $0.executable = "/nonexistent/media-worker" }) { pool, _ in
            let error = await #expect(throws: MediaError.self) {
                try await pool.open(MediaRequest(source: .file(path: "/a")))
            }
            guard case .workersUnavailable(let words) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(words == "No such file or directory")
        }
    }

    @Test func workersGrowWithTheLoadAndAreReplaced() async throws {
        try await MediaFixture.run(
            workers: 1...2,
            adjust: {
                $0.sessionsPerWorker = 4
                $0.sessionsUntilReplaced = 6
            }
        ) { pool, folder in
            _ = try await PassthroughTests.make(in: folder)
            let request = MediaRequest(source: .file(path: folder + "/a.opus"))
            var sessions: [MediaSession] = []
            for _ in 0..<8 { sessions.append(try await pool.open(request)) }
            #expect(pool.snapshot.workers == 2)
            #expect(pool.snapshot.sessions == 8)
            for session in sessions { session.close() }
            let before = Set(pool.snapshot.processIdentifiers)
            for _ in 0..<12 {
                let packets = try await MediaFixture.packets(pool, request)
                #expect(packets.count >= 1000)
            }
            #expect(pool.snapshot.opened == 20)
            #expect(!before.isSuperset(of: pool.snapshot.processIdentifiers))
            #expect(pool.snapshot.died == 0)
        }
    }

    @Test func aClosedSessionEndsAndASlowReaderCostsNoMemory() async throws {
        try await MediaFixture.run { pool, folder in
            _ = try await PassthroughTests.make(in: folder)
            let session = try await pool.open(MediaRequest(source: .file(path: folder + "/a.opus")))
            _ = try await session.nextBatch()
            session.close()
            await #expect(throws: MediaError.closed) { try await session.nextBatch() }
            #expect(pool.snapshot.sessions == 0)
        }
    }
}
