/// The checksum of RFC 3720 (Castagnoli polynomial), eight bytes at a time by tables.
enum CRC32C {
    /// Eight tables of 256, one behind the other.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables.append(value)
        }
        for level in 1..<8 {
            for index in 0..<256 {
                let before = tables[(level - 1) * 256 + index]
                tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
            }
        }
        return tables
    }()

    /// The checksum of `bytes`, going on from that of what stands before them.
    static func of(_ bytes: ArraySlice<UInt8>, after seed: UInt32 = 0) -> UInt32 {
        let bytes = bytes.span
        let tables = tables
        let table = tables.span
        var sum = ~seed
        var index = 0
        while index + 8 <= bytes.count {
            var low = sum
            for byte in 0..<4 { low ^= UInt32(bytes[index + byte]) << (8 * UInt32(byte)) }
            sum = table[7 * 256 + Int(low & 0xFF)] ^ table[6 * 256 + Int(low >> 8 & 0xFF)]
            sum ^= table[5 * 256 + Int(low >> 16 & 0xFF)] ^ table[4 * 256 + Int(low >> 24)]
            for byte in 4..<8 { sum ^= table[(7 - byte) * 256 + Int(bytes[index + byte])] }
            index += 8
        }
        while index < bytes.count {
            sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
        return ~sum
    }

    /// The checksum of an array.
    static func of(_ bytes: [UInt8], after seed: UInt32 = 0) -> UInt32 { of(bytes[...], after: seed) }
}
