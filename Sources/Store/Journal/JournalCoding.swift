/// Records and segment heads as bytes (big-endian). The form is ours:
///
/// head: `BLJRNL01`, journal's identity (16), first sequence (8), last sequence before it (8), salt (8), CRC-32C (4)
/// record: 0xB1A6, CRC-32C of the rest after the salt (4), bytes behind this field (4), sequence (8), last acknowledged
/// sequence when it was written (8), time (8), lengths of kind and key (2 each), kind, key, payload
enum JournalCoding {
    static let headBytes = 52
    /// Bytes of a record without kind, key and payload.
    static let fixedBytes = 38
    private static let mark: UInt64 = 0xB1A6
    private static let signature = Array("BLJRNL01".utf8)

    /// The head of a segment.
    struct Head: Hashable {
        var identity: [UInt8]
        var first: UInt64
        var previousLast: UInt64
        var salt: UInt64

        /// What the records' checksums go on from: old bytes of another segment never pass for a record of this one.
        var seed: UInt32 {
            var bytes = identity
            ValueCoding.append(salt, to: &bytes)
            return CRC32C.of(bytes)
        }
    }

    static func encode(_ head: Head) -> [UInt8] {
        var bytes = signature + head.identity
        for number in [head.first, head.previousLast, head.salt] { ValueCoding.append(number, to: &bytes) }
        append(UInt64(CRC32C.of(bytes)), 4, to: &bytes)
        return bytes
    }

    static func head(_ bytes: [UInt8]) -> Head? {
        guard bytes.count >= headBytes, bytes.starts(with: signature) else { return nil }
        guard UInt64(CRC32C.of(bytes[..<48])) == number(bytes, 48, 4) else { return nil }
        return Head(
            identity: Array(bytes[8..<24]), first: number(bytes, 24, 8), previousLast: number(bytes, 32, 8),
            salt: number(bytes, 40, 8))
    }

    static func append(_ record: JournalRecord, acknowledged: UInt64, seed: UInt32, to bytes: inout [UInt8]) {
        let start = bytes.count
        let entry = record.entry
        append(mark, 2, to: &bytes)
        append(0, 4, to: &bytes)
        append(UInt64(entry.byteCount - 10), 4, to: &bytes)
        ValueCoding.append(record.sequence, to: &bytes)
        ValueCoding.append(acknowledged, to: &bytes)
        ValueCoding.append(UInt64(bitPattern: record.recordedAt), to: &bytes)
        append(UInt64(entry.kind.utf8.count), 2, to: &bytes)
        append(UInt64(entry.key.utf8.count), 2, to: &bytes)
        bytes += entry.kind.utf8
        bytes += entry.key.utf8
        bytes += entry.payload
        let sum = CRC32C.of(bytes[(start + 6)...], after: seed)
        for index in 0..<4 { bytes[start + 2 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
    }

    /// The record at `offset`, where it ends, and what was acknowledged when it was written; nil when there is none.
    static func record(
        _ bytes: [UInt8], at offset: Int, seed: UInt32
    ) -> (record: JournalRecord, end: Int, acknowledged: UInt64)? {
        guard bytes.count - offset >= fixedBytes, number(bytes, offset, 2) == mark else { return nil }
        let length = Int(number(bytes, offset + 6, 4))
        let kindLength = Int(number(bytes, offset + 34, 2))
        let keyLength = Int(number(bytes, offset + 36, 2))
        let end = offset + 10 + length
        guard end <= bytes.count, length >= fixedBytes - 10 + kindLength + keyLength else { return nil }
        guard UInt64(CRC32C.of(bytes[(offset + 6)..<end], after: seed)) == number(bytes, offset + 2, 4) else {
            return nil
        }
        let kindStart = offset + fixedBytes
        let keyStart = kindStart + kindLength
        let payloadStart = keyStart + keyLength
        let entry = JournalEntry(
            kind: String(decoding: bytes[kindStart..<keyStart], as: UTF8.self),
            key: String(decoding: bytes[keyStart..<payloadStart], as: UTF8.self),
            payload: Array(bytes[payloadStart..<end]))
        let record = JournalRecord(
            sequence: number(bytes, offset + 10, 8), recordedAt: Int64(bitPattern: number(bytes, offset + 26, 8)),
            entry: entry)
        return (record, end, number(bytes, offset + 18, 8))
    }

    private static func append(_ number: UInt64, _ count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - index)))) }
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in offset..<offset + count { number = number << 8 | UInt64(bytes[index]) }
        return number
    }
}
