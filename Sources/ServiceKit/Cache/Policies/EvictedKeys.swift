/// The hashes of keys evicted of late, the newest `limit` of them: the ghost queue of S3-FIFO.
struct EvictedKeys: Sendable {
    private var ring: ContiguousArray<UInt32> = ContiguousArray(repeating: 0, count: 16)
    private var index = HashIndex()
    private var oldest: UInt32 = 0
    private var newest: UInt32 = 0

    /// How many places of the ring are taken.
    var count: Int { Int(newest &- oldest) }

    /// Remembers a key; forgets the oldest beyond `limit`.
    mutating func insert(_ hash: UInt64, limit: Int) {
        while count >= max(1, limit) { forgetOldest() }
        if count == ring.count { grow() }
        let place = Int(newest) & (ring.count - 1)
        ring[place] = UInt32(truncatingIfNeeded: hash)
        // Positions stay below `Slot.none`: the queue starts over before they reach it.
        index.insert(hash, newest)
        newest += 1
        if newest == Slot.max - 1 { self = EvictedKeys() }
    }

    /// Whether the key was evicted of late; it is forgotten by asking.
    mutating func take(_ hash: UInt64) -> Bool {
        guard let position = index.first(hash) else { return false }
        index.remove(hash, position)
        return true
    }

    private mutating func forgetOldest() {
        index.remove(UInt64(ring[Int(oldest) & (ring.count - 1)]), oldest)
        oldest += 1
    }

    private mutating func grow() {
        var larger = ContiguousArray<UInt32>(repeating: 0, count: ring.count * 2)
        for position in oldest..<newest {
            larger[Int(position) & (larger.count - 1)] = ring[Int(position) & (ring.count - 1)]
        }
        ring = larger
    }
}
