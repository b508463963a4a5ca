/// ARC: what was asked for once and what was asked for again share the room as the keys that were evicted too early say
/// (Megiddo and Modha, "ARC: a self-tuning, low overhead replacement cache", FAST 2003).
struct AdaptiveReplacement: Sendable {
    private enum Segment {
        static let recent: UInt8 = 0
        static let frequent: UInt8 = 1
    }

    private var recent = SlotList()
    private var frequent = SlotList()
    private var evictedRecent = EvictedKeys()
    private var evictedFrequent = EvictedKeys()
    /// How many entries the recent ones may be.
    private var target = 0.0

    /// A slot was asked for.
    @inline(__always)
    mutating func hit(_ slot: Slot, _ links: inout SlotLinks) {
        if links[slot].segment == Segment.frequent {
            frequent.moveToHead(slot, &links)
        } else {
            recent.remove(slot, &links)
            links[slot].segment = Segment.frequent
            frequent.pushHead(slot, &links)
        }
    }

    /// A slot came in with a key of this hash.
    mutating func insert(_ slot: Slot, hash: UInt64, _ links: inout SlotLinks) {
        let ratio = Double(max(1, evictedFrequent.count)) / Double(max(1, evictedRecent.count))
        if evictedRecent.take(hash) {
            target = min(Double(recent.count + frequent.count), target + max(1, ratio))
        } else if evictedFrequent.take(hash) {
            target = max(0, target - max(1, 1 / ratio))
        } else {
            links[slot].segment = Segment.recent
            recent.pushHead(slot, &links)
            return
        }
        links[slot].segment = Segment.frequent
        frequent.pushHead(slot, &links)
    }

    /// A slot was removed by someone else.
    mutating func remove(_ slot: Slot, _ links: inout SlotLinks) {
        if links[slot].segment == Segment.recent {
            recent.remove(slot, &links)
        } else {
            frequent.remove(slot, &links)
        }
    }

    /// Takes the next slot to evict out of its list.
    mutating func victim(_ links: inout SlotLinks, _ hashes: ContiguousArray<UInt64>) -> Slot {
        let count = recent.count + frequent.count
        if recent.count > 0, Double(recent.count) > max(1, target) || frequent.count == 0 {
            let slot = recent.tail
            recent.remove(slot, &links)
            evictedRecent.insert(hashes[Int(slot)], limit: max(1, count - recent.count))
            return slot
        }
        let slot = frequent.tail
        guard slot != .none else { return .none }
        frequent.remove(slot, &links)
        evictedFrequent.insert(hashes[Int(slot)], limit: max(1, count + recent.count - evictedRecent.count))
        return slot
    }

    /// Gives up all slots, the least worth first.
    mutating func surrender(_ links: SlotLinks) -> [Slot] {
        defer { self = AdaptiveReplacement() }
        return recent.oldestFirst(links) + frequent.oldestFirst(links)
    }

    /// Takes over slots of another policy, the least worth first.
    mutating func adopt(_ slots: [Slot], _ links: inout SlotLinks) {
        for (index, slot) in slots.enumerated() {
            links[slot].segment = index < slots.count / 2 ? Segment.recent : Segment.frequent
            if index < slots.count / 2 { recent.pushHead(slot, &links) } else { frequent.pushHead(slot, &links) }
        }
        target = Double(slots.count / 2)
    }
}
