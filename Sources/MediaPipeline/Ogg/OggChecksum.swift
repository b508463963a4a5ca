/// The checksum of Ogg pages (RFC 3533, section 6): CRC-32 with polynomial 0x04C11DB7, not reflected, from zero.
enum OggChecksum {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index) << 24) { value, _ in
            value & 0x8000_0000 != 0 ? value << 1 ^ 0x04C1_1DB7 : value << 1
        }
    }

    /// The checksum of a page whose checksum field (bytes 22 to 25) counts as zero.
    static func of(page: ArraySlice<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        let field = page.startIndex + 22..<page.startIndex + 26
        for index in page.indices {
            let byte = field.contains(index) ? 0 : page[index]
            value = value << 8 ^ table[Int(UInt8(truncatingIfNeeded: value >> 24) ^ byte)]
        }
        return value
    }
}
