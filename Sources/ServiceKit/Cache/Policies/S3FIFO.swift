/// S3-FIFO: a small queue that only what is asked for again leaves for the main one, and the keys that fell out of it
/// (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023).
struct S3FIFO: Sendable {
    private enum Segment {
        static let small: UInt8 = 0
        static let main: UInt8 = 1
    }

    private var small = SlotList()
    private var main = SlotList()

    /// A slot was asked for: an increment and no more.
    @inline(__always)
    mutating func hit(_ slot: Slot, _ links: inout SlotLinks) {
        if links[slot].frequency < 3 { links[slot].frequency += 1 }
    }

    /// A slot came in; `wasEvicted` tells whether its key fell out of the small queue of late.
    mutating func insert(_ slot: Slot, wasEvicted: Bool, _ links: inout SlotLinks) {
        links[slot].frequency = 0
        if wasEvicted {
            links[slot].segment = Segment.main
            main.pushHead(slot, &links)
        } else {
            links[slot].segment = Segment.small
            small.pushHead(slot, &links)
        }
    }

    /// A slot was removed by someone else.
    mutating func remove(_ slot: Slot, _ links: inout SlotLinks) {
        if links[slot].segment == Segment.small { small.remove(slot, &links) } else { main.remove(slot, &links) }
    }

    /// Takes the next slot to evict out of its queue; `toGhost` tells that its key is worth remembering.
    mutating func victim(_ links: inout SlotLinks) -> (slot: Slot, toGhost: Bool) {
        while true {
            // The one that came in last is spared, which matters only below ten entries.
            let fromSmall = main.count == 0 || (small.count > 1 && small.count * 10 >= small.count + main.count)
            let slot = fromSmall ? small.tail : main.tail
            guard slot != .none else { return (.none, false) }
            if fromSmall {
                small.remove(slot, &links)
                guard links[slot].frequency > 1 else { return (slot, true) }
                links[slot].frequency = 0
                links[slot].segment = Segment.main
                main.pushHead(slot, &links)
            } else {
                main.remove(slot, &links)
                guard links[slot].frequency > 0 else { return (slot, false) }
                links[slot].frequency -= 1
                main.pushHead(slot, &links)
            }
        }
    }

    /// Gives up all slots, the least worth first.
    mutating func surrender(_ links: SlotLinks) -> [Slot] {
        defer { self = S3FIFO() }
        return main.oldestFirst(links) + small.oldestFirst(links)
    }

    /// Takes over slots of another policy, the least worth first: the best tenth begins in the small queue.
    mutating func adopt(_ slots: [Slot], _ links: inout SlotLinks) {
        let older = slots.count - slots.count / 10
        for (index, slot) in slots.enumerated() { insert(slot, wasEvicted: index < older, &links) }
    }
}
