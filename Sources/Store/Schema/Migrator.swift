/// Brings a database to the form a program needs: forward only, everything or nothing, one process at a time.
public struct Migrator: Sendable {
    /// What is to be applied.
    public let plan: MigrationPlan
    private let now: @Sendable () -> Int64

    /// A migrator; `now` gives the time for the history, in seconds since 1970.
    public init(_ plan: MigrationPlan, now: @escaping @Sendable () -> Int64 = { TimeOfDay.microseconds / 1_000_000 }) {
        self.plan = plan
        self.now = now
    }

    /// What was applied: one row for each migration.
    static let history = Table(
        "backline_migrations",
        [
            Column("version", .integer), Column("name", .text), Column("checksum", .text),
            Column("applied_at", .integer),
        ], primaryKey: ["version"])

    /// Applies what is missing and gives it; throws before any change when the database does not fit the plan.
    @discardableResult
    public func migrate(_ store: any DataStore) async throws(StoreError) -> [Migration] {
        do {
            return try await store.migrationTransaction { transaction in
                let kind = store.kind
                // The lock is held: between looking and doing nobody else can do the same.
                _ = try await transaction.run([Self.history.creation(for: kind, ifMissing: true)])
                let pending = try self.pending(
                    after: try await transaction.rows(
                        "select version, name, checksum from backline_migrations order by version",
                        as: AppliedMigration.self))
                for migration in pending {
                    _ = try await transaction.run(migration.changes.map { $0.query(for: kind) })
                    _ = try await transaction.insert(
                        [
                            [
                                .integer(Int64(migration.version)), .text(migration.name), .text(migration.checksum),
                                .integer(self.now()),
                            ]
                        ], into: Self.history, onConflict: .fail)
                }
                return pending
            }
        } catch {
            throw StoreError(caught: error)
        }
    }

    /// Throws unless exactly the plan was applied; changes nothing.
    public func requireUpToDate(_ store: any DataStore) async throws(StoreError) {
        let applied: [AppliedMigration]
        do throws(StoreError) {
            applied = try await store.rows(
                "select version, name, checksum from backline_migrations order by version", as: AppliedMigration.self)
        } catch .refused {
            // There is no history yet.
            applied = []
        }
        let pending = try pending(after: applied)
        guard pending.isEmpty else { throw .migration(.pending(count: pending.count)) }
    }

    /// The migrations that are still to be applied, given those that were.
    func pending(after applied: [AppliedMigration]) throws(StoreError) -> [Migration] {
        for (index, row) in applied.enumerated() {
            guard row.version == index + 1 else { throw .migration(.gap(version: index + 1)) }
            guard row.version <= plan.migrations.count else {
                throw .migration(
                    .newerDatabase(version: applied.last?.version ?? row.version, known: plan.migrations.count))
            }
            let known = plan.migrations[index]
            guard known.checksum == row.checksum else {
                throw .migration(.changed(version: row.version, name: row.name))
            }
        }
        return Array(plan.migrations.dropFirst(applied.count))
    }
}

/// A row of the history.
struct AppliedMigration: RowDecodable, Hashable {
    let version: Int
    let name: String
    let checksum: String

    init(version: Int, name: String, checksum: String) {
        self.version = version
        self.name = name
        self.checksum = checksum
    }

    init(row: Row) throws(StoreError) {
        version = try row.get("version")
        name = try row.get("name")
        checksum = try row.get("checksum")
    }
}
