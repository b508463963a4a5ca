public import ServiceKit

/// Where a store is: a file, or a server's address.
public enum StoreLocation: Sendable, CustomStringConvertible {
    /// An SQLite file.
    case sqlite(SQLiteSettings)
    /// A PostgreSQL server.
    case postgres(PostgreSQLSettings)

    /// Reads `postgres://…`, `sqlite:PATH`, a path, or the bare word `sqlite` for the file `standard`.
    public init(_ text: String, standard: String) throws(StoreError) {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            self = .postgres(try PostgreSQLSettings(url: text))
        } else if text == "postgres" || text == "postgresql" || text.contains("://") && !text.hasPrefix("sqlite://") {
            throw .invalid("a store is postgres://user:password@host:5432/database, sqlite:PATH, or the path of a file")
        } else {
            var path = text == "sqlite" ? standard : text
            for prefix in ["sqlite://", "sqlite:"] where path.hasPrefix(prefix) {
                path = String(path.dropFirst(prefix.count))
                break
            }
            guard !path.isEmpty, !path.utf8.contains(0) else { throw .invalid("the path of an SQLite file is missing") }
            self = .sqlite(SQLiteSettings(path: path))
        }
    }

    /// Opens the store.
    public func open(
        time: any TimeSource = SystemTime.shared, logger: Logger = Logger("store")
    ) async throws(StoreError) -> any DataStore {
        switch self {
        case .sqlite(let settings): try await SQLiteStore(settings)
        case .postgres(let settings): try PostgreSQLStore(settings, time: time, logger: logger)
        }
    }

    /// The kind of the database.
    public var kind: StoreKind {
        switch self {
        case .sqlite: .sqlite
        case .postgres: .postgres
        }
    }

    /// The file, or that it is a server; never an address.
    public var description: String {
        switch self {
        case .sqlite(let settings): "SQLite (\(settings.path))"
        case .postgres: "PostgreSQL"
        }
    }
}
