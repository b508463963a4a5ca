/// Which entries belong to whom, oldest first, so that no guild can take the whole cache.
@usableFromInline
struct OwnerShares: Sendable {
    private struct Owner: Sendable {
        var slots = SlotList()
        var bytes = 0
    }

    private var owners: [UInt64: Owner] = [:]
    private var ownerOfSlot: ContiguousArray<UInt64?> = []
    private var links = SlotLinks()

    /// No owners.
    init() {}

    /// What an owner has.
    @usableFromInline
    func share(of owner: UInt64) -> (entries: Int, bytes: Int) {
        owners[owner].map { ($0.slots.count, $0.bytes) } ?? (0, 0)
    }

    /// The owners with the most entries, at most `limit`.
    func largest(_ limit: Int) -> [(owner: UInt64, entries: Int, bytes: Int)] {
        owners.map { ($0.key, $0.value.slots.count, $0.value.bytes) }
            .sorted { ($0.1, $1.0) > ($1.1, $0.0) }
            .prefix(limit).map { (owner: $0.0, entries: $0.1, bytes: $0.2) }
    }

    /// The entry of an owner that has been there the longest.
    @usableFromInline
    func oldest(of owner: UInt64) -> Slot? {
        guard let slot = owners[owner]?.slots.tail, slot != .none else { return nil }
        return slot
    }

    /// All entries of an owner.
    func slots(of owner: UInt64) -> [Slot] {
        owners[owner]?.slots.oldestFirst(links) ?? []
    }

    /// Gives a slot to an owner.
    @usableFromInline
    mutating func add(_ slot: Slot, to owner: UInt64, bytes: Int) {
        links.grow(to: Int(slot) + 1)
        while ownerOfSlot.count <= Int(slot) { ownerOfSlot.append(nil) }
        ownerOfSlot[Int(slot)] = owner
        owners[owner, default: Owner()].slots.pushHead(slot, &links)
        owners[owner, default: Owner()].bytes += bytes
    }

    /// Takes a slot from its owner, if it has one.
    @usableFromInline
    mutating func remove(_ slot: Slot, bytes: Int) {
        guard Int(slot) < ownerOfSlot.count, let owner = ownerOfSlot[Int(slot)] else { return }
        ownerOfSlot[Int(slot)] = nil
        owners[owner]?.slots.remove(slot, &links)
        owners[owner]?.bytes -= bytes
        if owners[owner]?.slots.count == 0 { owners[owner] = nil }
    }
}
