/// What a column holds.
public enum ColumnType: String, Sendable, Hashable, CaseIterable {
    /// A whole number of 64 bits.
    case integer
    /// A number of 64 bits with a fraction.
    case real
    /// Text, ordered by its UTF-8 bytes in both databases.
    case text
    /// Bytes.
    case blob
}

/// A column of a table.
public struct Column: Sendable, Hashable {
    /// The name.
    public let name: Identifier
    /// What it holds.
    public let type: ColumnType
    /// Whether it may hold nothing.
    public let isOptional: Bool

    /// A column; every column of the primary key must not be optional.
    public init(_ name: Identifier, _ type: ColumnType, optional: Bool = false) {
        self.name = name
        self.type = type
        isOptional = optional
    }
}

/// A table: the same declaration makes it in both databases.
public struct Table: Sendable, Hashable {
    /// The name.
    public let name: Identifier
    /// The columns, in the order of a row's values.
    public private(set) var columns: [Column]
    /// The columns that tell rows apart, in the order rows are copied in.
    public let primaryKey: [Identifier]

    /// A table; every table has a key, because copies are made and compared in its order.
    public init(_ name: Identifier, _ columns: [Column], primaryKey: [Identifier]) {
        let keyed = primaryKey.compactMap { key in columns.first { $0.name == key } }
        precondition(!primaryKey.isEmpty && keyed.count == primaryKey.count, "a table's key is made of its columns")
        precondition(keyed.allSatisfy { !$0.isOptional && $0.type != .real }, "a key is there, and exact")
        self.name = name
        self.columns = columns
        self.primaryKey = primaryKey
    }

    /// The places of the key's columns in a row.
    var keyPlaces: [Int] {
        primaryKey.compactMap { key in columns.firstIndex { $0.name == key } }
    }

    /// The table with one more column at its end.
    func adding(_ column: Column) -> Table {
        var table = self
        table.columns.append(column)
        return table
    }

    /// Throws unless each row has a value of the right type for each column.
    func check(_ rows: [[StoreValue]]) throws(StoreError) {
        for row in rows {
            guard row.count == columns.count else {
                throw .invalid("a row of \(row.count) values for the \(columns.count) columns of \(name)")
            }
            for (value, column) in zip(row, columns) {
                try value.check()
                let fits =
                    switch (value, column.type) {
                    case (.null, _): column.isOptional
                    case (.integer, .integer), (.real, .real), (.integer, .real), (.text, .text), (.blob, .blob): true
                    default: false
                    }
                guard fits else {
                    throw .constraint("\(name).\(column.name) takes no \(value.typeName)")
                }
            }
        }
    }
}
