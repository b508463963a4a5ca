/// One entry as a persistent tier keeps it; moments are times since 1970, so that they outlive the process.
public struct PersistedEntry: Sendable, Equatable {
    /// The key, with the name of the cache in front.
    public var key: [UInt8]
    /// The value, encoded.
    public var value: [UInt8]
    /// Until when it is fresh.
    public var freshUntil: Duration
    /// Until when it may be handed out while it is loaded anew.
    public var staleUntil: Duration
    /// Until when it may be handed out when loading fails; then it is worth nothing.
    public var usableUntil: Duration
    /// How long its load took.
    public var cost: Duration

    /// An entry.
    public init(
        key: [UInt8], value: [UInt8], freshUntil: Duration, staleUntil: Duration, usableUntil: Duration, cost: Duration
    ) {
        self.key = key
        self.value = value
        self.freshUntil = freshUntil
        self.staleUntil = staleUntil
        self.usableUntil = usableUntil
        self.cost = cost
    }
}

/// A tier below the memory that survives restarts: a file, or a store.
///
/// It may lose entries, and is bounded by itself; it never hands out one that is damaged.
public protocol CachePersistence: Sendable {
    /// The entries of these keys that are there, in any order.
    func read(_ keys: [[UInt8]]) async throws(CacheError) -> [PersistedEntry]
    /// Keeps entries, replacing those of the same keys.
    func write(_ entries: [PersistedEntry]) async throws(CacheError)
    /// Forgets keys.
    func remove(_ keys: [[UInt8]]) async throws(CacheError)
}

/// How keys and values become bytes and values are read back.
public struct CacheCodec<Key: Sendable, Value: Sendable>: Sendable {
    /// A key's bytes; different keys have different ones.
    public var encodeKey: @Sendable (Key) -> [UInt8]
    /// The key of these bytes; nil when they are none.
    public var decodeKey: @Sendable ([UInt8]) -> Key?
    /// A value's bytes; nil for one that is not to be kept.
    public var encodeValue: @Sendable (Value) -> [UInt8]?
    /// The value of these bytes; nil when they are none, as after a change of the program.
    public var decodeValue: @Sendable ([UInt8]) -> Value?

    /// A codec of four functions.
    public init(
        encodeKey: @escaping @Sendable (Key) -> [UInt8], decodeKey: @escaping @Sendable ([UInt8]) -> Key?,
        encodeValue: @escaping @Sendable (Value) -> [UInt8]?, decodeValue: @escaping @Sendable ([UInt8]) -> Value?
    ) {
        self.encodeKey = encodeKey
        self.decodeKey = decodeKey
        self.encodeValue = encodeValue
        self.decodeValue = decodeValue
    }
}
