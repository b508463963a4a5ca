/// LRU: what was not asked for the longest goes first.
struct LeastRecentlyUsed: Sendable {
    private var list = SlotList()

    /// A slot was asked for.
    @inline(__always)
    mutating func hit(_ slot: Slot, _ links: inout SlotLinks) {
        list.moveToHead(slot, &links)
    }

    /// A slot came in.
    mutating func insert(_ slot: Slot, _ links: inout SlotLinks) {
        list.pushHead(slot, &links)
    }

    /// A slot was removed by someone else.
    mutating func remove(_ slot: Slot, _ links: inout SlotLinks) {
        list.remove(slot, &links)
    }

    /// Takes the next slot to evict out of the list.
    mutating func victim(_ links: inout SlotLinks) -> Slot {
        let slot = list.tail
        if slot != .none { list.remove(slot, &links) }
        return slot
    }

    /// Gives up all slots, the least worth first.
    mutating func surrender(_ links: SlotLinks) -> [Slot] {
        defer { list = SlotList() }
        return list.oldestFirst(links)
    }
}
