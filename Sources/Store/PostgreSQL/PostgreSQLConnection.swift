internal import ServiceKit

/// One connection: statements travel in pipelines, the waiting happens on the reactor. Used by one borrower at a time.
///
/// After a failure of the connection itself, a deadline or a cancellation it is broken: nobody knows then which answers
/// are still to come.
actor PostgreSQLConnection {
    /// A statement with its values.
    struct Statement: Sendable {
        let text: String
        let types: [UInt32]
        let values: [[UInt8]?]

        init(_ query: Query) throws(StoreError) {
            try query.check()
            text = query.text(for: .postgres)
            types = query.values.map(BinaryFormat.type(of:))
            values = query.values.map(BinaryFormat.bytes)
        }

        init(text: String, types: [UInt32] = [], values: [[UInt8]?] = []) {
            self.text = text
            self.types = types
            self.values = values
        }
    }

    /// The answer to one statement.
    struct Answer: Sendable {
        var count = 0
        var rows: [Row] = []
        var tag = ""
    }

    private struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    private let handle: PostgreSQLHandle
    private var prepared: [Key: String] = [:]
    private var nextName = 0
    private(set) var isBroken = false
    /// When it last answered, on the clock of the store.
    private(set) var lastAnswer: Duration

    /// Most prepared statements of a connection; beyond, all are let go and prepared anew as needed.
    private static let mostPrepared = 256
    /// Most statements sent before their answers are read.
    private static let mostInFlight = 512

    init(_ handle: PostgreSQLHandle, now: Duration) throws(StoreError) {
        self.handle = handle
        lastAnswer = now
        guard handle.enterPipeline() else { throw .unavailable("libpq has no pipeline") }
    }

    /// Marks the moment of the last use.
    func touched(_ now: Duration) { lastAnswer = now }

    /// Ends all waiting on the connection; it is of no use any more.
    func abandon() {
        isBroken = true
        IOReactor.shared.forget(handle.descriptor)
    }

    /// Whether it can be lent again: alive and without an open transaction.
    var isReusable: Bool { !isBroken && handle.isAlive && handle.isIdle }

    /// Runs statements in order, all in one pipeline; the first that fails ends the run, the others are skipped.
    func execute(_ statements: [Statement], rowLimit: Int = 0) async throws(StoreError) -> [Answer] {
        var answers: [Answer] = []
        var rest = statements[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.mostInFlight)
            rest = rest.dropFirst(part.count)
            answers += try await pipeline(Array(part), rowLimit: rowLimit)
        }
        return answers
    }

    private func pipeline(_ statements: [Statement], rowLimit: Int) async throws(StoreError) -> [Answer] {
        guard !isBroken else { throw .unavailable("the connection broke") }
        if prepared.count > Self.mostPrepared {
            prepared = [:]
            _ = try await pipeline([Statement(text: "deallocate all")], rowLimit: 0)
        }
        // What each expected result is: the preparing of a statement, or a statement.
        var expected: [(key: Key, isPreparing: Bool)] = []
        for statement in statements {
            let key = Key(text: statement.text, types: statement.types)
            let name: String
            if let known = prepared[key] {
                name = known
            } else {
                nextName += 1
                name = "s\(nextName)"
                prepared[key] = name
                guard handle.sendPrepare(name, statement.text, types: statement.types) else { throw broken() }
                expected.append((key, true))
            }
            guard handle.sendPrepared(name, statement.values) else { throw broken() }
            expected.append((key, false))
        }
        guard handle.sync() else { throw broken() }
        var answers: [Answer] = []
        var failure: StoreError?
        for (key, isPreparing) in expected {
            guard let result = try await nextResult() else { throw broken() }
            switch result.kind {
            case .done, .rows:
                if !isPreparing, failure == nil {
                    do {
                        answers.append(try Self.answer(result, rowLimit: rowLimit))
                    } catch {
                        failure = error
                    }
                }
            case .failed, .skipped:
                // A statement that was not prepared, or whose tables changed, is prepared anew next time.
                prepared[key] = nil
                if result.kind == .failed { failure = failure ?? result.failure }
            case .copyIn, .copyOut, .synced: throw broken()
            }
            // A nil ends the results of each statement.
            while let more = try await nextResult() { if more.kind == .failed { failure = failure ?? more.failure } }
        }
        guard let end = try await nextResult(), end.kind == .synced else { throw broken() }
        if let failure {
            if case .unavailable = failure { _ = broken() }
            throw failure
        }
        return answers
    }

    /// Writes rows by COPY, the quickest way; outside of a pipeline.
    func copyIn(_ rows: [[StoreValue]], into table: Table) async throws(StoreError) -> Int {
        try await leavingPipeline { connection throws(StoreError) in
            let columns = Table.list(table.columns.map(\.name))
            let answer = try await connection.startCopy(
                "copy \(table.name.quoted) (\(columns)) from stdin (format binary)")
            guard answer == .copyIn else { throw connection.broken() }
            var piece = BinaryFormat.copyStart
            for row in rows {
                BinaryFormat.append(copyRow: row, of: table, to: &piece)
                if piece.count >= 1 << 16 {
                    try await connection.put { handle in handle.putCopy(piece) }
                    piece = []
                }
            }
            piece += BinaryFormat.copyEnd
            try await connection.put { handle in handle.putCopy(piece) }
            try await connection.put { handle in handle.endCopy(failure: nil) }
            return try await connection.copyResult()
        }
    }

    /// Starts to read a table by COPY; `nextCopyRows` then gives its rows until there are none.
    func startCopyOut(_ table: Table) async throws(StoreError) {
        guard handle.leavePipeline() else { throw broken() }
        guard try await startCopy("copy (\(table.selection)) to stdout (format binary)") == .copyOut else {
            throw broken()
        }
        copyPhase = .start
    }

    private enum CopyPhase { case start, rows, end }
    private var copyPhase = CopyPhase.end

    /// The next rows of a COPY, at most `count` and about a MiB; none at the end.
    func nextCopyRows(_ count: Int, of table: Table) async throws(StoreError) -> [[StoreValue]] {
        var rows: [[StoreValue]] = []
        var bytes = 0
        while rows.count < count, bytes < 1 << 20, copyPhase != .end {
            switch handle.getCopy() {
            case .bytes(let piece):
                bytes += piece.count
                if let row = try BinaryFormat.row(ofCopy: piece, table: table, isFirst: copyPhase == .start) {
                    rows.append(row)
                }
                copyPhase = .rows
            case .wait: try await receive()
            case .end:
                copyPhase = .end
                _ = try await copyResult()
                guard handle.enterPipeline() else { throw broken() }
            case .broken: throw broken()
            }
        }
        return rows
    }

    private func leavingPipeline<Result: Sendable>(
        _ body: (isolated PostgreSQLConnection) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        guard !isBroken, handle.leavePipeline() else { throw broken() }
        let result: Result
        do {
            result = try await body(self)
        } catch {
            // A refused COPY is over; one that was cut off half-way leaves the connection in the middle of it.
            if !isBroken, !handle.enterPipeline() { isBroken = true }
            throw error
        }
        guard handle.enterPipeline() else { throw broken() }
        return result
    }

    private func startCopy(_ text: String) async throws(StoreError) -> PostgreSQLResult.Kind {
        guard handle.sendText(text) else { throw broken() }
        guard let result = try await nextResult() else { throw broken() }
        if result.kind == .failed {
            let failure = result.failure
            while try await nextResult() != nil {}
            throw failure
        }
        return result.kind
    }

    private func copyResult() async throws(StoreError) -> Int {
        guard let result = try await nextResult() else { throw broken() }
        let kind = result.kind
        let count = result.count
        let failure = result.failure
        while try await nextResult() != nil {}
        guard kind == .done else { throw failure }
        return count
    }

    private func put(_ call: (PostgreSQLHandle) -> Bool?) async throws(StoreError) {
        while true {
            switch call(handle) {
            case true: return try await flush()
            case false: throw broken()
            case nil: try await wait(writing: true)
            }
        }
    }

    /// The next result, waited for; nil at the end of a statement's results.
    private func nextResult() async throws(StoreError) -> PostgreSQLResult? {
        try await flush()
        while handle.isBusy { try await receive() }
        return handle.nextResult()
    }

    private func flush() async throws(StoreError) {
        while true {
            guard let isMoreLeft = handle.flush() else { throw broken() }
            if !isMoreLeft { return }
            try await wait(writing: true)
            // The server may be waiting for us to read before it reads on.
            guard handle.consume() else { throw broken() }
        }
    }

    private func receive() async throws(StoreError) {
        try await wait(writing: false)
        guard handle.consume() else { throw broken() }
    }

    private func wait(writing: Bool) async throws(StoreError) {
        let descriptor = handle.descriptor
        guard descriptor >= 0 else { throw broken() }
        do {
            if writing {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await IOReactor.shared.writable(descriptor) }
                    group.addTask { try await IOReactor.shared.readable(descriptor) }
                    try await group.next()
                    group.cancelAll()
                    while let _ = try? await group.next() {}
                }
            } else {
                try await IOReactor.shared.readable(descriptor)
            }
        } catch {
            isBroken = true
            throw .cancelled
        }
        if isBroken { throw .unavailable("the connection was given up") }
    }

    private func broken() -> StoreError {
        isBroken = true
        return .unavailable("the connection broke")
    }

    private static func answer(_ result: PostgreSQLResult, rowLimit: Int) throws(StoreError) -> Answer {
        guard result.kind == .rows else { return Answer(count: result.count, tag: result.tag) }
        guard result.rowCount <= rowLimit || rowLimit == 0 else { throw .tooManyRows(limit: rowLimit) }
        let names = result.columnNames
        var rows: [Row] = []
        rows.reserveCapacity(result.rowCount)
        for index in 0..<result.rowCount { rows.append(Row(columns: names, values: try result.values(of: index))) }
        return Answer(count: result.count, rows: rows)
    }
}
