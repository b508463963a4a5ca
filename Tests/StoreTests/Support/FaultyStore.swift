import Store
import Synchronization

/// A store that fails as databases do: before a transaction, or after it was kept and before that was heard.
struct FaultyStore: DataStore {
    enum Fault: Sendable { case none, refused(StoreError), unheard }

    let inner: any DataStore
    let fault: @Sendable () -> Fault

    var kind: StoreKind { inner.kind }

    func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row] {
        try await inner.rows(query, limit: limit)
    }

    func write(_ queries: [Query]) async throws(StoreError) -> [Int] {
        do {
            return try await transaction { try await $0.run(queries) }
        } catch {
            throw error as? StoreError ?? .cancelled
        }
    }

    func insert(
        _ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule
    ) async throws(StoreError) -> Int {
        do {
            return try await transaction { try await $0.insert(rows, into: table, onConflict: rule) }
        } catch {
            throw error as? StoreError ?? .cancelled
        }
    }

    func transaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        switch fault() {
        case .none: return try await inner.transaction(body)
        case .refused(let error): throw error
        case .unheard:
            _ = try await inner.transaction(body)
            throw StoreError.outcomeUnknown
        }
    }

    func migrationTransaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result { try await inner.migrationTransaction(body) }

    func export(
        _ tables: [Table], _ sink: @Sendable (Table, [[StoreValue]]) async throws -> Void
    ) async throws { try await inner.export(tables, sink) }

    func checkHealth() async throws(StoreError) { try await inner.checkHealth() }
    func close() async { await inner.close() }
}
