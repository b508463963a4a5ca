/// From the hash of a key to its slot: open addressing with linear probing and no tombstones.
///
/// Only the low 32 bits of a hash are kept; whoever looks up compares the keys of the slots it is offered.
@usableFromInline
struct HashIndex: Sendable {
    /// One place of the table.
    @usableFromInline
    struct Place: Sendable {
        @usableFromInline var tag: UInt32
        @usableFromInline var slot: Slot
    }

    @usableFromInline var places: ContiguousArray<Place>
    @usableFromInline var mask: UInt32
    private(set) var count = 0

    /// An empty index.
    init() {
        places = ContiguousArray(repeating: Place(tag: 0, slot: .none), count: 16)
        mask = 15
    }

    /// The place where the search for a hash begins.
    @inlinable
    func start(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) & mask }

    /// The next slot whose key may have this hash, from `place` on; nil when there is none. `place` moves past it.
    @inlinable
    func next(_ hash: UInt64, from place: inout UInt32) -> Slot? {
        let tag = UInt32(truncatingIfNeeded: hash)
        while true {
            let found = places[Int(place)]
            if found.slot == .none { return nil }
            place = (place &+ 1) & mask
            if found.tag == tag { return found.slot }
        }
    }

    /// The first slot with this hash, where the low 32 bits stand for the key.
    @inline(__always)
    func first(_ hash: UInt64) -> Slot? {
        var place = start(hash)
        return next(hash, from: &place)
    }

    /// Adds a slot.
    mutating func insert(_ hash: UInt64, _ slot: Slot) {
        if (count + 1) * 2 > places.count { grow() }
        put(Place(tag: UInt32(truncatingIfNeeded: hash), slot: slot))
        count += 1
    }

    /// Takes a slot out; the places behind move up, so that no tombstone slows a search.
    mutating func remove(_ hash: UInt64, _ slot: Slot) {
        var hole = start(hash)
        while places[Int(hole)].slot != slot {
            guard places[Int(hole)].slot != .none else { return }
            hole = (hole &+ 1) & mask
        }
        count -= 1
        var place = hole
        while true {
            place = (place &+ 1) & mask
            let moved = places[Int(place)]
            guard moved.slot != .none else { break }
            // A place may move up only when its search begins at or before the hole.
            let distance = (place &- (moved.tag & mask)) & mask
            if distance >= ((place &- hole) & mask) {
                places[Int(hole)] = moved
                hole = place
            }
        }
        places[Int(hole)].slot = .none
    }

    private mutating func put(_ entry: Place) {
        var place = entry.tag & mask
        while places[Int(place)].slot != .none { place = (place &+ 1) & mask }
        places[Int(place)] = entry
    }

    private mutating func grow() {
        let old = places
        places = ContiguousArray(repeating: Place(tag: 0, slot: .none), count: old.count * 2)
        mask = UInt32(places.count - 1)
        for entry in old where entry.slot != .none { put(entry) }
    }
}
