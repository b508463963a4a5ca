/// Where an SQLite database is and how it is kept.
public struct SQLiteSettings: Sendable, Hashable {
    /// The file.
    public var path: String
    /// How long a writer waits for another process's lock.
    public var busyTimeout: Duration = .seconds(5)
    /// Readers at one time, each a thread and a connection; opened when first needed.
    public var readers = 2

    /// The defaults for the file `path`.
    public init(path: String) { self.path = path }

    /// Sets a fresh connection up, and checks what must hold for a commit to be on disk.
    func apply(to handle: SQLiteHandle, mode: SQLiteHandle.Mode) throws(StoreError) {
        if mode == .writing {
            // Readers and the writer do not wait for each other.
            let journal = try handle.rows("pragma journal_mode = wal", limit: 1)
            guard journal.first?.values == [.text("wal")] else {
                throw .ioFailed("the folder's file system has no write-ahead log")
            }
        }
        // Some builds default to NORMAL in this mode, which forgets commits in a power cut: set, then read back.
        try handle.run("pragma synchronous = full")
        guard try handle.rows("pragma synchronous", limit: 1).first?.values == [.integer(2)] else {
            throw .ioFailed("SQLite does not take synchronous = full")
        }
        for pragma in [
            "pragma foreign_keys = on", "pragma trusted_schema = off", "pragma temp_store = memory",
            "pragma cache_size = -8192", "pragma journal_size_limit = 67108864",
        ] { _ = try handle.rows(pragma, limit: 1) }
        if mode == .reading { try handle.run("pragma query_only = on") }
    }
}
