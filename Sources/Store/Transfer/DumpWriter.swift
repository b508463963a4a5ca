internal import ServiceKit

/// Writes a dump on a thread of its own: first beside the place, then, when it is whole and on disk, into the place.
actor DumpWriter {
    private let thread: ThreadExecutor
    private let path: String
    private let files = SystemFiles()
    private var file: (any OpenFile)?
    private var size = 0
    private var buffer: [UInt8] = []
    private var table: Table?
    private var digest = Digest()
    private var rows = 0
    private var summaries: [TableSummary] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(_ path: String) throws(StoreError) {
        self.path = path
        thread = try ThreadExecutor.start("dump")
    }

    private var partPath: String { path + ".part" }

    func start(version: Int, now: Int64) throws(StoreError) {
        do throws(FileFailure) {
            let file = try files.open(partPath, creating: true)
            try file.truncate(to: 0)
            self.file = file
        } catch {
            throw StoreError(error)
        }
        try put(.head, [.text(DumpFormat.title), .integer(1), .integer(Int64(version)), .integer(now)])
    }

    func add(_ batch: [[StoreValue]], of table: Table) throws(StoreError) {
        if self.table?.name != table.name {
            try endTable()
            self.table = table
            try put(.table, DumpFormat.row(of: table))
        }
        var payload: [UInt8] = []
        for row in batch {
            digest.add(row: row)
            ValueCoding.append(row: row, to: &payload)
            // A batch with a few very large values becomes several records.
            if payload.count > 4 << 20 {
                try put(DumpFormat.encode(.rows, payload))
                payload = []
            }
        }
        rows += batch.count
        if !payload.isEmpty { try put(DumpFormat.encode(.rows, payload)) }
    }

    /// Finishes the file with the tables that had no rows, and puts it into its place.
    func finish(_ tables: [Table]) throws(StoreError) -> [TableSummary] {
        try endTable()
        for table in tables where !summaries.contains(where: { $0.name == table.name.name }) {
            self.table = table
            try put(.table, DumpFormat.row(of: table))
            try endTable()
        }
        try put(.end, [.integer(Int64(summaries.count))])
        try flush()
        do throws(FileFailure) {
            try file?.sync()
            try files.rename(partPath, to: path)
            let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            try files.syncFolder(folder)
        } catch {
            throw StoreError(error)
        }
        return summaries.inOrder(of: tables)
    }

    /// Removes what was written when the dump did not become whole.
    func close() {
        file = nil
        try? files.remove(partPath)
    }

    private func endTable() throws(StoreError) {
        guard let table else { return }
        let summary = TableSummary(name: table.name.name, rows: rows, checksum: digest.finish())
        digest = Digest()
        rows = 0
        self.table = nil
        summaries.append(summary)
        try put(.tableEnd, [.integer(Int64(summary.rows)), .text(summary.checksum)])
    }

    private func put(_ kind: DumpFormat.Kind, _ row: [StoreValue]) throws(StoreError) {
        try put(DumpFormat.encode(kind, row: row))
    }

    private func put(_ bytes: [UInt8]) throws(StoreError) {
        buffer += bytes
        if buffer.count >= 1 << 20 { try flush() }
    }

    private func flush() throws(StoreError) {
        do throws(FileFailure) {
            try file?.write(buffer, at: size)
        } catch {
            throw StoreError(error)
        }
        size += buffer.count
        buffer = []
    }
}
