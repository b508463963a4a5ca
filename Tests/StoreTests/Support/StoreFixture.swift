import ServiceKit
import Store
import Testing

/// Stores to test with: each empty and for one test alone.
enum StoreFixture {
    /// The databases that can be tested on this machine.
    static let kinds: [StoreKind] = PostgreSQLServer.isAvailable ? [.sqlite, .postgres] : [.sqlite]

    static let reason: Comment = "the Debian package postgresql is not installed, so only SQLite is tested"

    /// Runs `body` with an empty store of this kind.
    static func with<Result: Sendable>(
        _ kind: StoreKind, _ body: @Sendable (any DataStore) async throws -> Result
    ) async throws -> Result {
        let folder = try TemporaryFolder()
        let store: any DataStore
        switch kind {
        case .sqlite: store = try await SQLiteStore(SQLiteSettings(path: folder.file("store.sqlite")))
        case .postgres:
            store = try PostgreSQLStore(PostgreSQLSettings(url: try await PostgreSQLServer.shared().makeDatabase()))
        }
        do {
            let result = try await body(store)
            await store.close()
            _ = folder
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    static let songs = Table(
        "songs",
        [
            Column("id", .integer), Column("title", .text), Column("score", .real, optional: true),
            Column("cover", .blob, optional: true), Column("plays", .integer, optional: true),
        ], primaryKey: ["id"])

    static let words = Table(
        "words", [Column("word", .text), Column("part", .integer), Column("note", .text, optional: true)],
        primaryKey: ["word", "part"])

    static let plan = {
        guard
            let plan = try? MigrationPlan(
                BacklineSchema.migrations + [Migration(2, "songs", [.createTable(songs), .createTable(words)])])
        else { preconditionFailure("the plan of the tests is in order") }
        return plan
    }()

    /// As `with`, with the tables of the plan.
    static func withTables<Result: Sendable>(
        _ kind: StoreKind, _ body: @Sendable (any DataStore) async throws -> Result
    ) async throws -> Result {
        try await with(kind) { store in
            try await Migrator(plan).migrate(store)
            return try await body(store)
        }
    }

    static func song(_ id: Int, _ title: String = "song", plays: Int? = 0) -> [StoreValue] {
        [.integer(Int64(id)), .text(title), .null, .null, plays.storeValue]
    }
}
