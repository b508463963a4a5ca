/// Values that are good until a moment, at most `capacity` of them; the least recently used go first.
struct ExpiringCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value
        var until: Duration
        var used: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0

    /// An empty cache.
    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// How many values are kept.
    var count: Int { entries.count }

    /// The value of `key` when it is still good.
    mutating func value(for key: Key, now: Duration) -> Value? {
        guard var entry = entries[key] else { return nil }
        guard now < entry.until else {
            entries[key] = nil
            return nil
        }
        uses += 1
        entry.used = uses
        entries[key] = entry
        return entry.value
    }

    /// Keeps a value until `until`; makes room when there is none.
    mutating func insert(_ value: Value, for key: Key, until: Duration) {
        uses += 1
        entries[key] = Entry(value: value, until: until, used: uses)
        guard entries.count > capacity else { return }
        // An eighth at once, so that the sort is paid once for many insertions.
        let excess = entries.count - capacity + capacity / 8
        for (key, _) in entries.sorted(by: { $0.value.used < $1.value.used }).prefix(excess) { entries[key] = nil }
    }

    /// Forgets the value of `key`.
    mutating func remove(_ key: Key) {
        entries[key] = nil
    }
}
