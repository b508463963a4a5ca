/// What is to be written down before anybody is told that it happened.
public struct JournalEntry: Sendable, Hashable {
    /// Which kind of change it is; the part of the program that applies it is found by this.
    public var kind: String
    /// What it is about: records of one key are applied in their order.
    public var key: String
    /// Everything that is needed to apply it, complete in itself.
    public var payload: [UInt8]

    /// An entry.
    public init(kind: String, key: String, payload: [UInt8]) {
        self.kind = kind
        self.key = key
        self.payload = payload
    }

    /// Longest kind and key, in bytes.
    public static let longestName = 1_024
    /// Largest payload, in bytes.
    public static let largestPayload = 1 << 20

    func check() throws(StoreError) {
        guard kind.utf8.count <= Self.longestName, key.utf8.count <= Self.longestName else {
            throw .invalid("a journal entry's kind or key of more than \(Self.longestName) bytes")
        }
        guard payload.count <= Self.largestPayload else {
            throw .invalid("a journal entry of more than \(Self.largestPayload) bytes")
        }
    }

    /// About what it takes in memory and on disk, in bytes.
    var byteCount: Int { JournalCoding.fixedBytes + kind.utf8.count + key.utf8.count + payload.count }
}

/// An entry that is on disk.
public struct JournalRecord: Sendable, Hashable {
    /// Its number: 1, 2, 3…; never used twice.
    public let sequence: UInt64
    /// When it was written, in microseconds since 1970.
    public let recordedAt: Int64
    /// What was written.
    public let entry: JournalEntry

    /// Which kind of change it is.
    public var kind: String { entry.kind }
    /// What it is about.
    public var key: String { entry.key }
    /// Everything that is needed to apply it.
    public var payload: [UInt8] { entry.payload }
}
