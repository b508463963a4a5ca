/// W-TinyLFU: newcomers wait in an LRU window, then duel with the next to go by how often each was asked for; what was
/// asked for again is protected (Einziger, Friedman and Manes, "TinyLFU", 2017).
struct WindowTinyLFU: Sendable {
    private enum Segment {
        static let window: UInt8 = 0
        static let probation: UInt8 = 1
        static let protected: UInt8 = 2
    }

    /// The window's share of all entries, in percent.
    private(set) var windowPercent: Int

    private var window = SlotList()
    private var probation = SlotList()
    private var protected = SlotList()
    private var candidate = Slot.none

    /// An empty cache whose window has `windowPercent` of the entries.
    init(windowPercent: Int) {
        self.windowPercent = min(100, max(0, windowPercent))
    }

    private var count: Int { window.count + probation.count + protected.count }

    /// A slot was asked for.
    @inline(__always)
    mutating func hit(_ slot: Slot, _ links: inout SlotLinks) {
        switch links[slot].segment {
        case Segment.window: window.moveToHead(slot, &links)
        case Segment.protected: protected.moveToHead(slot, &links)
        default:
            if candidate == slot { candidate = .none }
            probation.remove(slot, &links)
            links[slot].segment = Segment.protected
            protected.pushHead(slot, &links)
            // Four fifths of the main part are protected.
            guard protected.count * 5 > (probation.count + protected.count) * 4 else { return }
            let demoted = protected.tail
            protected.remove(demoted, &links)
            links[demoted].segment = Segment.probation
            probation.pushHead(demoted, &links)
        }
    }

    /// A slot came in.
    mutating func insert(_ slot: Slot, _ links: inout SlotLinks) {
        links[slot].segment = Segment.window
        window.pushHead(slot, &links)
        let target = max(1, count * windowPercent / 100)
        while window.count > target {
            let moved = window.tail
            window.remove(moved, &links)
            links[moved].segment = Segment.probation
            probation.pushHead(moved, &links)
            candidate = moved
        }
    }

    /// A slot was removed by someone else.
    mutating func remove(_ slot: Slot, _ links: inout SlotLinks) {
        if candidate == slot { candidate = .none }
        switch links[slot].segment {
        case Segment.window: window.remove(slot, &links)
        case Segment.probation: probation.remove(slot, &links)
        default: protected.remove(slot, &links)
        }
    }

    /// Takes the next slot to evict out of its list: the loser of the duel between the newest in probation and the
    /// oldest. `chance` is random; one in 2048 warm losers is let in, so that nobody can pin the cache by clashing hashes.
    mutating func victim(
        _ links: inout SlotLinks, _ hashes: ContiguousArray<UInt64>, _ sketch: FrequencySketch, chance: UInt64
    ) -> Slot {
        var slot = probation.tail
        if slot == .none { slot = protected.tail }
        if slot == .none { slot = window.tail }
        guard slot != .none else { return .none }
        if candidate != .none, candidate != slot {
            let newcomer = sketch.estimate(hashes[Int(candidate)])
            let resident = sketch.estimate(hashes[Int(slot)])
            if newcomer <= resident, newcomer < 6 || chance & 2047 != 0 { slot = candidate }
        }
        remove(slot, &links)
        return slot
    }

    /// Goes on with another window; what is too much for it moves on with the next newcomer.
    mutating func changeWindow(to percent: Int) {
        windowPercent = percent
    }

    /// Gives up all slots, the least worth first.
    mutating func surrender(_ links: SlotLinks) -> [Slot] {
        defer { self = WindowTinyLFU(windowPercent: windowPercent) }
        return probation.oldestFirst(links) + protected.oldestFirst(links) + window.oldestFirst(links)
    }

    /// Takes over slots of another policy, the least worth first: the best fill the window.
    mutating func adopt(_ slots: [Slot], _ links: inout SlotLinks) {
        let older = slots.count - slots.count * windowPercent / 100
        for (index, slot) in slots.enumerated() {
            links[slot].segment = index < older ? Segment.probation : Segment.window
            if index < older { probation.pushHead(slot, &links) } else { window.pushHead(slot, &links) }
        }
    }
}
