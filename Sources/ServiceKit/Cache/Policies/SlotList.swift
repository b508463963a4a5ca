/// The number of an entry's place in the arrays of a cache.
@usableFromInline typealias Slot = UInt32

extension Slot {
    /// No place.
    @usableFromInline static let none = Slot.max
}

/// What a replacement policy keeps of each slot: its neighbours in a list, which list, and how often it was asked for.
struct SlotLinks: Sendable {
    /// The part of one slot.
    struct Link: Sendable {
        /// The neighbour nearer to the head.
        var previous = Slot.none
        /// The neighbour nearer to the tail.
        var next = Slot.none
        /// Which of the policy's lists the slot is in.
        var segment: UInt8 = 0
        /// Times asked for, as far as the policy counts.
        var frequency: UInt8 = 0
    }

    private var links: ContiguousArray<Link> = []

    /// Makes room for slots below `count`.
    mutating func grow(to count: Int) {
        while links.count < count { links.append(Link()) }
    }

    /// The part of `slot`.
    subscript(slot: Slot) -> Link {
        @inline(__always) get { links[Int(slot)] }
        @inline(__always) _modify { yield &links[Int(slot)] }
    }
}

/// A doubly linked list of slots: the newest at the head, the oldest at the tail.
struct SlotList: Sendable {
    private(set) var head = Slot.none
    private(set) var tail = Slot.none
    private(set) var count = 0

    /// Puts a slot that is in no list at the head.
    @inline(__always)
    mutating func pushHead(_ slot: Slot, _ links: inout SlotLinks) {
        links[slot].previous = .none
        links[slot].next = head
        if head == .none { tail = slot } else { links[head].previous = slot }
        head = slot
        count += 1
    }

    /// Takes a slot out.
    @inline(__always)
    mutating func remove(_ slot: Slot, _ links: inout SlotLinks) {
        let link = links[slot]
        if link.previous == .none { head = link.next } else { links[link.previous].next = link.next }
        if link.next == .none { tail = link.previous } else { links[link.next].previous = link.previous }
        count -= 1
    }

    /// Makes a slot of this list the newest.
    @inline(__always)
    mutating func moveToHead(_ slot: Slot, _ links: inout SlotLinks) {
        guard head != slot else { return }
        remove(slot, &links)
        pushHead(slot, &links)
    }

    /// The slots from the oldest to the newest.
    func oldestFirst(_ links: SlotLinks) -> [Slot] {
        var slots: [Slot] = []
        slots.reserveCapacity(count)
        var slot = tail
        while slot != .none {
            slots.append(slot)
            slot = links[slot].previous
        }
        return slots
    }
}
