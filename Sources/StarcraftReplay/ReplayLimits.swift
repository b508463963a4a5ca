/// How much a replay may cost before it is refused. Nothing that a file announces is believed beyond these.
public struct ReplayLimits: Sendable, Hashable {
    /// Bytes of the whole replay. The largest known has 1.5 MB.
    public var archiveBytes = 32 << 20
    /// Bytes of one file after decompression. The largest known, game events, has 3 MB.
    public var fileBytes = 64 << 20
    /// Entries of the hash table and of the block table. Replays have 16 or 32 and up to 18.
    public var tableEntries = 4096
    /// How deep values of the versioned encoding may be nested. Replays need 6.
    public var nesting = 16

    /// Limits that every known replay keeps by far.
    public init() {}
}
