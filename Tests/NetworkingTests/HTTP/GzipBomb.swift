/// Makes a small gzip stream that becomes a large run of one byte: a literal and many matches of length 258.
enum GzipBomb {
    /// `1 + matches * 258` bytes of "A".
    static func make(matches: Int) -> [UInt8] {
        var writer = BitWriter()
        writer.put(1, 1)  // last block
        writer.put(1, 2)  // fixed Huffman codes
        writer.putCode(0x30 + 65, 8)  // literal A
        for _ in 0..<matches {
            writer.putCode(0b1100_0101, 8)  // length 258 is symbol 285
            writer.putCode(0, 5)  // distance 1
        }
        writer.putCode(0, 7)  // end of block
        let count = 1 + matches * 258
        var checksum: UInt32 = .max
        for _ in 0..<count {
            checksum ^= 65
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        let tail = [~checksum, UInt32(count)].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + writer.bytes + tail
    }

    private struct BitWriter {
        var bytes: [UInt8] = []
        private var used = 8

        /// Values go least significant bit first.
        mutating func put(_ value: Int, _ count: Int) {
            for index in 0..<count { put(bit: value >> index & 1) }
        }

        /// Huffman codes go most significant bit first.
        mutating func putCode(_ value: Int, _ count: Int) {
            for index in (0..<count).reversed() { put(bit: value >> index & 1) }
        }

        private mutating func put(bit: Int) {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            bytes[bytes.count - 1] |= UInt8(bit << used)
            used += 1
        }
    }
}
