/// The popularity of keys as bytes: for each key its length and bytes, then numbers of 8 bytes, little-endian: decayed
/// count (floating), moment of it and cost of a load (microseconds), bytes, number of hours, and each hour with its count.
enum PopularityCodec {
    /// The `limit` most popular keys as bytes.
    static func encode<Key>(_ popularity: Popularity<Key>, limit: Int, now: Duration, key encodeKey: (Key) -> [UInt8])
        -> [UInt8]
    {
        var bytes: [UInt8] = []
        for (key, count) in popularity.most(limit, now: now) {
            guard let record = popularity.records[key] else { continue }
            let keyBytes = encodeKey(key)
            append(UInt64(keyBytes.count), to: &bytes)
            bytes += keyBytes
            append(count.bitPattern, to: &bytes)
            append(microseconds(now), to: &bytes)
            append(microseconds(record.cost), to: &bytes)
            append(UInt64(record.bytes), to: &bytes)
            append(UInt64(record.hours.count), to: &bytes)
            for (hour, count) in record.hours { append(UInt64(hour) << 32 | UInt64(count), to: &bytes) }
        }
        return bytes
    }

    /// Reads them back; whatever is not understood ends it.
    static func decode<Key>(_ bytes: [UInt8], key decodeKey: ([UInt8]) -> Key?) -> [(Key, Popularity<Key>.Record)] {
        var rest = bytes[...]
        var records: [(Key, Popularity<Key>.Record)] = []
        while let length = number(&rest), length <= UInt64(rest.count),
            let key = decodeKey(Array(rest.prefix(Int(length))))
        {
            rest = rest.dropFirst(Int(length))
            guard let count = number(&rest), let counted = number(&rest), let cost = number(&rest),
                let size = number(&rest), let hours = number(&rest), hours <= 168
            else { break }
            var record = Popularity<Key>.Record()
            record.count = Double(bitPattern: count)
            record.counted = .microseconds(Int64(clamping: counted))
            record.cost = .microseconds(Int64(clamping: cost))
            record.bytes = max(1, Int(clamping: size))
            for _ in 0..<hours {
                guard let packed = number(&rest) else { return records }
                record.hours[Int(packed >> 32) % 168] = UInt16(truncatingIfNeeded: packed)
            }
            guard record.count.isFinite, record.count >= 0 else { break }
            records.append((key, record))
        }
        return records
    }

    private static func microseconds(_ time: Duration) -> UInt64 {
        UInt64(clamping: time.attoseconds / 1_000_000_000_000)
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift * 8))) }
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard bytes.count >= 8 else { return nil }
        defer { bytes = bytes.dropFirst(8) }
        return bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
