/// A dump: the rows of all tables in a form of our own that either database can be restored from.
///
/// A file of records: kind (1 byte), bytes of payload (4, big-endian), payload, CRC-32C of all of these (4). Payloads are
/// rows as `ValueCoding` writes them. The last record tells that nothing is missing.
enum DumpFormat {
    enum Kind: UInt8 {
        /// “backline dump”, 1, schema version, time of making in microseconds since 1970.
        case head = 0x48
        /// Name of a table; name, type and optionality of each column.
        case table = 0x54
        /// Rows of the table.
        case rows = 0x52
        /// Count and SHA-256 of the table's rows.
        case tableEnd = 0x45
        /// Number of tables.
        case end = 0x5A
    }

    static let title = "backline dump"
    /// Largest payload: a batch of rows with one of the largest values in it.
    static let mostBytes = StoreValue.mostBytes + (8 << 20)

    static func encode(_ kind: Kind, _ payload: [UInt8]) -> [UInt8] {
        var bytes = [kind.rawValue]
        append(UInt32(payload.count), to: &bytes)
        bytes += payload
        append(CRC32C.of(bytes), to: &bytes)
        return bytes
    }

    static func encode(_ kind: Kind, row: [StoreValue]) -> [UInt8] {
        var payload: [UInt8] = []
        ValueCoding.append(row: row, to: &payload)
        return encode(kind, payload)
    }

    static func row(of table: Table) -> [StoreValue] {
        [.text(table.name.name)]
            + table.columns.flatMap { column -> [StoreValue] in
                [.text(column.name.name), .text(column.type.rawValue), .integer(column.isOptional ? 1 : 0)]
            }
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
