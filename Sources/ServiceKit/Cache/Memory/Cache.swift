public import Synchronization

/// A bounded cache in memory, for use from any thread.
///
/// An entry goes when its time is over, when the policy can best do without it, or when its owner has too many. Nothing
/// is allocated on a hit. One lock guards all; two threads together get no less through it than one (performance.md).
public final class Cache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    @usableFromInline let state: Mutex<CacheState<Key, Value>>
    @usableFromInline let time: any TimeSource
    /// Whether any entry ever had an end: without, no clock is read.
    @usableFromInline let hasEnds = Atomic(false)
    @usableFromInline let hashing: (@Sendable (Key) -> UInt64)?
    @usableFromInline let weigher: (@Sendable (Key, Value) -> Int)?
    @usableFromInline let lifetime: CacheLifetime

    /// An empty cache.
    ///
    /// - Parameters:
    ///   - weigher: the bytes of an entry, asked once when it comes in; 1 for each without it.
    ///   - lifetime: of entries that are inserted without one.
    ///   - seed: of the jitter.
    ///   - hashing: 64 well mixed bits of a key, the same for equal keys; Swift's own per-process hash without it.
    public init(
        limits: CacheLimits, policy: CachePolicy = .adaptive, lifetime: CacheLifetime = .unlimited,
        time: any TimeSource = SystemTime.shared,
        seed: UInt64 = UInt64.random(in: .min ... .max),
        weigher: (@Sendable (Key, Value) -> Int)? = nil, hashing: (@Sendable (Key) -> UInt64)? = nil
    ) {
        self.lifetime = lifetime
        self.time = time
        self.hashing = hashing
        self.weigher = weigher
        state = Mutex(CacheState(limits: limits, policy: policy, now: time.now, seed: seed))
    }

    /// How many entries there are, those whose time is over but which nobody asked for among them.
    public var count: Int { state.withLock { $0.table.count } }

    /// The counts so far.
    public var statistics: CacheStatistics { state.withLock { $0.report } }

    /// The value of a key; nil when there is none or its time is over.
    @inlinable
    public func value(for key: Key) -> Value? {
        let hash = hash(of: key)
        // Read before the lock, which is held the shorter. An entry that gets an end after this look ends later than now.
        let now = hasEnds.load(ordering: .relaxed) ? time.now : .zero
        var dropped = CacheState<Key, Value>.Dropped()
        return state.withLock { $0.value(for: key, hash, now, &dropped) }
    }

    /// The value of a key without counting it as a request.
    public func peek(_ key: Key) -> Value? {
        let hash = hash(of: key)
        let now = time.now
        return state.withLock { state in
            guard let slot = state.find(key, hash), let item = state.items[Int(slot)], item.expires > now else {
                return nil
            }
            return item.value
        }
    }

    /// Keeps a value for as long as `lifetime` (the cache's own when nil) says, on the account of `owner`; false when the
    /// policy did not let it in or it is heavier than the whole cache may be.
    @inlinable
    @discardableResult
    public func insert(_ value: Value, for key: Key, lifetime: CacheLifetime? = nil, owner: UInt64? = nil) -> Bool {
        let lifetime = lifetime ?? self.lifetime
        let item = item(value, for: key)
        var dropped = CacheState<Key, Value>.Dropped()
        if lifetime.fresh != nil { hasEnds.store(true, ordering: .relaxed) }
        let now = hasEnds.load(ordering: .relaxed) ? time.now : .zero
        return state.withLock { state in
            let until = lifetime.jittered(state.nextChance()).map { now + $0 } ?? .never
            return state.insert(item, until: until, owner: owner, now: now, &dropped)
        }
    }

    /// Keeps a value until a moment of the cache's clock.
    @inlinable
    @discardableResult
    public func insert(_ value: Value, for key: Key, until: Duration, owner: UInt64? = nil) -> Bool {
        let item = item(value, for: key)
        var dropped = CacheState<Key, Value>.Dropped()
        hasEnds.store(true, ordering: .relaxed)
        let now = time.now
        return state.withLock { $0.insert(item, until: until, owner: owner, now: now, &dropped) }
    }

    @inlinable
    func item(_ value: Value, for key: Key) -> CacheState<Key, Value>.Item {
        CacheState<Key, Value>.Item(
            key: key, value: value, hash: hash(of: key), expires: .never, weight: max(0, weigher?(key, value) ?? 1))
    }

    /// The bytes that an entry weighs, when there is one.
    public func weight(of key: Key) -> Int? {
        let hash = hash(of: key)
        return state.withLock { state in state.find(key, hash).flatMap { state.items[Int($0)]?.weight } }
    }

    /// Forgets a key; whether it was there.
    @discardableResult
    public func remove(_ key: Key) -> Bool {
        let hash = hash(of: key)
        var dropped = CacheState<Key, Value>.Dropped()
        return state.withLock { state in
            guard let slot = state.find(key, hash) else { return false }
            state.drop(slot, .asked, &dropped)
            return true
        }
    }

    /// Forgets all that belongs to an owner, who is gone; how many entries that were.
    @discardableResult
    public func removeAll(of owner: UInt64) -> Int {
        var dropped = CacheState<Key, Value>.Dropped()
        return state.withLock { state in
            let slots = state.owners.slots(of: owner)
            for slot in slots { state.drop(slot, .asked, &dropped) }
            return slots.count
        }
    }

    /// Forgets everything.
    public func removeAll() {
        var dropped = CacheState<Key, Value>.Dropped()
        state.withLock { state in
            for slot in state.items.indices where state.items[slot] != nil { state.drop(Slot(slot), .asked, &dropped) }
        }
    }

    /// Frees the entries whose time is over, which the timer wheel knows; how many there were.
    @discardableResult
    public func collectExpired() -> Int {
        let now = time.now
        var dropped = CacheState<Key, Value>.Dropped()
        return state.withLock { state in
            let due = state.wheel.advance(to: now)
            for slot in due { state.drop(slot, .expired, &dropped) }
            return due.count
        }
    }

    /// The owners with the most entries, at most `limit`, with their entries and bytes.
    public func largestOwners(_ limit: Int) -> [(owner: UInt64, entries: Int, bytes: Int)] {
        state.withLock { $0.owners.largest(limit) }
    }

    @inlinable
    func hash(of key: Key) -> UInt64 {
        if let hashing { return hashing(key) }
        return UInt64(bitPattern: Int64(key.hashValue))
    }
}
