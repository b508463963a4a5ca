import ReplayFixtures
@testable import StarcraftReplay
import TestSupport
import Testing

/// Damaged replays end in an error, never otherwise.
@Suite struct DamageTests {
    private static func fixture(_ build: Int, storage: ArchiveWriter.Storage) -> ReplayFixture {
        var fixture = ReplayFixture(build: build)
        fixture.archive.storage = storage
        var random = SeededRandom(seed: 5)
        fixture.addRandomGameEvents(130, using: &random)
        fixture.addTracker()
        return fixture
    }

    @Test(arguments: [15405, 24944, 80949]) func everyCutOfAFileIsAnError(build: Int) {
        let bytes = Self.fixture(build, storage: .raw).bytes
        for count in 0..<bytes.count {
            #expect(throws: ReplayError.self, "\(count)") { try Replay(Array(bytes[..<count])).report() }
        }
    }

    @Test(arguments: [15405, 22612, 24944, 51702, 80949]) func everyCutOfAStreamEndsThere(build: Int) throws {
        let fixture = Self.fixture(build, storage: .raw)
        var version = GameVersion()
        version.baseBuild = build
        let game = fixture.gameEventBytes
        for count in 0..<game.count {
            var read = 0
            do {
                try GameEvents(bytes: Array(game[..<count]), version: version).forEach { _ in read += 1 }
            } catch {
                guard case .truncated(.gameEvents, let offset) = error else {
                    return #expect(Bool(false), "\(count): \(error)")
                }
                #expect(offset <= count)
            }
            #expect(read < fixture.gameEvents.count)
        }
        let tracker = fixture.trackerBytes
        for count in 1..<tracker.count {
            var read = 0
            try? TrackerEvents(bytes: Array(tracker[..<count]), build: build, nesting: 16).forEach { _ in read += 1 }
            #expect(read < fixture.tracker.count)
        }
        let lobby = fixture.initData
        for count in 0..<lobby.count {
            #expect(throws: ReplayError.self) {
                try InitData(Array(lobby[..<count]).span, part: .initData, build: build)
            }
        }
        let details = fixture.details.bytes
        for count in 0..<details.count {
            #expect(throws: ReplayError.self) {
                try ReplayDetails(Array(details[..<count]).span, part: .details, limits: ReplayLimits())
            }
        }
        let attributes = fixture.attributes
        for count in 1..<attributes.count {
            #expect(throws: ReplayError.self) {
                try MatchAttributes(Array(attributes[..<count]).span, build: build)
            }
        }
    }

    @Test(arguments: [16561, 80949]) func anyChangedByteIsSurvived(build: Int) {
        let bytes = Self.fixture(build, storage: .raw).bytes
        var random = SeededRandom(seed: 6)
        var errors = 0
        for index in bytes.indices where index < 200 || index >= 1024 {
            var changed = bytes
            changed[index] ^= UInt8.random(in: 1...255, using: &random)
            if (try? Replay(changed).report()) == nil { errors += 1 }
        }
        #expect(errors > 100)
    }

    @Test func manyChangesAreSurvived() {
        let originals = [15405, 24944, 51702, 80949].map { Self.fixture($0, storage: .raw).bytes }
        var random = SeededRandom(seed: 7)
        for round in 0..<2000 {
            var changed = originals[round % originals.count]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let index = Int.random(in: 1024..<changed.count, using: &random)
                changed[index] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try? Replay(changed).report()
        }
    }

    @Test func errorsSayWhere() {
        let error = ReplayError.damaged(.details, offset: 12, problem: .marker(found: 77))
        #expect(
            error.description
                == "The replay is damaged: replay.details has the marker 77, which does not belong there, at byte 12.")
        #expect(ReplayError.missing(.initData).description.contains("replay.initData"))
    }
}
