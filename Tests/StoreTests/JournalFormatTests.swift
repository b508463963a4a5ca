import Testing

@testable import Store

@Suite(.timeLimit(.minutes(2)))
struct JournalFormatTests {
    private static let settings = JournalSettings(folder: "/journal")

    private static func entry(_ number: Int) -> JournalEntry {
        JournalEntry(kind: "kind", key: "key \(number)", payload: [UInt8](repeating: UInt8(number), count: number * 5))
    }

    /// A journal of ten records, written one by one.
    private static func written() throws -> (disk: PaperDisk, name: String, starts: [Int], bytes: [UInt8]) {
        let disk = PaperDisk()
        var log = try JournalLog(settings, files: disk, now: { 1_000 }, random: { 5 }, recovered: { _ in })
        let name = try #require(disk.list("/journal").first)
        var starts: [Int] = []
        for number in 0..<10 {
            starts.append(try disk.open("/journal/" + name, creating: false).size())
            _ = try log.append([entry(number)])
        }
        return (disk, name, starts, try disk.open("/journal/" + name, creating: false).read(at: 0, count: 1 << 20))
    }

    private static func reopened(_ bytes: [UInt8], _ name: String) throws -> [JournalRecord] {
        let disk = PaperDisk()
        try disk.open("/journal/" + name, creating: true).write(bytes, at: 0)
        var found: [JournalRecord] = []
        _ = try JournalLog(settings, files: disk, now: { 1 }, random: { 6 }, recovered: { found.append($0) })
        return found
    }

    @Test
    func recordsComeBackAsTheyWere() throws {
        let (_, name, _, bytes) = try Self.written()
        let found = try Self.reopened(bytes, name)
        #expect(found.map(\.entry) == (0..<10).map(Self.entry))
        #expect(found.map(\.sequence) == Array(1...10))
        #expect(found.allSatisfy { $0.recordedAt == 1_000 })
    }

    @Test
    func aTailCutAnywhereLeavesTheWholeRecordsBeforeIt() throws {
        let (_, name, starts, bytes) = try Self.written()
        for length in JournalCoding.headBytes...bytes.count {
            let found = try Self.reopened(Array(bytes.prefix(length)), name)
            let whole = (starts.dropFirst() + [bytes.count]).count { $0 <= length }
            #expect(found.count == whole, "cut at \(length)")
        }
    }

    @Test
    func aFlippedBitIsNeverTakenForATornTail() throws {
        let (_, name, starts, bytes) = try Self.written()
        // The last record alone has nothing behind it that tells it was acknowledged.
        for place in 0..<starts[9] {
            for bit in [0, 7] as [UInt8] {
                var damaged = bytes
                damaged[place] ^= 1 << bit
                #expect(throws: StoreError.self, "byte \(place), bit \(bit)") { try Self.reopened(damaged, name) }
            }
        }
        for place in starts[9]..<bytes.count {
            var damaged = bytes
            damaged[place] ^= 4
            #expect(try Self.reopened(damaged, name).count == 9)
        }
    }

    @Test
    func numbersAreNeverGivenTwice() throws {
        let disk = PaperDisk()
        var given: [UInt64] = []
        func open(_ body: (inout JournalLog) throws -> Void) throws -> [UInt64] {
            var found: [UInt64] = []
            var log = try JournalLog(
                Self.settings, files: disk, now: { 1 }, random: { 6 }, recovered: { found.append($0.sequence) })
            try body(&log)
            return found
        }
        #expect(try open { given += try $0.append([Self.entry(1)]).map(\.sequence) } == [])
        // A database that knows of fifty records: the next is the fifty-first, also after empty lives.
        #expect(try open { try $0.skip(past: 50) } == [1])
        #expect(try open { _ in } == [1])
        #expect(try open { given += try $0.append([Self.entry(2)]).map(\.sequence) } == [1])
        #expect(try open { $0.trim(through: 51) } == [1, 51])
        #expect(try open { given += try $0.append([Self.entry(3)]).map(\.sequence) } == [])
        #expect(given == [1, 51, 52])
    }

    @Test
    func checksumsAreThoseOfTheStandard() {
        // RFC 3720, appendix B.4.
        #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.of((0..<32).map { UInt8($0) }) == 0x46DD_794E)
        let bytes = Array("123456789".utf8)
        #expect(CRC32C.of(bytes) == 0xE306_9283)
        #expect(CRC32C.of(bytes[4...], after: CRC32C.of(bytes[..<4])) == 0xE306_9283)
    }
}
