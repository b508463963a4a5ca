import StarcraftReplay

/// Writes MPQ archives as the game and as other programs do.
package struct ArchiveWriter: Sendable {
    /// How a file is stored.
    package enum Storage: Sendable, Hashable, CaseIterable {
        /// As the game does: one unit, bzip2 unless that makes it longer.
        case bzip2
        /// One unit, zlib.
        case zlib
        /// One unit, raw.
        case raw
        /// Sectors with bzip2, as programs that pack anew do.
        case sectors
        /// Sectors with zlib and checksums.
        case checkedSectors
    }

    /// Storage of all files.
    package var storage = Storage.bzip2
    /// 0 to 3 for the archive versions 1 to 4.
    package var format: UInt16 = 3
    /// Sectors have 512 bytes shifted by so much.
    package var shift: UInt16 = 5

    package init() {}

    /// An archive of files behind a user data block.
    package func write(header: [UInt8], files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        let headerSize = [32, 44, 68, 208][Int(format)]
        var body: [UInt8] = []
        var blocks: [UInt32] = []
        var hashes = [UInt32](repeating: 0xFFFF_FFFF, count: 16 * 4)
        for (index, file) in files.enumerated() {
            let (stored, flags) = store(file.bytes)
            blocks += [UInt32(headerSize + body.count), UInt32(stored.count), UInt32(file.bytes.count), flags]
            body += stored
            var slot = Int(ArchiveCipher.hash(file.name, .slot) & 15)
            while hashes[slot * 4 + 3] != 0xFFFF_FFFF { slot = (slot + 1) & 15 }
            hashes[slot * 4] = ArchiveCipher.hash(file.name, .nameA)
            hashes[slot * 4 + 1] = ArchiveCipher.hash(file.name, .nameB)
            hashes[slot * 4 + 2] = 0
            hashes[slot * 4 + 3] = UInt32(index)
        }
        let hashPosition = headerSize + body.count
        let blockPosition = hashPosition + hashes.count * 4
        let total = blockPosition + blocks.count * 4
        var archive = Array("MPQ\u{1A}".utf8) + Self.little(UInt32(headerSize)) + Self.little(UInt32(total))
        archive += Self.little(format) + Self.little(shift)
        for word in [hashPosition, blockPosition, 16, blocks.count / 4] { archive += Self.little(UInt32(word)) }
        archive += [UInt8](repeating: 0, count: headerSize - archive.count) + body
        archive += Self.encrypted(hashes, "(hash table)") + Self.encrypted(blocks, "(block table)")
        var front = Array("MPQ\u{1B}".utf8) + Self.little(UInt32(512)) + Self.little(UInt32(1024))
        front += Self.little(UInt32(header.count)) + header
        return front + [UInt8](repeating: 0, count: 1024 - front.count) + archive
    }

    private func store(_ bytes: [UInt8]) -> ([UInt8], UInt32) {
        if bytes.isEmpty { return ([], 0x8000_0200) }
        switch storage {
        case .bzip2: return (Self.unit(bytes, 0x10), 0x8100_0200)
        case .zlib: return (Self.unit(bytes, 0x02), 0x8100_0200)
        case .raw: return (bytes, 0x8100_0000)
        case .sectors: return (sectors(bytes, 0x10, extra: 0), 0x8000_0200)
        case .checkedSectors: return (sectors(bytes, 0x02, extra: 1), 0x8400_0200)
        }
    }

    private func sectors(_ bytes: [UInt8], _ method: UInt8, extra: Int) -> [UInt8] {
        let size = 512 << Int(shift)
        let parts = stride(from: 0, to: bytes.count, by: size).map {
            Self.unit(Array(bytes[$0..<min($0 + size, bytes.count)]), method)
        }
        var offset = (parts.count + 1 + extra) * 4
        var table = Self.little(UInt32(offset))
        for part in parts {
            offset += part.count
            table += Self.little(UInt32(offset))
        }
        if extra > 0 { table += Self.little(UInt32(offset)) }
        return table + parts.flatMap { $0 }
    }

    /// Compressed when that makes it shorter.
    private static func unit(_ bytes: [UInt8], _ method: UInt8) -> [UInt8] {
        let packed = [method] + (method == 0x10 ? Compression.bzip2(bytes) : Compression.zlib(bytes))
        return packed.count < bytes.count ? packed : bytes
    }

    private static func encrypted(_ words: [UInt32], _ name: String) -> [UInt8] {
        var key = ArchiveCipher.hash(name, .key)
        var sum: UInt32 = 0xEEEE_EEEE
        return words.flatMap { word in
            sum = sum &+ ArchiveCipher.table[0x400 | Int(key & 0xFF)]
            let secret = word ^ (key &+ sum)
            key = ((~key << 21) &+ 0x1111_1111) | (key >> 11)
            sum = word &+ sum &+ (sum << 5) &+ 3
            return little(secret)
        }
    }

    /// A number's bytes, least significant first.
    package static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
    }
}
