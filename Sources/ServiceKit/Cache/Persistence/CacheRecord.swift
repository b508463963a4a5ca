/// One record of the cache file: a header of 56 bytes (magic, checksum of all that follows, lengths, times), key, value.
/// All numbers are little-endian; times are microseconds since 1970. A record without a value forgets its key.
struct CacheRecord {
    /// Bytes before the key.
    static let headerBytes = 56
    /// The longest key and the largest value, in bytes.
    static let longestKey = 64 << 10
    static let largestValue = 16 << 20

    private static let magic: UInt32 = 0xC5B1_0C4E
    private static let nothing = UInt32.max

    var key: [UInt8]
    /// Nil in a record that forgets its key.
    var entry: PersistedEntry?

    /// The record as bytes.
    var bytes: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(Self.headerBytes + key.count + (entry?.value.count ?? 0))
        Self.append(UInt32(key.count), to: &body)
        Self.append(entry.map { UInt32($0.value.count) } ?? Self.nothing, to: &body)
        for moment in [entry?.freshUntil, entry?.staleUntil, entry?.usableUntil, entry?.cost] {
            Self.append(Self.microseconds(moment ?? .zero), to: &body)
        }
        Self.append(UInt64(0), to: &body)
        body += key
        body += entry?.value ?? []
        var record: [UInt8] = []
        record.reserveCapacity(8 + body.count)
        Self.append(Self.magic, to: &record)
        Self.append(Checksum.of(body), to: &record)
        return record + body
    }

    /// Reads the record at the start of `bytes`: with its length; nil when there is no whole, undamaged one.
    static func read(_ bytes: ArraySlice<UInt8>) -> (record: CacheRecord, length: Int)? {
        guard bytes.count >= headerBytes, number(bytes, 0, UInt32.self) == magic else { return nil }
        let keyBytes = Int(number(bytes, 8, UInt32.self))
        let valueLength = number(bytes, 12, UInt32.self)
        let valueBytes = valueLength == nothing ? 0 : Int(valueLength)
        guard keyBytes <= longestKey, valueBytes <= largestValue else { return nil }
        let length = headerBytes + keyBytes + valueBytes
        guard bytes.count >= length else { return nil }
        let start = bytes.startIndex
        guard Checksum.of(bytes[(start + 8)..<(start + length)]) == number(bytes, 4, UInt32.self) else { return nil }
        let key = Array(bytes[(start + headerBytes)..<(start + headerBytes + keyBytes)])
        guard valueLength != nothing else { return (CacheRecord(key: key, entry: nil), length) }
        func moment(_ index: Int) -> Duration {
            .microseconds(Int64(bitPattern: number(bytes, 16 + index * 8, UInt64.self)))
        }
        let entry = PersistedEntry(
            key: key, value: Array(bytes[(start + headerBytes + keyBytes)..<(start + length)]), freshUntil: moment(0),
            staleUntil: moment(1), usableUntil: moment(2), cost: moment(3))
        return (CacheRecord(key: key, entry: entry), length)
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        var rest = number
        for _ in 0..<(number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private static func number<Number: FixedWidthInteger>(
        _ bytes: ArraySlice<UInt8>, _ offset: Int, _: Number.Type
    ) -> Number {
        var value: Number = 0
        for index in (0..<(Number.bitWidth / 8)).reversed() {
            value = value << 8 | Number(truncatingIfNeeded: bytes[bytes.startIndex + offset + index])
        }
        return value
    }

    /// Times beyond 292,000 years are that.
    private static func microseconds(_ time: Duration) -> UInt64 {
        UInt64(bitPattern: Int64(clamping: time.attoseconds / 1_000_000_000_000))
    }
}
