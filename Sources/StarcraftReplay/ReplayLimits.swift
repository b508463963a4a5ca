/// How much a replay may cost before it is refused. Nothing that a file announces is believed beyond these.
public struct ReplayLimits: Sendable, Hashable {
    /// Bytes of the whole replay. Known ones have up to half a megabyte.
    public var archiveBytes = 32 << 20
    /// Bytes of one file after decompression. Known ones have up to a few megabytes.
    public var fileBytes = 16 << 20
    /// Sectors of one file. A few bytes can make the decompression of a sector cost milliseconds, whatever its size; only
    /// archives packed anew have sectors, of 4 or 16 kB.
    public var sectors = 1024
    /// Entries of the hash table and of the block table. Replays have 16 or 32 and up to 18.
    public var tableEntries = 4096
    /// How deep values of the versioned encoding may be nested. Replays need 6.
    public var nesting = 16

    /// Limits that every known replay keeps by far.
    public init() {}
}
