/// A `.SC2Replay` file: opened at once, read as far as one asks.
///
/// ```swift
/// let replay = try Replay(bytes)
/// let facts = try replay.facts()              // who, where, when, who won: a fraction of a millisecond
/// let events = try replay.gameEvents()        // what everybody did: some milliseconds
/// var reader = events.reader()
/// while let event = try reader.next() { … }
/// ```
public struct Replay: Sendable {
    /// The version and length.
    public let header: ReplayHeader
    /// What the replay may cost.
    public let limits: ReplayLimits
    private let bytes: [UInt8]
    private let archive: Archive

    /// Opens a replay that is wholly in memory.
    public init(_ bytes: [UInt8], limits: ReplayLimits = ReplayLimits()) throws(ReplayError) {
        self.bytes = bytes
        self.limits = limits
        archive = try Archive(bytes.span, limits: limits)
        header = try ReplayHeader(bytes.span.extracting(archive.userData), limits: limits)
    }

    /// Reads only the header, which even a cut-off replay has.
    public static func header(of bytes: [UInt8], limits: ReplayLimits = ReplayLimits()) throws(ReplayError)
        -> ReplayHeader
    {
        guard bytes.span.holds("MPQ\u{1B}", at: 0), let length = bytes.span.double(at: 12) else {
            throw .notAReplay(offset: 0)
        }
        guard Int(length) <= bytes.count - 16 else { throw .truncated(.header, offset: 0) }
        return try ReplayHeader(bytes.span.extracting(16..<16 + Int(length)), limits: limits)
    }

    /// Whether the archive has a file.
    public func has(_ part: ReplayPart) -> Bool { archive.block(of: part) != nil }

    /// The decompressed bytes of a file; `nil` when the archive has no such file.
    public func file(_ part: ReplayPart) throws(ReplayError) -> [UInt8]? {
        try archive.extract(part, from: bytes.span, limits: limits)
    }

    /// The decompressed bytes of the first of these files that is there.
    func file(_ part: ReplayPart, or backup: ReplayPart) throws(ReplayError) -> (part: ReplayPart, bytes: [UInt8]) {
        if let bytes = try file(part), !bytes.isEmpty { return (part, bytes) }
        if let bytes = try file(backup), !bytes.isEmpty { return (backup, bytes) }
        throw .missing(part)
    }

    /// A file as it is stored, for measurements: the method, what follows it, and the size it becomes.
    package func storedFile(_ part: ReplayPart) throws(ReplayError) -> ReplayStoredFile? {
        guard let block = archive.block(of: part), block.storedSize > 1, block.size > block.storedSize,
            block.flags & Archive.Block.singleUnit != 0, block.position <= bytes.count - block.storedSize
        else { return nil }
        return ReplayStoredFile(
            method: bytes[block.position],
            bytes: Array(bytes[block.position + 1..<block.position + block.storedSize]), size: block.size)
    }
}

/// A compressed file as it is stored in one unit.
package struct ReplayStoredFile: Sendable {
    /// Number of the method: 0x10 is bzip2.
    package let method: UInt8
    /// What follows the method's number.
    package let bytes: [UInt8]
    /// How many bytes it becomes.
    package let size: Int
}
