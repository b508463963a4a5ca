/// One replacement policy at work on slots, which can change into another with all its slots.
struct Replacement: Sendable {
    /// The policy at work; never `.adaptive`.
    private(set) var policy: CachePolicy

    private var mode: Mode
    private var links = SlotLinks()
    private var recency = LeastRecentlyUsed()
    private var queues = S3FIFO()
    private var balanced = AdaptiveReplacement()
    private var tiny: WindowTinyLFU
    private var evicted = EvictedKeys()
    private var count = 0
    private var chance: UInt64 = 0x9E37_79B9_7F4A_7C15

    private enum Mode: Sendable {
        case lru, s3FIFO, arc, tinyLFU
    }

    /// Whether the policy needs the sketch to be fed.
    var needsSketch: Bool { mode == .tinyLFU }

    /// A policy without slots.
    init(_ policy: CachePolicy) {
        self.policy = policy
        (mode, tiny) = Self.parts(policy)
    }

    /// Makes room for slots below `count`.
    mutating func grow(to count: Int) {
        links.grow(to: count)
    }

    /// A slot was asked for.
    @inline(__always)
    mutating func hit(_ slot: Slot) {
        switch mode {
        case .lru: recency.hit(slot, &links)
        case .s3FIFO: queues.hit(slot, &links)
        case .arc: balanced.hit(slot, &links)
        case .tinyLFU: tiny.hit(slot, &links)
        }
    }

    /// A slot came in with a key of this hash.
    mutating func insert(_ slot: Slot, hash: UInt64) {
        count += 1
        switch mode {
        case .lru: recency.insert(slot, &links)
        case .s3FIFO: queues.insert(slot, wasEvicted: evicted.take(hash), &links)
        case .arc: balanced.insert(slot, hash: hash, &links)
        case .tinyLFU: tiny.insert(slot, &links)
        }
    }

    /// A slot was removed by someone else.
    mutating func remove(_ slot: Slot) {
        count -= 1
        switch mode {
        case .lru: recency.remove(slot, &links)
        case .s3FIFO: queues.remove(slot, &links)
        case .arc: balanced.remove(slot, &links)
        case .tinyLFU: tiny.remove(slot, &links)
        }
    }

    /// Takes the next slot to evict out; `Slot.none` when there is none. `hashes` are those of all slots.
    mutating func victim(_ hashes: ContiguousArray<UInt64>, _ sketch: FrequencySketch) -> Slot {
        let slot: Slot
        switch mode {
        case .lru: slot = recency.victim(&links)
        case .s3FIFO:
            let (found, toGhost) = queues.victim(&links)
            slot = found
            if toGhost { evicted.insert(hashes[Int(found)], limit: count * 9 / 10) }
        case .arc: slot = balanced.victim(&links, hashes)
        case .tinyLFU:
            chance ^= chance << 13
            chance ^= chance >> 7
            chance ^= chance << 17
            slot = tiny.victim(&links, hashes, sketch, chance: chance)
        }
        if slot != .none { count -= 1 }
        return slot
    }

    /// Goes on with another policy; every slot is kept.
    mutating func change(to next: CachePolicy) {
        guard next != policy else { return }
        if mode == .tinyLFU, case .windowTinyLFU(let percent) = next, percent < tiny.windowPercent {
            policy = next
            return tiny.changeWindow(to: percent)
        }
        let slots =
            switch mode {
            case .lru: recency.surrender(links)
            case .s3FIFO: queues.surrender(links)
            case .arc: balanced.surrender(links)
            case .tinyLFU: tiny.surrender(links)
            }
        policy = next
        (mode, tiny) = Self.parts(next)
        switch mode {
        case .lru: for slot in slots { recency.insert(slot, &links) }
        case .s3FIFO: queues.adopt(slots, &links)
        case .arc: balanced.adopt(slots, &links)
        case .tinyLFU: tiny.adopt(slots, &links)
        }
    }

    private static func parts(_ policy: CachePolicy) -> (Mode, WindowTinyLFU) {
        switch policy {
        case .lru: (.lru, WindowTinyLFU(windowPercent: 1))
        case .s3FIFO: (.s3FIFO, WindowTinyLFU(windowPercent: 1))
        case .arc: (.arc, WindowTinyLFU(windowPercent: 1))
        case .windowTinyLFU(let percent): (.tinyLFU, WindowTinyLFU(windowPercent: percent))
        case .adaptive: (.tinyLFU, WindowTinyLFU(windowPercent: 1))
        }
    }
}
