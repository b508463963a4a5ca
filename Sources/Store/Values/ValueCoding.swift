/// Rows as bytes, for dumps and checksums: per value one byte of type, then 8 bytes (big-endian) of number or length.
enum ValueCoding {
    static func append(row: [StoreValue], to bytes: inout [UInt8]) {
        append(UInt64(row.count), to: &bytes)
        for value in row {
            switch value {
            case .null: bytes.append(0)
            case .integer(let number):
                bytes.append(1)
                append(UInt64(bitPattern: number), to: &bytes)
            case .real(let number):
                bytes.append(2)
                // SQLite does not keep the sign of a zero.
                append((number == 0 ? 0 : number).bitPattern, to: &bytes)
            case .text(let text):
                bytes.append(3)
                append(UInt64(text.utf8.count), to: &bytes)
                bytes += text.utf8
            case .blob(let blob):
                bytes.append(4)
                append(UInt64(blob.count), to: &bytes)
                bytes += blob
            }
        }
    }

    static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}

/// Reads what `ValueCoding` wrote, whatever the bytes are: nil where they end early or make no sense.
struct ValueReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var isAtEnd: Bool { offset == bytes.count }

    mutating func number() -> UInt64? {
        guard bytes.count - offset >= 8 else { return nil }
        defer { offset += 8 }
        return bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func bytes(atMost most: Int = StoreValue.mostBytes) -> ArraySlice<UInt8>? {
        guard let length = number(), length <= UInt64(min(most, bytes.count - offset)) else { return nil }
        defer { offset += Int(length) }
        return bytes[offset..<offset + Int(length)]
    }

    mutating func row(atMost mostValues: Int = 1_600) -> [StoreValue]? {
        guard let count = number(), count <= UInt64(mostValues) else { return nil }
        var row: [StoreValue] = []
        row.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let value = value() else { return nil }
            row.append(value)
        }
        return row
    }

    private mutating func value() -> StoreValue? {
        guard offset < bytes.count else { return nil }
        offset += 1
        switch bytes[offset - 1] {
        case 0: return .null
        case 1: return number().map { .integer(Int64(bitPattern: $0)) }
        case 2: return number().map { .real(Double(bitPattern: $0)) }
        case 3: return bytes().flatMap { String(validating: $0, as: UTF8.self) }.map { .text($0) }
        case 4: return bytes().map { .blob(Array($0)) }
        default: return nil
        }
    }
}
