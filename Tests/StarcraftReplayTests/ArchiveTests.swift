import ReplayFixtures
@testable import StarcraftReplay
import Testing

/// The container: ciphers, tables, compression, and what is wrong with it.
@Suite struct ArchiveTests {
    @Test func cipherAgreesWithKnownValues() {
        #expect(ArchiveCipher.table[0] == 0x55C6_36E2)
        #expect(ArchiveCipher.table[1] == 0x02BE_0170)
        #expect(ArchiveCipher.table[0x100] == 0x76F8_C1B1)
        #expect(ArchiveCipher.table[0x4FF] == 0x7303_286C)
        #expect(ArchiveCipher.hash("(hash table)", .key) == 0xC3AF_3770)
        #expect(ArchiveCipher.hash("(block table)", .key) == 0xEC83_B3A3)
        #expect(ArchiveCipher.hash("replay.details", .slot) == 0x24F5_B9EA)
        #expect(ArchiveCipher.hash("replay.details", .nameA) == 0xD383_C29C)
        #expect(ArchiveCipher.hash("replay.details", .nameB) == 0xEF40_2E92)
        #expect(ArchiveCipher.hash("Replay/Details", .nameA) == ArchiveCipher.hash("REPLAY\\DETAILS", .nameA))
    }

    @Test(arguments: ArchiveWriter.Storage.allCases, [0, 1, 2, 3] as [UInt16])
    func everyStorageIsRead(storage: ArchiveWriter.Storage, format: UInt16) throws {
        var fixture = ReplayFixture(build: 80949)
        fixture.archive.storage = storage
        fixture.archive.format = format
        fixture.archive.shift = 0
        fixture.title = String(repeating: "long title ", count: 200)
        let replay = try Replay(fixture.bytes)
        #expect(try replay.file(.details) == fixture.details.bytes)
        #expect(try replay.file(.metadata) == fixture.metadata)
        #expect(try replay.file(.gameEvents) == [])
        #expect(try replay.file(.initDataBackup) == nil)
        #expect(try replay.details().title == fixture.title)
    }

    @Test func otherFilesAreRefused() {
        #expect(throws: ReplayError.notAReplay(offset: 0)) { try Replay([]) }
        #expect(throws: ReplayError.notAReplay(offset: 0)) { try Replay(Array("PK\u{3}\u{4} and more bytes".utf8)) }
        #expect(throws: ReplayError.truncated(.archive, offset: 8)) { try Replay(Array("MPQ\u{1B}1234".utf8)) }
    }

    @Test func headerOfACutOffReplayIsStillRead() throws {
        let bytes = Array(ReplayFixture(build: 80949).bytes.prefix(1232))
        #expect(throws: ReplayError.self) { try Replay(bytes) }
        #expect(try Replay.header(of: bytes).loops == 22_400)
    }

    @Test func limitsHold() {
        let bytes = ReplayFixture(build: 80949).bytes
        var limits = ReplayLimits()
        limits.archiveBytes = bytes.count - 1
        #expect(throws: ReplayError.tooLarge(.archive, offset: 0, limit: bytes.count - 1)) {
            try Replay(bytes, limits: limits)
        }
        limits = ReplayLimits()
        limits.fileBytes = 100
        #expect {
            try Replay(bytes, limits: limits).facts()
        } throws: { error in
            guard case ReplayError.tooLarge(.details, _, 100)? = error as? ReplayError else { return false }
            return true
        }
        limits = ReplayLimits()
        limits.tableEntries = 15
        #expect(throws: ReplayError.tooLarge(.archive, offset: 1024 + 0x18, limit: 15)) {
            try Replay(bytes, limits: limits)
        }
    }

    @Test func sectorsAreBounded() throws {
        var fixture = ReplayFixture(build: 80949)
        fixture.archive.storage = .sectors
        fixture.archive.shift = 0
        fixture.title = String(repeating: "0123456789", count: 300)
        var limits = ReplayLimits()
        limits.sectors = 6
        #expect(throws: ReplayError.tooLarge(.details, offset: 1024 + 208, limit: 6)) {
            try Replay(fixture.bytes, limits: limits).details()
        }
        // The second sector begins where the first does.
        var bytes = fixture.bytes
        bytes[1024 + 208 + 4] = bytes[1024 + 208]
        bytes[1024 + 208 + 5] = bytes[1024 + 208 + 1]
        bytes[1024 + 208 + 8] = bytes[1024 + 208]
        bytes[1024 + 208 + 9] = bytes[1024 + 208 + 1]
        #expect(throws: ReplayError.self) { try Replay(bytes).details() }
    }

    @Test func announcedSizesAreNotBelieved() throws {
        // The details' block says one byte more, then one less, than there is.
        for difference in [-1, 1] {
            var fixture = ReplayFixture(build: 80949)
            fixture.archive.storage = .bzip2
            let size = fixture.details.bytes.count
            let replay = try Replay(fixture.bytes)
            let bytes = Array(fixture.bytes)
            let packed = try #require(try replay.file(.details))
            #expect(packed.count == size)
            let stored = Compression.bzip2(packed)
            let (result, status) = Decompression.bzip2(stored.span, size: size + difference)
            #expect(status != 0 || result.count != size + difference)
            #expect(bytes.count > 1024)
        }
    }

    @Test func unknownMethodsAreNamed() throws {
        var fixture = ReplayFixture(build: 80949)
        fixture.title = String(repeating: "a", count: 400)
        var bytes = fixture.bytes
        // The first block begins right after the archive's header, with its method.
        #expect(bytes[1024 + 208] == 0x10)
        bytes[1024 + 208] = 0x12
        let replay = try Replay(bytes)
        #expect(throws: ReplayError.unsupported(.details, offset: 1024 + 208, feature: .compression(0x12))) {
            try replay.details()
        }
    }

    @Test func damagedCompressionIsFound() throws {
        var bytes = ReplayFixture(build: 80949).bytes
        bytes[1024 + 208 + 40] ^= 1
        let replay = try Replay(bytes)
        #expect {
            try replay.facts()
        } throws: { error in
            guard case ReplayError.damaged(.details, _, .compression(let status))? = error as? ReplayError else {
                return false
            }
            return status != 0
        }
    }
}
