/// Moves everything from one database to another and proves that it arrived.
public struct Move: Sendable {
    private let plan: MigrationPlan

    /// A move of the tables of `plan`.
    public init(_ plan: MigrationPlan) { self.plan = plan }

    /// Copies all rows in one transaction, then reads both copies' counts and checksums and compares them.
    ///
    /// Both databases are migrated first; the target must have no rows. The source is read as it is at one moment:
    /// what changes there meanwhile stays behind.
    public func run(
        from source: any DataStore, to target: any DataStore,
        progress: @Sendable @escaping (TransferProgress) -> Void = { _ in }
    ) async throws -> [TableSummary] {
        let migrator = Migrator(plan)
        try await migrator.migrate(source)
        try await migrator.migrate(target)
        let tables = plan.tables
        for table in tables where try await target.rowCount(of: [table]) > 0 {
            throw StoreError.verification("the target has rows in \(table.name) already; give an empty database")
        }
        let total = try await source.rowCount(of: tables)
        let sums = TableSums()
        try await target.transaction { transaction in
            try await source.export(tables) { table, rows in
                _ = try await transaction.insert(rows, into: table, onConflict: .fail)
                let done = sums.add(rows, of: table)
                progress(
                    TransferProgress(step: .copying, table: table.name.name, rows: done, total: max(done, total)))
            }
        }
        let expected = sums.finish(tables)
        try await Self.verify(target, tables, expected, progress)
        return expected
    }

    /// Throws unless the tables of a store are as expected.
    static func verify(
        _ store: any DataStore, _ tables: [Table], _ expected: [TableSummary],
        _ progress: @Sendable @escaping (TransferProgress) -> Void
    ) async throws {
        let total = expected.reduce(0) { $0 + $1.rows }
        let found = try await store.summaries(of: tables) { table, rows in
            progress(TransferProgress(step: .verifying, table: table.name.name, rows: rows, total: max(rows, total)))
        }
        for (before, after) in zip(expected, found) where before != after {
            throw StoreError.verification(
                before.rows == after.rows
                    ? "\(after.name) has \(after.rows) rows as expected, but their checksum differs"
                    : "\(after.name) has \(after.rows) rows, not \(before.rows)")
        }
    }
}
