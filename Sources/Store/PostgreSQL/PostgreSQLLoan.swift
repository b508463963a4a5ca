internal import ServiceKit

/// A connection in the hands of one borrower, each call under the limit.
struct PostgreSQLLoan: Sendable {
    let connection: PostgreSQLConnection
    let limit: Duration
    let time: any TimeSource

    /// Runs a call; when it takes too long or is cancelled, the connection is broken.
    func bounded<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        try await withDeadline(limit, time) { () async throws(StoreError) in try await body(connection) }
    }

    /// Runs statements of the store's own, without values.
    func execute(_ texts: [String]) async throws(StoreError) {
        let statements = texts.map { PostgreSQLConnection.Statement(text: $0) }
        _ = try await bounded { connection throws(StoreError) in try await connection.execute(statements) }
    }

    /// Whether it answers: asked only after it was unused for some time.
    func isUsable(after idle: Duration) async -> Bool {
        guard await connection.isReusable else { return false }
        guard await time.now - connection.lastAnswer > idle else { return true }
        do {
            try await execute(["select 1"])
            return true
        } catch {
            return false
        }
    }
}

/// A transaction on a lent connection.
struct PostgreSQLTransaction: StoreTransaction {
    let place: PostgreSQLLoan

    /// Rows of one statement with arrays.
    private static let rowsOfABatch = 1_000
    /// From so many rows on COPY is quicker than arrays.
    private static let rowsForCopy = 200

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
        guard !rows.isEmpty else { return 0 }
        if rule == .fail, rows.count >= Self.rowsForCopy {
            return try await place.bounded { connection throws(StoreError) in
                try await connection.copyIn(rows, into: table)
            }
        }
        var statements: [PostgreSQLConnection.Statement] = []
        let distinct = rule == .replace ? table.lastOfEachKey(rows) : rows
        for start in stride(from: 0, to: distinct.count, by: Self.rowsOfABatch) {
            let part = distinct[start..<min(start + Self.rowsOfABatch, distinct.count)]
            let arrays = table.columns.indices.map { column in
                BinaryFormat.array(part.map { $0[column] }, of: table.columns[column].type)
            }
            statements.append(
                .init(
                    text: table.arrayInsertion(rule), types: table.columns.map { BinaryFormat.arrayType($0.type) },
                    values: arrays))
        }
        let sent = statements
        let written = try await place.bounded { connection throws(StoreError) in
            try await connection.execute(sent)
        }.reduce(0) { $0 + $1.count }
        return written + (rows.count - distinct.count)
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
