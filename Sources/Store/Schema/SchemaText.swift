/// Statements made from declarations: the only difference between the two databases' schemas is written here.
extension Table {
    /// The statement that makes the table.
    func creation(for kind: StoreKind, ifMissing: Bool = false) -> Query {
        let lines = columns.map { $0.declaration(for: kind) } + ["primary key (\(Self.list(primaryKey)))"]
        // STRICT: SQLite checks types as PostgreSQL does (since 3.37). A number as the key is the row's own id there.
        let isNumbered = primaryKey.count == 1 && columns[keyPlaces[0]].type == .integer
        let end = kind == .postgres ? ")" : isNumbered ? ") strict" : ") strict, without rowid"
        return Query(
            text:
                "create table \(ifMissing ? "if not exists " : "")\(name.quoted) (\(lines.joined(separator: ", "))\(end)"
        )
    }

    /// All rows in the order of the key.
    var selection: String {
        "select \(Self.list(columns.map(\.name))) from \(name.quoted) order by \(Self.list(primaryKey))"
    }

    /// The statement that writes one row.
    func insertion(_ rule: ConflictRule) -> String {
        let places = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return "insert into \(name.quoted) (\(Self.list(columns.map(\.name)))) values (\(places))\(clause(rule))"
    }

    /// The statement that writes rows given as one array for each column.
    func arrayInsertion(_ rule: ConflictRule) -> String {
        let arrays = columns.enumerated().map { "$\($0 + 1)::\($1.type.postgresName)[]" }.joined(separator: ", ")
        return "insert into \(name.quoted) (\(Self.list(columns.map(\.name)))) "
            + "select * from unnest(\(arrays))\(clause(rule))"
    }

    private func clause(_ rule: ConflictRule) -> String {
        let key = "(\(Self.list(primaryKey)))"
        switch rule {
        case .fail: return ""
        case .keep: return " on conflict \(key) do nothing"
        case .replace:
            let others = columns.map(\.name).filter { !primaryKey.contains($0) }
            guard !others.isEmpty else { return " on conflict \(key) do nothing" }
            let sets = others.map { "\($0.quoted) = excluded.\($0.quoted)" }.joined(separator: ", ")
            return " on conflict \(key) do update set \(sets)"
        }
    }

    static func list(_ names: [Identifier]) -> String { names.map(\.quoted).joined(separator: ", ") }
}

extension Column {
    func declaration(for kind: StoreKind) -> String {
        let type =
            switch (kind, self.type) {
            case (.sqlite, let type): type.rawValue
            // Ordered by bytes, as SQLite does: copies are compared in the order of their keys.
            case (.postgres, .text): "text collate \"C\""
            case (.postgres, let type): type.postgresName
            }
        return "\(name.quoted) \(type)\(isOptional ? "" : " not null")"
    }
}

extension ColumnType {
    var postgresName: String {
        switch self {
        case .integer: "bigint"
        case .real: "double precision"
        case .text: "text"
        case .blob: "bytea"
        }
    }
}
