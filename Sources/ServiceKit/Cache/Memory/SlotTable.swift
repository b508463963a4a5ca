/// The part of a memory cache that knows no keys and values: where hashes are, which slots are free, who is evicted next.
@usableFromInline
struct SlotTable: Sendable {
    /// From hashes to slots.
    @usableFromInline var index = HashIndex()

    private var hashes: ContiguousArray<UInt64> = []
    private var free: ContiguousArray<Slot> = []
    private var replacement: Replacement
    private var sketch = FrequencySketch()
    private var tournament: PolicyTournament
    /// Whether the policy chooses itself.
    private let isAdaptive: Bool

    /// A table for at most `entries` slots.
    init(entries: Int, policy: CachePolicy) {
        replacement = Replacement(policy)
        isAdaptive = policy == .adaptive
        tournament = PolicyTournament(entries: isAdaptive ? entries : 1)
    }

    /// How many slots are taken.
    @usableFromInline private(set) var count = 0

    /// How many slots there are, taken or free.
    var slotCount: Int { hashes.count }

    /// The policy at work.
    var policy: CachePolicy { replacement.policy }

    /// The simulated hit ratios, when the policy chooses itself.
    var simulated: [(policy: CachePolicy, ratio: Double)] { isAdaptive ? tournament.hitRatios : [] }

    /// Notes that a slot was asked for.
    @usableFromInline
    mutating func hit(_ slot: Slot, _ hash: UInt64) {
        replacement.hit(slot)
        note(hash)
    }

    /// Takes a slot for a new key.
    @usableFromInline
    mutating func insert(_ hash: UInt64) -> Slot {
        note(hash)
        let slot: Slot
        if let used = free.popLast() {
            slot = used
            hashes[Int(slot)] = hash
        } else {
            slot = Slot(hashes.count)
            hashes.append(hash)
            replacement.grow(to: hashes.count)
            sketch.ensureCapacity(hashes.count)
        }
        count += 1
        index.insert(hash, slot)
        replacement.insert(slot, hash: hash)
        return slot
    }

    /// Gives up the slot that the policy can best do without; nil when all are free.
    @usableFromInline
    mutating func evict() -> Slot? {
        let slot = replacement.victim(hashes, sketch)
        guard slot != .none else { return nil }
        release(slot)
        return slot
    }

    /// Gives up a slot for another reason.
    @usableFromInline
    mutating func remove(_ slot: Slot) {
        replacement.remove(slot)
        release(slot)
    }

    @inline(__always)
    private mutating func note(_ hash: UInt64) {
        guard isAdaptive else {
            if replacement.needsSketch { sketch.increment(hash) }
            return
        }
        sketch.increment(hash)
        if tournament.samples(hash), let next = tournament.play(hash) { replacement.change(to: next) }
    }

    private mutating func release(_ slot: Slot) {
        index.remove(hashes[Int(slot)], slot)
        free.append(slot)
        count -= 1
    }
}
