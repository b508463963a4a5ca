/// Values in PostgreSQL's binary form (the send and receive functions of its types), and rows of a binary COPY.
enum BinaryFormat {
    // Object ids of types (pg_type.dat).
    static let integer: UInt32 = 20
    static let real: UInt32 = 701
    static let text: UInt32 = 25
    static let blob: UInt32 = 17

    /// The type a value is bound as; 0 lets the server find out.
    static func type(of value: StoreValue) -> UInt32 {
        switch value {
        case .null: 0
        case .integer: integer
        case .real: real
        case .text: text
        case .blob: blob
        }
    }

    /// A value's bytes; nil is null.
    static func bytes(_ value: StoreValue) -> [UInt8]? {
        switch value {
        case .null: nil
        case .integer(let number): bigEndian(UInt64(bitPattern: number), bytes: 8)
        case .real(let number): bigEndian((number == 0 ? 0 : number).bitPattern, bytes: 8)
        case .text(let text): Array(text.utf8)
        case .blob(let bytes): bytes
        }
    }

    /// A value from its bytes; nil when the type is none that both databases keep.
    static func value(_ bytes: [UInt8], type: UInt32) -> StoreValue? {
        switch type {
        case 20, 21, 23, 26:
            guard bytes.count <= 8, let first = bytes.first else { return nil }
            // Shorter ones are signed too (an oid is not, but fits).
            let start: UInt64 = first & 0x80 != 0 && type != 26 ? .max : 0
            return .integer(Int64(bitPattern: bytes.reduce(start) { $0 << 8 | UInt64($1) }))
        case 701: return bytes.count == 8 ? .real(Double(bitPattern: number(bytes))) : nil
        case 700: return bytes.count == 4 ? .real(Double(Float(bitPattern: UInt32(number(bytes))))) : nil
        case 16: return .integer(bytes == [0] ? 0 : 1)
        case 25, 19, 1042, 1043, 18, 705: return .text(String(decoding: bytes, as: UTF8.self))
        case 17: return .blob(bytes)
        case 1700: return numeric(bytes)
        // What a function without an answer answers.
        case 2278: return .null
        default: return nil
        }
    }

    /// An array of one dimension (array_recv): dimensions, null flag, element type, length, lower bound, elements.
    static func array(_ values: [StoreValue], of type: ColumnType) -> [UInt8] {
        var result = bigEndian(values.isEmpty ? 0 : 1, bytes: 4)
        result += bigEndian(values.contains(.null) ? 1 : 0, bytes: 4)
        result += bigEndian(UInt64(oid(type)), bytes: 4)
        if values.isEmpty { return result }
        result += bigEndian(UInt64(values.count), bytes: 4)
        result += bigEndian(1, bytes: 4)
        for value in values { append(field: widened(value, to: type), to: &result) }
        return result
    }

    /// The type of arrays of a column's type.
    static func arrayType(_ type: ColumnType) -> UInt32 {
        switch type {
        case .integer: 1016
        case .real: 1022
        case .text: 1009
        case .blob: 1001
        }
    }

    private static func oid(_ type: ColumnType) -> UInt32 {
        switch type {
        case .integer: integer
        case .real: real
        case .text: text
        case .blob: blob
        }
    }

    /// The first bytes of a binary COPY: signature, flags, length of extension.
    static let copyStart: [UInt8] =
        [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00] + [UInt8](repeating: 0, count: 8)
    /// Its last bytes.
    static let copyEnd: [UInt8] = [0xFF, 0xFF]

    /// Adds a row of a binary COPY.
    static func append(copyRow row: [StoreValue], of table: Table, to bytes: inout [UInt8]) {
        bytes += bigEndian(UInt64(row.count), bytes: 2)
        for (value, column) in zip(row, table.columns) { append(field: widened(value, to: column.type), to: &bytes) }
    }

    /// Reads one piece of a binary COPY: a row, nil at the start and the end; throws when it is neither.
    static func row(ofCopy piece: [UInt8], table: Table, isFirst: Bool) throws(StoreError) -> [StoreValue]? {
        var offset = 0
        if isFirst {
            guard piece.starts(with: copyStart.prefix(11)), piece.count >= 19 else {
                throw .damaged("the server's copy of \(table.name) does not start as it should")
            }
            offset = 19
            if offset == piece.count { return nil }
        }
        func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, piece.count - offset >= count else { return nil }
            defer { offset += count }
            return piece[offset..<offset + count]
        }
        guard let head = take(2) else { throw .damaged("the server's copy of \(table.name) breaks off") }
        if Array(head) == copyEnd { return nil }
        guard number(head) == UInt64(table.columns.count) else {
            throw .damaged("a row of \(table.name) has another number of columns than this program knows")
        }
        var row: [StoreValue] = []
        for column in table.columns {
            guard let head = take(4) else { throw .damaged("the server's copy of \(table.name) breaks off") }
            let length = Int32(bitPattern: UInt32(number(head)))
            if length == -1 {
                row.append(.null)
            } else if let bytes = take(Int(length)), let value = value(Array(bytes), type: oid(column.type)) {
                row.append(value)
            } else {
                throw .damaged("the server's copy of \(table.name) breaks off")
            }
        }
        return row
    }

    private static func widened(_ value: StoreValue, to type: ColumnType) -> StoreValue {
        if case .integer(let number) = value, type == .real { return .real(Double(number)) }
        return value
    }

    private static func append(field value: StoreValue, to bytes: inout [UInt8]) {
        guard let field = Self.bytes(value) else {
            bytes += [0xFF, 0xFF, 0xFF, 0xFF]
            return
        }
        bytes += bigEndian(UInt64(field.count), bytes: 4)
        bytes += field
    }

    private static func bigEndian(_ number: UInt64, bytes count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64(count - 1 - $0))) }
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// numeric_send: digits, weight, sign, scale, then digits of base 10,000. Sums of bigint come so.
    private static func numeric(_ bytes: [UInt8]) -> StoreValue? {
        guard bytes.count >= 8, bytes.count.isMultiple(of: 2) else { return nil }
        let words = stride(from: 0, to: bytes.count, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        let weight = words[1] >= 0x8000 ? words[1] - 0x10000 : words[1]
        guard words[0] == words.count - 4, words[2] == 0 || words[2] == 0x4000, weight < 100 else { return nil }
        var whole: Int64? = 0
        var real = 0.0
        for index in 0..<max(words[0], weight + 1) {
            let digit = index < words[0] ? words[4 + index] : 0
            let power = weight - index
            if power >= 0 {
                whole = whole.flatMap { total in
                    let (product, overflow) = total.multipliedReportingOverflow(by: 10_000)
                    let (sum, more) = product.addingReportingOverflow(Int64(digit))
                    return overflow || more ? nil : sum
                }
            }
            var part = Double(digit)
            for _ in 0..<abs(power) { part = power > 0 ? part * 10_000 : part / 10_000 }
            real += part
        }
        let isNegative = words[2] == 0x4000
        if words[3] == 0, let whole { return .integer(isNegative ? -whole : whole) }
        return .real(isNegative ? -real : real)
    }
}
