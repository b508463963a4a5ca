/// A record that could not be applied, with the reason; or one behind it with the same key.
public struct ParkedRecord: Sendable, Hashable, RowDecodable {
    /// The record.
    public let record: JournalRecord
    /// Why it is here.
    public let reason: String

    /// Reads the record.
    public init(row: Row) throws(StoreError) {
        record = JournalRecord(
            sequence: UInt64(bitPattern: try row.get("sequence", as: Int64.self)),
            recordedAt: try row.get("recorded_at"),
            entry: JournalEntry(kind: try row.get("kind"), key: try row.get("key"), payload: try row.get("payload")))
        reason = try row.get("reason")
    }

    /// The row that keeps a record.
    static func row(_ record: JournalRecord, journal: String, reason: String) -> [StoreValue] {
        [
            .text(journal), .integer(Int64(bitPattern: record.sequence)), .text(record.kind.withoutZeroBytes),
            .text(record.key.withoutZeroBytes), .blob(record.payload), .integer(record.recordedAt), .text(reason),
        ]
    }
}

extension String {
    /// The text as a database takes it: a record must be parked whatever is in it.
    var withoutZeroBytes: String {
        utf8.contains(0) ? String(decoding: utf8.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self) : self
    }
}
