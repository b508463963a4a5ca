/// What applying a record does to the database.
public enum StoreChange: Sendable {
    /// Runs a statement.
    case run(Query)
    /// Writes a row, values in the order of the table's columns.
    case write([StoreValue], into: Table, onConflict: ConflictRule)
}

/// Says what applying a record does; runs again when a batch is tried again, so it only reads the record.
///
/// Throwing, or changes that the database refuses for good, park the record and all later ones of its key.
public typealias RecordApplier = @Sendable (JournalRecord) throws(StoreError) -> [StoreChange]

extension StoreTransaction {
    /// Performs changes in their order, neighbours of one kind together.
    func perform(_ changes: [StoreChange]) async throws(StoreError) {
        var index = 0
        while index < changes.count {
            switch changes[index] {
            case .run(let first):
                var queries = [first]
                while index + 1 < changes.count, case .run(let next) = changes[index + 1] {
                    queries.append(next)
                    index += 1
                }
                _ = try await run(queries)
            case .write(let first, let table, let rule):
                var rows = [first]
                while index + 1 < changes.count,
                    case .write(let next, let nextTable, let nextRule) = changes[index + 1],
                    nextTable.name == table.name, nextRule == rule
                {
                    rows.append(next)
                    index += 1
                }
                _ = try await insert(rows, into: table, onConflict: rule)
            }
            index += 1
        }
    }
}
