import Glibc

/// The logarithm to base e.
func naturalLogarithm(_ value: Double) -> Double { log(value) }

/// Writes that wait for the persistent tier: the newest of each key, in the order of their first.
struct PendingWrites<Key: Hashable & Sendable, Entry: Sendable>: Sendable {
    private var entries: [Key: Entry?] = [:]
    private var order: ArraySlice<Key> = []

    /// How many wait.
    var count: Int { entries.count }

    /// Adds a write, or with nil a removal; returns how many were dropped for it.
    mutating func add(_ key: Key, _ entry: Entry?, limit: Int) -> Int {
        if entries.updateValue(entry, forKey: key) == nil { order.append(key) }
        guard entries.count > limit, let oldest = order.popFirst() else { return 0 }
        entries.removeValue(forKey: oldest)
        return 1
    }

    /// Takes all of them.
    mutating func take() -> [(Key, Entry?)] {
        defer { self = PendingWrites() }
        return order.compactMap { key in entries[key].map { (key, $0) } }
    }

    /// The write or removal that waits for a key.
    func waiting(_ key: Key) -> Entry?? { entries[key] }
}

/// A persistent tier with the codec of one cache.
struct PersistentTier<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    let name: String
    let persistence: any CachePersistence
    let codec: CacheCodec<Key, Value>

    /// A key's bytes, with the cache's name in front.
    func bytes(_ key: Key) -> [UInt8] { Array(name.utf8) + [0] + codec.encodeKey(key) }

    /// The key under which the popularity is kept; no cache's name is empty.
    var popularityKey: [UInt8] { [0] + Array(name.utf8) }
}
