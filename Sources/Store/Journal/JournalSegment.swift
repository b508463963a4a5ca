/// What stands in one file of the journal.
struct JournalSegment {
    let head: JournalCoding.Head
    let records: [JournalRecord]
    /// Where the last whole record ends.
    let end: Int
    /// Whether more bytes follow, which are no record.
    let isTorn: Bool

    /// The last sequence in it, or the one before its first.
    var last: UInt64 { records.last?.sequence ?? head.first - 1 }

    /// Reads a file; nil when its head is none.
    ///
    /// A torn tail is what a power cut leaves: nothing of it was acknowledged. When a record behind the bad place tells
    /// that more had been acknowledged, the file was damaged later, and that must not pass in silence.
    init?(_ bytes: [UInt8], name: String) throws(StoreError) {
        guard let head = JournalCoding.head(bytes), head.first > 0 else { return nil }
        let seed = head.seed
        var records: [JournalRecord] = []
        var offset = JournalCoding.headBytes
        while let found = JournalCoding.record(bytes, at: offset, seed: seed),
            found.record.sequence == head.first + UInt64(records.count)
        {
            records.append(found.record)
            offset = found.end
        }
        self.head = head
        self.records = records
        end = offset
        isTorn = offset < bytes.count
        let next = head.first + UInt64(records.count)
        if isTorn {
            for place in (offset + 1)..<max(offset + 1, bytes.count) where bytes[place] == 0xB1 {
                if let later = JournalCoding.record(bytes, at: place, seed: seed), later.acknowledged >= next {
                    throw .damaged("record \(next) of the journal's file \(name)")
                }
            }
        }
    }
}
