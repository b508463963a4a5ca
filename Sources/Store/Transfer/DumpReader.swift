internal import ServiceKit

/// Reads a dump, whatever its bytes are, on a thread of its own.
actor DumpReader {
    /// What comes next in a dump.
    enum Part: Sendable {
        /// Rows of a table, in the order of the columns that this program knows.
        case rows([[StoreValue]], of: Table)
        /// The end, with what each table was when the dump was made.
        case end([TableSummary])
    }

    private let thread: ThreadExecutor
    private let path: String
    private var file: (any OpenFile)?
    private var offset = 0
    private var size = 0
    private var table: Table?
    private var digest = Digest()
    private var rows = 0
    private var summaries: [TableSummary] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(_ path: String) throws(StoreError) {
        self.path = path
        thread = try ThreadExecutor.start("dump")
    }

    /// Opens the file at its beginning; the schema version it was made with.
    func start() throws(StoreError) -> Int {
        do throws(FileFailure) {
            let file = try SystemFiles().open(path, creating: false)
            size = try file.size()
            self.file = file
        } catch {
            throw StoreError(error)
        }
        (offset, table, rows, summaries) = (0, nil, 0, [])
        digest = Digest()
        guard let (kind, payload) = try? record(), kind == .head, let head = Self.row(payload), head.count == 4,
            head[0] == .text(DumpFormat.title), case .integer(let version) = head[2], (0...100_000).contains(version)
        else { throw .damaged("this is not a dump of Backline") }
        guard head[1] == .integer(1) else { throw .damaged("the dump is of a newer form; use a newer program") }
        return Int(version)
    }

    /// The next part; checks every checksum on the way. `tables` are those this program knows.
    func next(_ tables: [Table]) throws(StoreError) -> Part {
        while true {
            let (kind, payload) = try record()
            switch kind {
            case .head: throw damage()
            case .table:
                guard table == nil, let row = Self.row(payload), case .text(let name)? = row.first,
                    !summaries.contains(where: { $0.name == name })
                else { throw damage() }
                guard let known = tables.first(where: { $0.name.name == name }), DumpFormat.row(of: known) == row else {
                    throw .verification("the dump's table \(Identifier(name)?.name ?? "?") is not one of this program")
                }
                table = known
            case .rows:
                guard let table else { throw damage() }
                var reader = ValueReader(payload)
                var batch: [[StoreValue]] = []
                while !reader.isAtEnd {
                    guard let row = reader.row() else { throw damage() }
                    digest.add(row: row)
                    batch.append(row)
                }
                do throws(StoreError) {
                    try table.check(batch)
                } catch {
                    throw damage()
                }
                rows += batch.count
                return .rows(batch, of: table)
            case .tableEnd:
                guard let table else { throw damage() }
                let summary = TableSummary(name: table.name.name, rows: rows, checksum: digest.finish())
                digest = Digest()
                rows = 0
                self.table = nil
                guard Self.row(payload) == [.integer(Int64(summary.rows)), .text(summary.checksum)] else {
                    throw damage()
                }
                summaries.append(summary)
            case .end:
                guard table == nil, Self.row(payload) == [.integer(Int64(summaries.count))], offset == size else {
                    throw damage()
                }
                return .end(summaries.inOrder(of: tables))
            }
        }
    }

    /// Closes the file.
    func close() {
        file = nil
    }

    private func record() throws(StoreError) -> (DumpFormat.Kind, [UInt8]) {
        let head = try read(5)
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard let kind = DumpFormat.Kind(rawValue: head[0]), length <= DumpFormat.mostBytes, length <= size - offset
        else { throw damage() }
        let payload = try read(length)
        let sum = try read(4).reduce(0) { $0 << 8 | UInt32($1) }
        guard CRC32C.of(payload, after: CRC32C.of(head)) == sum else { throw damage() }
        return (kind, payload)
    }

    private func read(_ count: Int) throws(StoreError) -> [UInt8] {
        guard let file else { throw .closed }
        do throws(FileFailure) {
            let bytes = try file.read(at: offset, count: count)
            guard bytes.count == count else { throw FileFailure("read", 0) }
            offset += count
            return bytes
        } catch {
            throw error.code == 0 ? damage() : StoreError(error)
        }
    }

    private func damage() -> StoreError { .damaged("the dump, near byte \(offset)") }

    private static func row(_ payload: [UInt8]) -> [StoreValue]? {
        var reader = ValueReader(payload)
        guard let row = reader.row(atMost: 5_000), reader.isAtEnd else { return nil }
        return row
    }
}
