/// The whole of a memory cache as a value: entries, policy, timers, owners and counts.
@usableFromInline
struct CacheState<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// One entry.
    @usableFromInline
    struct Item: Sendable {
        @usableFromInline let key: Key
        @usableFromInline var value: Value
        @usableFromInline let hash: UInt64
        @usableFromInline var expires: Duration
        @usableFromInline var weight: Int

        @inlinable
        init(key: Key, value: Value, hash: UInt64, expires: Duration, weight: Int) {
            self.key = key
            self.value = value
            self.hash = hash
            self.expires = expires
            self.weight = weight
        }
    }

    /// What left the cache, to be let go of outside of the lock: destroying it may run foreign code.
    @usableFromInline
    struct Dropped: Sendable {
        @usableFromInline var first: Item?
        @usableFromInline var more: [Item] = []

        @inlinable init() {}

        @inlinable
        mutating func add(_ item: Item?) {
            if first == nil { first = item } else if let item { more.append(item) }
        }
    }

    /// Why an entry left.
    @usableFromInline
    enum Cause: Sendable {
        case size, owner, expired, asked
    }

    @usableFromInline let limits: CacheLimits
    @usableFromInline var table: SlotTable
    @usableFromInline var items: ContiguousArray<Item?> = []
    @usableFromInline var wheel: TimerWheel
    @usableFromInline var owners = OwnerShares()
    @usableFromInline var counts = CacheCounts()
    @usableFromInline var chance: UInt64

    /// An empty cache.
    init(limits: CacheLimits, policy: CachePolicy, now: Duration, seed: UInt64) {
        self.limits = limits
        table = SlotTable(entries: limits.entries, policy: policy)
        wheel = TimerWheel(now: now)
        chance = seed | 1
    }

    /// 64 random bits (xorshift, Marsaglia 2003), good enough to spread times.
    @inlinable
    mutating func nextChance() -> UInt64 {
        chance ^= chance << 13
        chance ^= chance >> 7
        chance ^= chance << 17
        return chance
    }

    /// The slot of a key.
    @inlinable
    func find(_ key: Key, _ hash: UInt64) -> Slot? {
        var place = table.index.start(hash)
        while let slot = table.index.next(hash, from: &place) {
            if items[Int(slot)]?.key == key { return slot }
        }
        return nil
    }

    /// The value of a key when it is still good.
    @inlinable
    mutating func value(for key: Key, _ hash: UInt64, _ now: Duration, _ dropped: inout Dropped) -> Value? {
        guard let slot = find(key, hash), let item = items[Int(slot)] else {
            counts.misses += 1
            return nil
        }
        if item.expires < .never, item.expires <= now {
            counts.misses += 1
            drop(slot, .expired, &dropped)
            return nil
        }
        counts.hits += 1
        table.hit(slot, hash)
        return item.value
    }

    /// Keeps a value until `expires`; false when it was not let in.
    @inlinable
    mutating func insert(
        _ item: Item, until: Duration, owner: UInt64?, now: Duration, _ dropped: inout Dropped
    ) -> Bool {
        var item = item
        item.expires = until
        if wheel.count > 0 { for slot in wheel.advance(to: now) { drop(slot, .expired, &dropped) } }
        let existing = find(item.key, item.hash)
        guard item.weight <= limits.bytes else {
            if let existing { drop(existing, .asked, &dropped) }
            counts.refused += 1
            return false
        }
        let slot: Slot
        if let existing {
            slot = existing
            counts.bytes -= items[Int(slot)]?.weight ?? 0
            owners.remove(slot, bytes: items[Int(slot)]?.weight ?? 0)
            dropped.add(items[Int(slot)])
            table.hit(slot, item.hash)
        } else {
            slot = table.insert(item.hash)
            while items.count <= Int(slot) { items.append(nil) }
        }
        items[Int(slot)] = item
        counts.insertions += 1
        counts.bytes += item.weight
        if item.expires < .never { wheel.schedule(slot, at: item.expires) } else { wheel.cancel(slot) }
        if let owner { keepShare(owner, adding: slot, bytes: item.weight, &dropped) }
        while table.count > limits.entries || counts.bytes > limits.bytes, let victim = table.evict() {
            if victim == slot { counts.refused += 1 } else { counts.evictedForSize += 1 }
            forget(victim, &dropped)
        }
        return items[Int(slot)] != nil
    }

    /// Takes an entry out.
    @inlinable
    mutating func drop(_ slot: Slot, _ cause: Cause, _ dropped: inout Dropped) {
        switch cause {
        case .size: counts.evictedForSize += 1
        case .owner: counts.evictedForOwner += 1
        case .expired: counts.expired += 1
        case .asked: break
        }
        table.remove(slot)
        forget(slot, &dropped)
    }

    /// Lets go of what a slot held, once the policy knows.
    @inlinable
    mutating func forget(_ slot: Slot, _ dropped: inout Dropped) {
        let weight = items[Int(slot)]?.weight ?? 0
        counts.bytes -= weight
        wheel.cancel(slot)
        owners.remove(slot, bytes: weight)
        dropped.add(items[Int(slot)])
        items[Int(slot)] = nil
    }

    /// Gives a slot to an owner, whose oldest entries go when it has too many.
    @inlinable
    mutating func keepShare(_ owner: UInt64, adding slot: Slot, bytes: Int, _ dropped: inout Dropped) {
        owners.add(slot, to: owner, bytes: bytes)
        guard limits.ownerShare < 1 else { return }
        while true {
            let share = owners.share(of: owner)
            guard share.entries > limits.ownerEntries || share.bytes > limits.ownerBytes,
                let oldest = owners.oldest(of: owner), oldest != slot
            else { return }
            drop(oldest, .owner, &dropped)
        }
    }

    /// The counts, with what is there now.
    var report: CacheStatistics {
        CacheStatistics(counts, entries: table.count, policy: table.policy, simulated: table.simulated)
    }
}

extension Duration {
    /// Later than any moment a clock shows.
    @usableFromInline static var never: Duration { .seconds(Int64.max) }
}
