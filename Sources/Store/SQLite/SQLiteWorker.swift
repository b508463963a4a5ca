internal import ServiceKit

/// One connection on a thread of its own.
actor SQLiteWorker {
    private let thread: ThreadExecutor
    private let settings: SQLiteSettings
    private let mode: SQLiteHandle.Mode
    private var handle: SQLiteHandle?
    private var cursor: SQLiteStatement?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(_ settings: SQLiteSettings, mode: SQLiteHandle.Mode, name: String) throws(StoreError) {
        self.settings = settings
        self.mode = mode
        thread = try ThreadExecutor.start(name)
    }

    /// Opens the file unless it is open.
    func prepare() throws(StoreError) { _ = try open() }

    private func open() throws(StoreError) -> SQLiteHandle {
        if let handle { return handle }
        let opened = try SQLiteHandle(path: settings.path, mode: mode, busyTimeout: settings.busyTimeout)
        try settings.apply(to: opened, mode: mode)
        handle = opened
        return opened
    }

    /// Starts a transaction with the statement `text`.
    func begin(_ text: String) throws(StoreError) {
        let handle = try open()
        // Left over when a rollback itself failed.
        if handle.isInTransaction { try? handle.run("rollback") }
        try recovering { handle throws(StoreError) in try handle.run(text) }
    }

    /// Keeps the transaction; when this returns it is on disk.
    func commit() throws(StoreError) {
        try recovering { handle throws(StoreError) in
            // SQLite undoes by itself what met a full disk: a commit would then have nothing to keep.
            guard handle.isInTransaction else { throw .ioFailed("the transaction was undone before its end") }
            try handle.run("commit")
        }
    }

    /// Undoes the transaction.
    func rollback() {
        guard let handle, handle.isInTransaction else { return }
        do {
            try handle.run("rollback")
        } catch {
            self.handle = nil
        }
    }

    /// Runs statements as one transaction, without leaving the thread in between.
    func write(_ queries: [Query]) throws(StoreError) -> [Int] {
        try whole { () throws(StoreError) in try run(queries) }
    }

    /// Writes rows as one transaction, without leaving the thread in between.
    func insertWhole(_ rows: [[StoreValue]], into table: Table, _ rule: ConflictRule) throws(StoreError) -> Int {
        try whole { () throws(StoreError) in try insert(rows, into: table, rule) }
    }

    private func whole<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        try begin(SQLiteStore.begin)
        do throws(StoreError) {
            let result = try body()
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    /// The rows that answer a statement.
    func rows(_ query: Query, limit: Int) throws(StoreError) -> [Row] {
        try query.check()
        return try recovering { handle throws(StoreError) in
            try handle.rows(query.text(for: .sqlite), query.values, limit: limit)
        }
    }

    /// Runs statements; how many rows each changed.
    func run(_ queries: [Query]) throws(StoreError) -> [Int] {
        var counts: [Int] = []
        for query in queries {
            try query.check()
            let text = query.text(for: .sqlite)
            counts.append(
                try recovering { handle throws(StoreError) in
                    let before = handle.totalChanges
                    try handle.run(text, query.values)
                    // The count of the last statement would stay what it was after one that changes nothing.
                    return handle.totalChanges == before ? 0 : handle.changes
                })
        }
        return counts
    }

    /// Writes rows with one prepared statement.
    func insert(_ rows: [[StoreValue]], into table: Table, _ rule: ConflictRule) throws(StoreError) -> Int {
        try table.check(rows)
        let text = table.insertion(rule)
        return try recovering { handle throws(StoreError) in
            let before = handle.totalChanges
            let statement = try handle.statement(text)
            defer { statement.reset() }
            for row in rows {
                try handle.bind(row, to: statement)
                while try handle.step(statement) {}
                statement.reset()
            }
            return handle.totalChanges - before
        }
    }

    /// Starts to read all rows of a table in the order of its key.
    func openCursor(_ table: Table) throws(StoreError) {
        closeCursor()
        cursor = try open().statement(table.selection)
    }

    /// The next rows, at most `count` and about a MiB; none at the end.
    func nextRows(_ count: Int) throws(StoreError) -> [[StoreValue]] {
        guard let cursor else { return [] }
        let handle = try open()
        var rows: [[StoreValue]] = []
        var bytes = 0
        while rows.count < count, bytes < 1 << 20 {
            guard try handle.step(cursor) else {
                closeCursor()
                break
            }
            let row = cursor.values()
            bytes += row.reduce(0) { $0 + $1.byteCount }
            rows.append(row)
        }
        return rows
    }

    /// Ends the reading of a table.
    func closeCursor() {
        cursor?.reset()
        cursor = nil
    }

    /// Copies the database as it is now.
    func copy(to path: String, progress: @Sendable (Int, Int) -> Void) throws(StoreError) {
        try open().copy(to: path, progress: progress)
    }

    /// Closes the file; nothing may be asked of the worker afterwards.
    func close() {
        closeCursor()
        if mode == .writing, let handle { try? handle.run("pragma optimize") }
        handle = nil
    }

    /// After an input or output error the connection is opened anew: SQLite recovers from its log then.
    private func recovering<Result>(
        _ body: (SQLiteHandle) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body(try open())
        } catch {
            if case .ioFailed = error, cursor == nil { handle = nil }
            throw error
        }
    }
}

extension StoreValue {
    /// About what it takes in memory, in bytes.
    var byteCount: Int {
        switch self {
        case .null, .integer, .real: 16
        case .text(let text): 16 + text.utf8.count
        case .blob(let bytes): 16 + bytes.count
        }
    }
}
