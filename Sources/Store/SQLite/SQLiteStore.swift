internal import Glibc

/// A store in one file: one writer, several readers beside it, each on a thread of its own.
public final class SQLiteStore: DataStore {
    /// SQLite.
    public let kind = StoreKind.sqlite

    /// IMMEDIATE: a transaction that reads first and writes later could otherwise fail in its middle.
    static let begin = "begin immediate"

    private let settings: SQLiteSettings
    private let writer: LendingPool<SQLiteWorker>
    private let readers: LendingPool<SQLiteWorker>

    /// Opens the database, or makes an empty one that only its owner can read.
    public init(_ settings: SQLiteSettings) async throws(StoreError) {
        self.settings = settings
        // Made here because SQLite would make it readable for all; its log takes the rights over.
        let descriptor = unsafe Glibc.open(settings.path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Glibc.close(descriptor) }
        let worker = try SQLiteWorker(settings, mode: .writing, name: "sqlite-writer")
        do {
            try await worker.prepare()
        } catch {
            await worker.close()
            throw error
        }
        writer = LendingPool(count: 1)
        readers = LendingPool(count: max(1, settings.readers))
        writer.giveBackFirst(worker)
    }

    /// The rows that answer a reading statement.
    public func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row] {
        try await withReader { reader throws(StoreError) in try await reader.rows(query, limit: limit) }
    }

    /// Runs statements as one transaction.
    public func write(_ queries: [Query]) async throws(StoreError) -> [Int] {
        try await withWriter { writer throws(StoreError) in try await writer.write(queries) }
    }

    /// Writes rows as one transaction.
    public func insert(
        _ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule
    ) async throws(StoreError) -> Int {
        try await withWriter { writer throws(StoreError) in try await writer.insertWhole(rows, into: table, rule) }
    }

    /// Runs `body` in a transaction.
    public func transaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        try await transaction(Self.begin, body)
    }

    /// Runs `body` in a transaction that no other process can run beside.
    public func migrationTransaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        do {
            return try await transaction("begin exclusive", body)
        } catch StoreError.busy {
            throw StoreError.migration(.underWay)
        }
    }

    /// Hands out all rows of `tables` as they are at one moment.
    public func export(
        _ tables: [Table], _ sink: @Sendable (Table, [[StoreValue]]) async throws -> Void
    ) async throws {
        let place = try await readers.borrow()
        let reader = try await prepared(place, readers)
        do {
            try await reader.begin("begin")
            for table in tables {
                try await reader.openCursor(table)
                while case let rows = try await reader.nextRows(1_000), !rows.isEmpty { try await sink(table, rows) }
            }
        } catch {
            await reader.closeCursor()
            await reader.rollback()
            readers.giveBack(.init(resource: reader))
            throw error
        }
        await reader.rollback()
        readers.giveBack(.init(resource: reader))
    }

    /// Copies the database, as it is at this moment, into a new file, while others read and write.
    ///
    /// `progress` hears the pages done and the pages in all.
    public func copy(
        to path: String, progress: @Sendable @escaping (Int, Int) -> Void = { _, _ in }
    ) async throws(StoreError) {
        try await withReader { reader throws(StoreError) in try await reader.copy(to: path, progress: progress) }
    }

    /// Throws unless the writer can take its lock.
    public func checkHealth() async throws(StoreError) {
        _ = try await rows("select 1", limit: 1)
    }

    /// Closes the file; what is under way is finished first.
    public func close() async {
        for worker in await writer.close() + readers.close() { await worker.close() }
    }

    private func transaction<Result: Sendable>(
        _ begin: String, _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        let place = try await writer.borrow()
        defer { writer.giveBack(place) }
        guard let worker = place.resource else { throw StoreError.closed }
        try await worker.begin(begin)
        do {
            let result = try await body(SQLiteTransaction(worker: worker))
            if Task.isCancelled { throw StoreError.cancelled }
            try await worker.commit()
            return result
        } catch {
            await worker.rollback()
            throw error
        }
    }

    private func withWriter<Result: Sendable>(
        _ body: @Sendable (SQLiteWorker) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let place = try await writer.borrow()
        defer { writer.giveBack(place) }
        guard let worker = place.resource else { throw .closed }
        return try await body(worker)
    }

    private func withReader<Result: Sendable>(
        _ body: @Sendable (SQLiteWorker) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        let place = try await readers.borrow()
        let reader = try await prepared(place, readers)
        defer { readers.giveBack(.init(resource: reader)) }
        return try await body(reader)
    }

    private func prepared(
        _ place: LendingPool<SQLiteWorker>.Place, _ pool: LendingPool<SQLiteWorker>
    ) async throws(StoreError) -> SQLiteWorker {
        if let worker = place.resource { return worker }
        do {
            return try SQLiteWorker(settings, mode: .reading, name: "sqlite-reader")
        } catch {
            pool.giveBack(place)
            throw error
        }
    }
}

/// A transaction on the writer; the pool has lent it to nobody else.
struct SQLiteTransaction: StoreTransaction {
    let worker: SQLiteWorker

    func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row] {
        try await worker.rows(query, limit: limit)
    }

    func run(_ queries: [Query]) async throws(StoreError) -> [Int] {
        try await worker.run(queries)
    }

    func insert(
        _ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule
    ) async throws(StoreError) -> Int {
        try await worker.insert(rows, into: table, rule)
    }
}
