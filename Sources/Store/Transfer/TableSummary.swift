internal import Synchronization

/// What two copies of a table must agree in.
public struct TableSummary: Sendable, Hashable {
    /// The table's name.
    public let name: String
    /// Its rows.
    public let rows: Int
    /// SHA-256 over all rows in the order of the key, in hexadecimal.
    public let checksum: String
}

extension [TableSummary] {
    /// The summaries in the order of the tables; those of other tables are left out.
    func inOrder(of tables: [Table]) -> [TableSummary] {
        tables.compactMap { table in first { $0.name == table.name.name } }
    }
}

/// How far a transfer is.
public struct TransferProgress: Sendable, Hashable {
    /// What is being done.
    public enum Step: Sendable, Hashable {
        /// Rows are copied.
        case copying
        /// The copy is read again and compared.
        case verifying
    }
    /// What is being done.
    public let step: Step
    /// The table at hand.
    public let table: String
    /// Rows done of all tables.
    public let rows: Int
    /// Rows of all tables.
    public let total: Int
}

/// Sums tables up while their rows go by.
final class TableSums: Sendable {
    private struct State: ~Copyable {
        var current: String?
        var digest = Digest()
        var rows = 0
        var all = 0
        var finished: [TableSummary] = []
    }

    private let state = Mutex(State())

    /// Counts rows that go by.
    final class Counter: Sendable {
        private let rows = Mutex(0)

        /// Adds rows; how many they are now.
        func add(_ count: Int) -> Int {
            rows.withLock { rows in
                rows += count
                return rows
            }
        }
    }

    /// Adds rows of a table; those of one table come together. Gives the rows of all tables so far.
    func add(_ rows: [[StoreValue]], of table: Table) -> Int {
        state.withLock { state in
            if state.current != table.name.name { Self.close(&state) }
            state.current = table.name.name
            for row in rows { state.digest.add(row: row) }
            state.rows += rows.count
            state.all += rows.count
            return state.all
        }
    }

    /// The sums of `tables`, in their order; those without rows too.
    func finish(_ tables: [Table]) -> [TableSummary] {
        let finished = state.withLock { state in
            Self.close(&state)
            return state.finished
        }
        let empty = tables.filter { table in !finished.contains { $0.name == table.name.name } }.map(Self.empty)
        return (finished + empty).inOrder(of: tables)
    }

    private static func close(_ state: inout State) {
        guard let name = state.current else { return }
        state.finished.append(TableSummary(name: name, rows: state.rows, checksum: state.digest.finish()))
        state.digest = Digest()
        state.rows = 0
        state.current = nil
    }

    private static func empty(_ table: Table) -> TableSummary {
        var digest = Digest()
        return TableSummary(name: table.name.name, rows: 0, checksum: digest.finish())
    }
}

extension DataStore {
    /// Counts and checksums of tables as they are at one moment.
    public func summaries(
        of tables: [Table], progress: @Sendable @escaping (Table, Int) -> Void = { _, _ in }
    ) async throws -> [TableSummary] {
        let sums = TableSums()
        try await export(tables) { table, rows in progress(table, sums.add(rows, of: table)) }
        return sums.finish(tables)
    }

    /// The number of rows of `tables` together.
    func rowCount(of tables: [Table]) async throws(StoreError) -> Int {
        var count = 0
        for table in tables { count += try await rows("select count(*) as rows from \(table.name)")[0].get("rows") }
        return count
    }
}
