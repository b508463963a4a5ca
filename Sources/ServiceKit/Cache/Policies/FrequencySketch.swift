/// How often keys were asked for of late, in 4 bits a counter: a count-min sketch whose counts are halved when the sample
/// is ten times the number of entries (TinyLFU, Einziger, Friedman and Manes 2017; blocks of one cache line as in
/// Caffeine's `FrequencySketch`).
struct FrequencySketch: Sendable {
    private var table: ContiguousArray<UInt64> = ContiguousArray(repeating: 0, count: 8)
    private var blockMask: UInt64 = 0
    private var entries = 8
    private var sampled = 0

    /// Sizes the sketch for `count` entries. What was counted stays: each half of a larger table begins as a copy.
    mutating func ensureCapacity(_ count: Int) {
        guard count > entries else { return }
        while entries < count {
            table += table
            entries *= 2
        }
        blockMask = UInt64(entries / 8 - 1)
    }

    /// Counts one request.
    @inline(__always)
    mutating func increment(_ hash: UInt64) {
        let (block, counters) = place(hash)
        var added = false
        for row in 0..<4 {
            let bits = counters >> UInt64(row * 8)
            let index = block + row * 2 + Int(bits & 1)
            let shift = ((bits >> 1) & 15) << 2
            if (table[index] >> shift) & 15 != 15 {
                table[index] &+= 1 << shift
                added = true
            }
        }
        guard added else { return }
        sampled += 1
        if sampled >= entries * 10 { age() }
    }

    /// How often a key was asked for: 0...15.
    @inline(__always)
    func estimate(_ hash: UInt64) -> UInt64 {
        let (block, counters) = place(hash)
        var least: UInt64 = 15
        for row in 0..<4 {
            let bits = counters >> UInt64(row * 8)
            let shift = ((bits >> 1) & 15) << 2
            least = min(least, (table[block + row * 2 + Int(bits & 1)] >> shift) & 15)
        }
        return least
    }

    @inline(__always)
    private func place(_ hash: UInt64) -> (block: Int, counters: UInt64) {
        // The low bits choose the place in the index and the sample of the tournament; these must be independent.
        var mixed = (hash ^ (hash >> 32)) &* 0x9FB2_1C65_1E98_DF25
        mixed ^= mixed >> 29
        return (Int(truncatingIfNeeded: (mixed >> 32) & blockMask) * 8, mixed)
    }

    private mutating func age() {
        for index in table.indices { table[index] = (table[index] >> 1) & 0x7777_7777_7777_7777 }
        sampled /= 2
    }
}
