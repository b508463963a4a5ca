internal import CSQLite

/// The thin door to one SQLite connection: owns the handle and its prepared statements; used on one thread only.
@safe final class SQLiteHandle {
    /// How a connection is opened.
    enum Mode { case writing, reading }

    private let database: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private var lastUsed: [String: Int] = [:]
    private var uses = 0

    /// Most statements kept prepared; the longest unused goes first.
    private static let mostStatements = 128

    /// Opens the file `path`; one that is not there is made when `mode` is writing.
    init(path: String, mode: Mode, busyTimeout: Duration) throws(StoreError) {
        let access =
            switch mode {
            case .writing: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .reading: SQLITE_OPEN_READWRITE
            }
        var handle: OpaquePointer?
        // One thread at a time uses it, so SQLite's own lock is not needed.
        let code = unsafe sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            unsafe sqlite3_close_v2(handle)
            throw SQLiteFailure.error(code, constraint: "")
        }
        unsafe database = opened
        unsafe sqlite3_busy_timeout(opened, Int32(clamping: Int(busyTimeout / .milliseconds(1))))
        unsafe _ = backline_sqlite_set_defensive(opened)
        unsafe _ = sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, Int32(StoreValue.mostBytes) * 2)
    }

    deinit {
        // The statements first: SQLite keeps the file open as long as one lives.
        statements = [:]
        unsafe sqlite3_close_v2(database)
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(database) == 0 }

    /// Rows changed since the connection was opened.
    var totalChanges: Int { unsafe Int(sqlite3_total_changes64(database)) }

    /// Rows changed by the last statement.
    var changes: Int { unsafe Int(sqlite3_changes64(database)) }

    /// The statement of this text, prepared before or now.
    func statement(_ text: String) throws(StoreError) -> SQLiteStatement {
        uses += 1
        if let statement = statements[text] {
            lastUsed[text] = uses
            return statement
        }
        if statements.count >= Self.mostStatements, let oldest = lastUsed.min(by: { $0.value < $1.value })?.key {
            statements[oldest] = nil
            lastUsed[oldest] = nil
        }
        var prepared: OpaquePointer?
        var rest: Int32 = 0
        let code = unsafe text.utf8CString.withUnsafeBufferPointer { bytes in
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v3(
                database, bytes.baseAddress, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &tail)
            if let tail = unsafe tail { unsafe rest = Int32(tail.pointee) }
            return code
        }
        guard code == SQLITE_OK else { throw failure(code) }
        guard let handle = unsafe prepared, rest == 0 else {
            unsafe sqlite3_finalize(prepared)
            throw .invalid("a statement must be exactly one statement")
        }
        let statement = unsafe SQLiteStatement(handle, columnNames: Self.columns(of: handle))
        statements[text] = statement
        lastUsed[text] = uses
        return statement
    }

    /// Runs a statement to its end and forgets its rows.
    func run(_ text: String, _ values: [StoreValue] = []) throws(StoreError) {
        let statement = try statement(text)
        defer { statement.reset() }
        try bind(values, to: statement)
        while try step(statement) {}
    }

    /// Runs a statement and collects its rows; throws when there are more than `limit`.
    func rows(_ text: String, _ values: [StoreValue] = [], limit: Int) throws(StoreError) -> [Row] {
        let statement = try statement(text)
        defer { statement.reset() }
        try bind(values, to: statement)
        var rows: [Row] = []
        while try step(statement) {
            guard rows.count < limit else { throw .tooManyRows(limit: limit) }
            rows.append(Row(columns: statement.columnNames, values: statement.values()))
        }
        return rows
    }

    /// Binds all values.
    func bind(_ values: [StoreValue], to statement: SQLiteStatement) throws(StoreError) {
        let code = statement.bind(values)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// One step; whether there is a row.
    func step(_ statement: SQLiteStatement) throws(StoreError) -> Bool {
        switch statement.step() {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// Copies this database, as it is at this moment, into the file `path`; writers go on meanwhile.
    func copy(to path: String, progress: (Int, Int) -> Void) throws(StoreError) {
        let target = try SQLiteHandle(path: path, mode: .writing, busyTimeout: .zero)
        // An open read transaction holds the moment: without it every write would start the copy over.
        try run("begin")
        defer { try? run("rollback") }
        _ = try rows("select count(*) from sqlite_schema", limit: 1)
        guard let backup = unsafe sqlite3_backup_init(target.database, "main", database, "main") else {
            throw unsafe SQLiteFailure.error(sqlite3_extended_errcode(target.database), constraint: "")
        }
        var code: Int32 = SQLITE_OK
        repeat {
            code = unsafe sqlite3_backup_step(backup, 256)
            let total = unsafe Int(sqlite3_backup_pagecount(backup))
            unsafe progress(total - Int(sqlite3_backup_remaining(backup)), total)
        } while code == SQLITE_OK
        unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else { throw SQLiteFailure.error(code, constraint: "") }
    }

    private func failure(_ code: Int32) -> StoreError {
        let words = unsafe String(cString: sqlite3_errmsg(database))
        return SQLiteFailure.error(code, constraint: words)
    }

    private static func columns(of statement: OpaquePointer) -> [String] {
        let count = unsafe sqlite3_column_count(statement)
        return (0..<count).map { index in
            unsafe sqlite3_column_name(statement, index).map { unsafe String(cString: $0) } ?? ""
        }
    }
}
