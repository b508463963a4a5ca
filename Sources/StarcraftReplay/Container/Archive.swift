/// The tables of an MPQ archive: where each file stands.
///
/// Of the format's many shapes it reads those of replays, and of archives that other programs packed anew.
struct Archive: Sendable {
    /// Where a file stands.
    struct Block: Sendable {
        var position: Int
        var storedSize: Int
        var size: Int
        var flags: UInt32

        static let exists: UInt32 = 0x8000_0000
        static let sectorChecksums: UInt32 = 0x0400_0000
        static let singleUnit: UInt32 = 0x0100_0000
        static let encrypted: UInt32 = 0x0001_0000
        static let compressed: UInt32 = 0x0000_0200
        static let imploded: UInt32 = 0x0000_0100
    }

    /// A name's hashes, and the number of its block.
    private struct Entry: Sendable {
        var nameA: UInt32
        var nameB: UInt32
        var block: Int
    }

    /// The places of the replay header in the user data block.
    let userData: Range<Int>
    /// Bytes of a sector, in files that are not one unit.
    let sectorSize: Int
    private let base: Int
    private let entries: [Entry]
    private let blocks: [Block]

    /// Both hashes of each file's name.
    private static let names: [ReplayPart: (UInt32, UInt32)] = Dictionary(
        uniqueKeysWithValues: ReplayPart.allCases.map {
            ($0, (ArchiveCipher.hash($0.rawValue, .nameA), ArchiveCipher.hash($0.rawValue, .nameB)))
        })
    private static let hashTableKey = ArchiveCipher.hash("(hash table)", .key)
    private static let blockTableKey = ArchiveCipher.hash("(block table)", .key)

    init(_ bytes: Span<UInt8>, limits: ReplayLimits) throws(ReplayError) {
        guard bytes.count <= limits.archiveBytes else {
            throw .tooLarge(.archive, offset: 0, limit: limits.archiveBytes)
        }
        guard bytes.holds("MPQ\u{1B}", at: 0) else { throw .notAReplay(offset: 0) }
        base = try Int(Archive.double(bytes, 8))
        let length = try Int(Archive.double(bytes, 12))
        guard length <= bytes.count - 16 else { throw .truncated(.header, offset: 0) }
        userData = 16..<16 + length
        guard base <= bytes.count - 32 else { throw .truncated(.archive, offset: base) }
        guard bytes.holds("MPQ\u{1A}", at: base) else { throw .notAReplay(offset: base) }
        let format = bytes.word(at: base + 0x0C) ?? 0
        let shift = bytes.word(at: base + 0x0E) ?? 0
        guard shift <= 15 else { throw .damaged(.archive, offset: base + 0x0E, problem: .range) }
        sectorSize = 512 << Int(shift)
        var hashPosition = try Int(Archive.double(bytes, base + 0x10))
        var blockPosition = try Int(Archive.double(bytes, base + 0x14))
        if format >= 1, let hash = bytes.word(at: base + 0x28), let block = bytes.word(at: base + 0x2A) {
            hashPosition |= Int(hash) << 32
            blockPosition |= Int(block) << 32
        }
        let hashes = try Archive.table(
            bytes, at: base + hashPosition, countAt: base + 0x18, key: Archive.hashTableKey, limits)
        let places = try Archive.table(
            bytes, at: base + blockPosition, countAt: base + 0x1C, key: Archive.blockTableKey, limits)
        var entries: [Entry] = []
        for index in stride(from: 0, to: hashes.count, by: 4) where Int(hashes[index + 3]) < places.count / 4 {
            entries.append(Entry(nameA: hashes[index], nameB: hashes[index + 1], block: Int(hashes[index + 3])))
        }
        self.entries = entries
        var blocks: [Block] = []
        for index in stride(from: 0, to: places.count, by: 4) {
            blocks.append(
                Block(
                    position: Int(places[index]), storedSize: Int(places[index + 1]), size: Int(places[index + 2]),
                    flags: places[index + 3]))
        }
        self.blocks = blocks
    }

    /// The block of a file, moved to its place in the whole; `nil` when the archive has no such file.
    func block(of part: ReplayPart) -> Block? {
        guard let name = Archive.names[part] else { return nil }
        for entry in entries where entry.nameA == name.0 && entry.nameB == name.1 {
            var block = blocks[entry.block]
            guard block.flags & Block.exists != 0 else { continue }
            block.position += base
            return block
        }
        return nil
    }

    private static func double(_ bytes: Span<UInt8>, _ offset: Int) throws(ReplayError) -> UInt32 {
        guard let value = bytes.double(at: offset) else { throw .truncated(.archive, offset: offset) }
        return value
    }

    /// A table of entries of four words, in clear.
    private static func table(
        _ bytes: Span<UInt8>, at position: Int, countAt: Int, key: UInt32, _ limits: ReplayLimits
    ) throws(ReplayError) -> [UInt32] {
        let count = try Int(double(bytes, countAt))
        guard count <= limits.tableEntries else {
            throw .tooLarge(.archive, offset: countAt, limit: limits.tableEntries)
        }
        guard position <= bytes.count - count * 16 else { throw .truncated(.archive, offset: position) }
        var decryption = ArchiveCipher.Decryption(key: key)
        var words: [UInt32] = []
        words.reserveCapacity(count * 4)
        for index in 0..<count * 4 {
            words.append(decryption.next(try double(bytes, position + index * 4)))
        }
        return words
    }
}
