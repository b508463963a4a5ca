/// How large a cache may become.
public struct CacheLimits: Sendable, Hashable {
    /// Entries at most.
    public var entries: Int
    /// Bytes at most, as the cache's weigher counts them.
    public var bytes: Int
    /// The part of the entries and bytes that may belong to one owner (a guild), 0...1; 1 means no cap.
    public var ownerShare: Double

    /// Limits of at least one entry.
    public init(entries: Int, bytes: Int = .max, ownerShare: Double = 1) {
        self.entries = min(max(1, entries), 1 << 30)
        self.bytes = max(0, bytes)
        self.ownerShare = min(1, max(0, ownerShare))
    }

    /// Entries of one owner at most.
    @usableFromInline var ownerEntries: Int { max(1, Int(Double(entries) * ownerShare)) }

    /// Bytes of one owner at most.
    @usableFromInline var ownerBytes: Int { bytes == .max ? .max : Int(Double(bytes) * ownerShare) }
}
