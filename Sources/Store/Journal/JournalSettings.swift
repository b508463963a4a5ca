/// Where a journal is and how much it may hold.
public struct JournalSettings: Sendable, Hashable {
    /// Its folder, which it has for itself.
    public var folder: String
    /// A file of the journal is followed by the next when it is so large, in bytes.
    public var segmentBytes = 8 << 20
    /// Records that may wait to be applied before ordinary ones have to wait.
    public var mostPending = 200_000
    /// The same in bytes.
    public var mostPendingBytes = 64 << 20
    /// Records synced together at most.
    public var mostInBatch = 1_024

    /// The defaults for the folder `folder`.
    public init(folder: String) { self.folder = folder }

    /// Most bytes that one batch adds to a file.
    var mostBatchBytes: Int { mostInBatch * 64 + JournalSettings.batchBytes + 2 * JournalEntry.largestPayload }

    /// A batch takes no further record when it has so many bytes.
    static let batchBytes = 4 << 20
}
