/// A transaction on a lent connection.
struct PostgreSQLTransaction: StoreTransaction {
    let place: PostgreSQLLoan

    func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row] {
        let statement = try PostgreSQLConnection.Statement(query)
        return try await place.bounded { connection throws(StoreError) in
            try await connection.execute([statement], rowLimit: limit)
        }.first?.rows ?? []
    }

    func run(_ queries: [Query]) async throws(StoreError) -> [Int] {
        var statements: [PostgreSQLConnection.Statement] = []
        for query in queries { statements.append(try .init(query)) }
        let sent = statements
        return try await place.bounded { connection throws(StoreError) in
            try await connection.execute(sent)
        }.map(\.count)
    }

    func insert(
        _ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule
    ) async throws(StoreError) -> Int {
        try table.check(rows)
        if PostgreSQLInsertion.isCopied(rows, rule) {
            return try await place.bounded { connection throws(StoreError) in
                try await connection.copyIn(rows, into: table)
            }
        }
        let insertion = PostgreSQLInsertion(rows, into: table, rule)
        return try await place.bounded { connection throws(StoreError) in
            try await connection.execute(insertion.statements)
        }.reduce(insertion.replaced) { $0 + $1.count }
    }
}

/// Rows as statements that take an array for each column: the same few texts, prepared once, whatever their number.
struct PostgreSQLInsertion {
    /// The statements, in order.
    let statements: [PostgreSQLConnection.Statement]
    /// Rows that later ones of the same call replace and that are not sent.
    let replaced: Int

    /// Rows of one statement.
    private static let rowsOfAStatement = 1_000
    /// From so many rows on COPY is quicker than arrays.
    private static let rowsForCopy = 200

    /// Whether rows go by COPY, which cannot be part of a pipeline.
    static func isCopied(_ rows: [[StoreValue]], _ rule: ConflictRule) -> Bool {
        rule == .fail && rows.count >= rowsForCopy
    }

    init(_ rows: [[StoreValue]], into table: Table, _ rule: ConflictRule) {
        let distinct = rule == .replace ? table.lastOfEachKey(rows) : rows
        let text = table.arrayInsertion(rule)
        let types = table.columns.map { BinaryFormat.arrayType($0.type) }
        replaced = rows.count - distinct.count
        statements = stride(from: 0, to: distinct.count, by: Self.rowsOfAStatement).map { start in
            let part = distinct[start..<min(start + Self.rowsOfAStatement, distinct.count)]
            let arrays = table.columns.indices.map { column in
                BinaryFormat.array(part.map { $0[column] }, of: table.columns[column].type)
            }
            return .init(text: text, types: types, values: arrays)
        }
    }
}

extension Table {
    /// The rows without those that a later one of the same key replaces: one statement may write a row only once.
    func lastOfEachKey(_ rows: [[StoreValue]]) -> [[StoreValue]] {
        let places = keyPlaces
        var seen: Set<[StoreValue]> = []
        var kept: [[StoreValue]] = []
        for row in rows.reversed() where seen.insert(places.map { row[$0] }).inserted { kept.append(row) }
        return kept.reversed()
    }
}
