/// The archive format's own hash and cipher: they hide names and tables, and protect nothing.
package enum ArchiveCipher {
    /// What a hash is for; each begins elsewhere in the table.
    package enum Purpose: Int { case slot = 0, nameA, nameB, key }

    /// The pseudo-random table behind both.
    package static let table: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 1280)
        var seed: UInt32 = 0x0010_0001
        func next() -> UInt32 {
            seed = (seed &* 125 &+ 3) % 0x2A_AAAB
            return seed & 0xFFFF
        }
        for low in 0..<256 {
            for row in 0..<5 {
                let high = next() << 16
                table[row << 8 | low] = high | next()
            }
        }
        return table
    }()

    /// The hash of a file's name.
    package static func hash(_ name: String, _ purpose: Purpose) -> UInt32 {
        var first: UInt32 = 0x7FED_7FED
        var second: UInt32 = 0xEEEE_EEEE
        for byte in name.utf8 {
            let character: UInt8 =
                switch byte {
                case 0x61...0x7A: byte - 0x20
                case 0x2F: 0x5C
                default: byte
                }
            first = table[purpose.rawValue << 8 | Int(character)] ^ (first &+ second)
            second = UInt32(character) &+ first &+ second &+ (second << 5) &+ 3
        }
        return first
    }

    /// Decrypts words that follow each other, one at a time.
    struct Decryption {
        private var key: UInt32
        private var sum: UInt32 = 0xEEEE_EEEE

        init(key: UInt32) { self.key = key }

        /// The next word in clear.
        mutating func next(_ word: UInt32) -> UInt32 {
            sum = sum &+ table[0x400 | Int(key & 0xFF)]
            let clear = word ^ (key &+ sum)
            key = ((~key << 21) &+ 0x1111_1111) | (key >> 11)
            sum = clear &+ sum &+ (sum << 5) &+ 3
            return clear
        }
    }
}
