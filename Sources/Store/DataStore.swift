/// Which database is behind a store.
public enum StoreKind: String, Sendable, Hashable, CaseIterable {
    /// A file beside the program.
    case sqlite
    /// A server.
    case postgres
}

/// What to do with a row whose key is there already.
public enum ConflictRule: Sendable, Hashable {
    /// Fail, and with it the transaction.
    case fail
    /// Keep the old row.
    case keep
    /// Take the new one in its place; of several with the same key in one call the last counts.
    case replace
}

/// A transaction under way: everything in it happens, or nothing.
public protocol StoreTransaction: Sendable {
    /// The rows that answer `query`, at most `limit`.
    func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row]
    /// Runs statements in order, sent together where the database is far; the number of rows each of them changed.
    func run(_ queries: [Query]) async throws(StoreError) -> [Int]
    /// Writes rows, whose values stand in the order of the table's columns; how many were written.
    func insert(_ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule) async throws(StoreError)
        -> Int
}

/// A database: SQLite or PostgreSQL, alike to those who use it.
///
/// What `write` and `transaction` return from is on disk: both databases are told to sync each commit.
public protocol DataStore: Sendable {
    /// Which database this is.
    var kind: StoreKind { get }
    /// The rows that answer a reading statement, at most `limit`; runs beside writers and other readers.
    func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row]
    /// Runs statements as one transaction, sent together; how many rows each of them changed.
    @discardableResult
    func write(_ queries: [Query]) async throws(StoreError) -> [Int]
    /// Writes rows as one transaction, whose values stand in the order of the table's columns; how many were written.
    @discardableResult
    func insert(_ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule) async throws(StoreError)
        -> Int
    /// Runs `body` in a transaction that is kept when it returns and undone when it throws or the task is cancelled.
    ///
    /// Transactions happen as if one after the other. To that end `body` may run more than once: what it does outside of
    /// the transaction must bear that.
    func transaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result
    /// As `transaction`, but one at a time among all processes on this database; for migrations.
    func migrationTransaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result
    /// Hands out all rows of `tables`, as they are at one moment, in the order of their keys, in batches.
    func export(
        _ tables: [Table], _ sink: @Sendable (Table, [[StoreValue]]) async throws -> Void
    ) async throws
    /// Throws unless the database answers.
    func checkHealth() async throws(StoreError)
    /// Ends all connections; what is under way is finished first.
    func close() async
}

/// Most rows of one answer unless said otherwise: an answer is held in memory as a whole.
public let mostRowsOfAnAnswer = 100_000

extension StoreTransaction {
    /// The rows that answer `query`.
    public func rows(_ query: Query) async throws(StoreError) -> [Row] {
        try await rows(query, limit: mostRowsOfAnAnswer)
    }

    /// The rows that answer `query`, as values of a type.
    public func rows<Value: RowDecodable>(
        _ query: Query, as type: Value.Type
    ) async throws(StoreError) -> [Value] {
        var values: [Value] = []
        for row in try await rows(query, limit: mostRowsOfAnAnswer) { values.append(try Value(row: row)) }
        return values
    }

    /// Runs one statement; how many rows it changed.
    @discardableResult
    public func run(_ query: Query) async throws(StoreError) -> Int {
        try await run([query]).first ?? 0
    }
}

extension DataStore {
    /// The rows that answer a reading statement.
    public func rows(_ query: Query) async throws(StoreError) -> [Row] {
        try await rows(query, limit: mostRowsOfAnAnswer)
    }

    /// The rows that answer a reading statement, as values of a type.
    public func rows<Value: RowDecodable>(
        _ query: Query, as type: Value.Type
    ) async throws(StoreError) -> [Value] {
        var values: [Value] = []
        for row in try await rows(query, limit: mostRowsOfAnAnswer) { values.append(try Value(row: row)) }
        return values
    }

    /// Runs one statement as a transaction; how many rows it changed.
    @discardableResult
    public func write(_ query: Query) async throws(StoreError) -> Int {
        try await write([query]).first ?? 0
    }

    /// Writes rows as one transaction, and fails when one of their keys is there already.
    @discardableResult
    public func insert(_ rows: [[StoreValue]], into table: Table) async throws(StoreError) -> Int {
        try await insert(rows, into: table, onConflict: .fail)
    }
}

extension StoreError {
    /// An error that came through a closure of the store's own, whose errors are all of this type.
    init(caught error: any Error) {
        self = error as? StoreError ?? (error is CancellationError ? .cancelled : .invalid("\(type(of: error))"))
    }
}
