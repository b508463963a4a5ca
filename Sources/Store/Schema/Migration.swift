/// One change of the schema, as a value: it is made the same in both databases and has a checksum.
public enum SchemaChange: Sendable, Hashable {
    /// Makes a table.
    case createTable(Table)
    /// Adds a column that may hold nothing.
    case addColumn(table: Identifier, Column)
    /// Makes an index.
    case createIndex(name: Identifier, table: Identifier, columns: [Identifier], unique: Bool)
    /// Takes an index away.
    case dropIndex(Identifier)
    /// Takes a table and its rows away.
    case dropTable(Identifier)
    /// Runs a statement that both databases understand, to bring old rows into the new form.
    case run(Query)

    /// The statement.
    func query(for kind: StoreKind) -> Query {
        switch self {
        case .createTable(let table): table.creation(for: kind)
        case .addColumn(let table, let column):
            Query(text: "alter table \(table.quoted) add column \(column.declaration(for: kind))")
        case .createIndex(let name, let table, let columns, let unique):
            Query(
                text: "create \(unique ? "unique " : "")index \(name.quoted) on \(table.quoted) "
                    + "(\(Table.list(columns)))")
        case .dropIndex(let name): Query(text: "drop index \(name.quoted)")
        case .dropTable(let name): Query(text: "drop table \(name.quoted)")
        case .run(let query): query
        }
    }
}

/// A numbered step of the schema; once released it never changes.
public struct Migration: Sendable, Hashable {
    /// Its number: 1, 2, 3… without gaps.
    public let version: Int
    /// What it is for, in a few words.
    public let name: String
    /// The changes, in order.
    public let changes: [SchemaChange]

    /// A step.
    public init(_ version: Int, _ name: String, _ changes: [SchemaChange]) {
        self.version = version
        self.name = name
        self.changes = changes
    }

    /// SHA-256 of everything the step does, in hexadecimal; the same for both databases.
    public var checksum: String {
        var digest = Digest()
        digest.add(text: "\(version)")
        digest.add(text: name)
        for change in changes {
            let query = change.query(for: .sqlite)
            digest.add(text: query.text(for: .sqlite))
            digest.add(row: query.values)
        }
        return digest.finish()
    }
}

/// What keeps migrations from being applied.
public enum MigrationProblem: Sendable, Hashable, CustomStringConvertible {
    /// The program's own list is not 1, 2, 3…
    case notInOrder(version: Int)
    /// The database has a step this program does not know.
    case newerDatabase(version: Int, known: Int)
    /// A step between applied ones is missing in the database.
    case gap(version: Int)
    /// An applied step is not what the program has under its number.
    case changed(version: Int, name: String)
    /// The database lacks steps that the program needs.
    case pending(count: Int)
    /// Another process migrates this database.
    case underWay

    /// What is wrong and what to do next.
    public var description: String {
        switch self {
        case .notInOrder(let version):
            "Migration \(version) is out of order in the program. Number migrations 1, 2, 3 and so on."
        case .newerDatabase(let version, let known):
            "The database is at version \(version), but this program knows only \(known). Start the newer program."
        case .gap(let version):
            "Migration \(version) is missing in the database although later ones were applied. Restore a backup."
        case .changed(let version, let name):
            "Migration \(version) (\(name)) was applied in another form than this program has. Start the program that applied it, or restore a backup."
        case .pending(let count): "The database lacks \(count) migrations. Run: backline migrate"
        case .underWay: "Another process is migrating this database. Wait until it is done and try again."
        }
    }
}

/// All migrations of a program and the tables they lead to.
public struct MigrationPlan: Sendable {
    /// The steps, in order.
    public let migrations: [Migration]
    /// The tables after the last step, in the order they were made.
    public let tables: [Table]

    /// A plan; refuses steps that are not numbered 1, 2, 3…, or that change a table that is not there.
    public init(_ migrations: [Migration]) throws(StoreError) {
        var tables: [Table] = []
        for (index, migration) in migrations.enumerated() {
            guard migration.version == index + 1 else { throw .migration(.notInOrder(version: migration.version)) }
            for change in migration.changes {
                switch change {
                case .createTable(let table):
                    guard !tables.contains(where: { $0.name == table.name }) else {
                        throw .invalid("migration \(migration.version) makes \(table.name) a second time")
                    }
                    tables.append(table)
                case .addColumn(let name, let column):
                    guard let place = tables.firstIndex(where: { $0.name == name }), column.isOptional else {
                        throw .invalid("migration \(migration.version) cannot add \(column.name) to \(name)")
                    }
                    tables[place] = tables[place].adding(column)
                case .dropTable(let name): tables.removeAll { $0.name == name }
                case .createIndex, .dropIndex, .run: break
                }
            }
        }
        self.migrations = migrations
        self.tables = tables
    }
}
