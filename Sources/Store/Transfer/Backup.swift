internal import Glibc

/// Makes dumps of a store in use, checks them, and restores them into either database.
public struct Backup: Sendable {
    private let plan: MigrationPlan

    /// Backups of the tables of `plan`.
    public init(_ plan: MigrationPlan) { self.plan = plan }

    /// Writes all tables, as they are at one moment, into the file `path`; who reads and writes is not held up.
    ///
    /// SQLite is copied by its online backup first, so that its log can be shortened meanwhile. PostgreSQL is read by
    /// COPY in one snapshot. A file of that name is replaced only by a whole one.
    public func write(
        _ store: any DataStore, to path: String, progress: @Sendable @escaping (TransferProgress) -> Void = { _ in }
    ) async throws -> [TableSummary] {
        try await Migrator(plan).requireUpToDate(store)
        guard let file = store as? SQLiteStore else { return try await dump(store, to: path, progress) }
        let copy = path + ".copy"
        func removeCopy() { for end in ["", "-wal", "-shm"] { unsafe unlink(copy + end) } }
        removeCopy()
        defer { removeCopy() }
        try await file.copy(to: copy)
        let copied = try await SQLiteStore(SQLiteSettings(path: copy))
        do {
            let summaries = try await dump(copied, to: path, progress)
            await copied.close()
            return summaries
        } catch {
            await copied.close()
            throw error
        }
    }

    /// Reads a dump to its end without restoring it; throws when a byte of it is wrong.
    public func check(_ path: String) async throws -> [TableSummary] {
        let reader = try DumpReader(path)
        do {
            let summaries = try await check(reader)
            await reader.close()
            return summaries
        } catch {
            await reader.close()
            throw error
        }
    }

    /// Puts the rows of a dump in the place of all rows, in one transaction, and compares afterwards.
    ///
    /// The whole dump is checked before anything is touched. How far journals were applied never goes back: their
    /// records are not kept for it.
    public func restore(
        _ path: String, to store: any DataStore, progress: @Sendable @escaping (TransferProgress) -> Void = { _ in }
    ) async throws -> [TableSummary] {
        let reader = try DumpReader(path)
        do {
            let summaries = try await restore(reader, to: store, progress)
            await reader.close()
            return summaries
        } catch {
            await reader.close()
            throw error
        }
    }

    private func dump(
        _ store: any DataStore, to path: String, _ progress: @Sendable @escaping (TransferProgress) -> Void
    ) async throws -> [TableSummary] {
        let total = try await store.rowCount(of: plan.tables)
        let writer = try DumpWriter(path)
        do {
            try await writer.start(version: plan.migrations.count, now: TimeOfDay.microseconds)
            let counter = TableSums.Counter()
            try await store.export(plan.tables) { table, rows in
                try await writer.add(rows, of: table)
                let done = counter.add(rows.count)
                progress(
                    TransferProgress(step: .copying, table: table.name.name, rows: done, total: max(total, done)))
            }
            let summaries = try await writer.finish(plan.tables)
            await writer.close()
            return summaries
        } catch {
            await writer.close()
            throw error
        }
    }

    private func check(_ reader: DumpReader) async throws -> [TableSummary] {
        let plan = try plan(atVersion: try await reader.start())
        while true {
            if case .end(let summaries) = try await reader.next(plan.tables) { return summaries }
        }
    }

    private func restore(
        _ reader: DumpReader, to store: any DataStore, _ progress: @Sendable @escaping (TransferProgress) -> Void
    ) async throws -> [TableSummary] {
        let summaries = try await check(reader)
        let total = summaries.reduce(0) { $0 + $1.rows }
        let dumped = try plan(atVersion: try await reader.start())
        try await migrate(store, to: dumped)
        let counter = TableSums.Counter()
        try await store.transaction { transaction in
            let positions = try await transaction.rows("select journal, applied from journal_watermarks")
            _ = try await transaction.run(dumped.tables.map { "delete from \($0.name)" })
            while case .rows(let rows, let table) = try await reader.next(dumped.tables) {
                _ = try await transaction.insert(rows, into: table, onConflict: .fail)
                let done = counter.add(rows.count)
                progress(TransferProgress(step: .copying, table: table.name.name, rows: done, total: total))
            }
            for row in positions {
                let journal = try row.get("journal", as: String.self)
                let applied = try row.get("applied", as: Int64.self)
                _ = try await transaction.insert(
                    [[.text(journal), .integer(applied)]], into: BacklineSchema.watermarks, onConflict: .keep)
                try await transaction.run(
                    """
                    update journal_watermarks set applied = \(applied) \
                    where journal = \(journal) and applied < \(applied)
                    """)
            }
        }
        let compared = dumped.tables.filter { $0.name != BacklineSchema.watermarks.name }
        let expected = summaries.inOrder(of: compared)
        try await Move.verify(store, compared, expected, progress)
        try await Migrator(plan).migrate(store)
        return summaries
    }

    private func migrate(_ store: any DataStore, to dumped: MigrationPlan) async throws {
        do {
            try await Migrator(dumped).migrate(store)
        } catch let error {
            guard case .migration(.newerDatabase) = error else { throw error }
            throw StoreError.verification(
                "the dump is of an older version than the database; restore it into an empty database")
        }
    }

    private func plan(atVersion version: Int) throws(StoreError) -> MigrationPlan {
        guard version <= plan.migrations.count else {
            throw .migration(.newerDatabase(version: version, known: plan.migrations.count))
        }
        return try MigrationPlan(Array(plan.migrations.prefix(version)))
    }
}
