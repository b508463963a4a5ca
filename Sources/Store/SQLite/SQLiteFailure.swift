internal import CSQLite

/// The one place where SQLite's codes become errors of the store.
enum SQLiteFailure {
    /// The error for an (extended) code; `words` are SQLite's, of which only names of tables and columns are kept.
    static func error(_ code: Int32, constraint words: String) -> StoreError {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_FULL: .diskFull
        case SQLITE_IOERR: .ioFailed("SQLite code \(code)")
        case SQLITE_CANTOPEN: .unavailable("the file cannot be opened (SQLite code \(code))")
        case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .ioFailed("the file may not be written, SQLite code \(code)")
        case SQLITE_CORRUPT: .damaged("SQLite finds its file corrupt (code \(code))")
        case SQLITE_NOTADB: .damaged("the file is not an SQLite database")
        case SQLITE_CONSTRAINT: .constraint(constraint(words))
        case SQLITE_INTERRUPT: .cancelled
        case SQLITE_RANGE: .invalid("the number of values does not fit the statement")
        case SQLITE_TOOBIG: .invalid("a value is too large")
        case SQLITE_MISMATCH: .constraint("a value is of the wrong type")
        case SQLITE_NOMEM: .unavailable("no memory left")
        default: .refused(code: "SQLite \(code)", words: statement(words))
        }
    }

    /// “UNIQUE constraint failed: songs.id”, “cannot store TEXT value in INTEGER column songs.plays”: names, no values.
    private static func constraint(_ words: String) -> String {
        words.isEmpty ? "a rule of the table" : String(words.prefix(200))
    }

    /// “no such table: x”, “near "x": syntax error”: names from the program's own text, no values.
    private static func statement(_ words: String) -> String {
        words.isEmpty ? "no details" : String(words.prefix(200))
    }
}
