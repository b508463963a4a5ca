public import ServiceKit
internal import Synchronization

/// A store on a PostgreSQL server: a pool of connections that are checked, replaced and never waited for on the pool of
/// threads.
public final class PostgreSQLStore: DataStore {
    /// PostgreSQL.
    public let kind = StoreKind.postgres

    /// As with SQLite, whose writers run one after the other, two transactions never work on the same old value: the
    /// server refuses the later one, which then runs again.
    private static let begin = "begin isolation level serializable"
    /// How often a transaction that met another one runs again.
    private static let mostRepeats = 30

    private let settings: PostgreSQLSettings
    private let time: any TimeSource
    private let logger: Logger
    private let pool: LendingPool<PostgreSQLConnection>
    private let connector: PostgreSQLConnector

    /// A store; nothing is connected before it is needed.
    public init(
        _ settings: PostgreSQLSettings, time: any TimeSource = SystemTime.shared, logger: Logger = Logger("postgres")
    ) throws(StoreError) {
        self.settings = settings
        self.time = time
        self.logger = logger
        pool = LendingPool(count: max(1, settings.connections))
        connector = try PostgreSQLConnector(settings, time: time, logger: logger)
    }

    /// Connections in use and callers that wait for one.
    public var load: (connections: Int, waiting: Int) {
        let load = pool.load
        return (load.lent, load.waiting)
    }

    /// The rows that answer a reading statement.
    public func rows(_ query: Query, limit: Int) async throws(StoreError) -> [Row] {
        let statement = try PostgreSQLConnection.Statement(query)
        let place = try await borrow()
        do throws(StoreError) {
            let answers = try await place.bounded { connection throws(StoreError) in
                try await connection.execute([statement], rowLimit: limit)
            }
            await giveBack(place)
            return answers.first?.rows ?? []
        } catch {
            await giveBack(place)
            throw error
        }
    }

    /// Runs statements as one transaction, all in one pipeline.
    public func write(_ queries: [Query]) async throws(StoreError) -> [Int] {
        var statements: [PostgreSQLConnection.Statement] = []
        for query in queries { statements.append(try .init(query)) }
        return try await send(statements)
    }

    /// Writes rows as one transaction; few of them, or such that may replace others, in one pipeline.
    public func insert(
        _ rows: [[StoreValue]], into table: Table, onConflict rule: ConflictRule
    ) async throws(StoreError) -> Int {
        try table.check(rows)
        guard PostgreSQLInsertion.isCopied(rows, rule) else {
            let insertion = PostgreSQLInsertion(rows, into: table, rule)
            return try await send(insertion.statements).reduce(insertion.replaced, +)
        }
        do {
            return try await transaction { try await $0.insert(rows, into: table, onConflict: rule) }
        } catch {
            throw StoreError(caught: error)
        }
    }

    /// Runs `body` in a transaction.
    public func transaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        try await repeating { try await self.transaction([Self.begin], body) }
    }

    /// Runs `body` in a transaction that holds the lock of migrations.
    public func migrationTransaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        let limit = max(1, Int(settings.migrationLockLimit / .milliseconds(1)))
        do {
            return try await transaction(
                // The number is “backline” as bytes, so that no other program on the server means the same lock.
                [
                    "begin", "set local lock_timeout = \(limit)",
                    "select pg_advisory_xact_lock(\(0x6261_636B_6C69_6E65))", "set local lock_timeout = 0",
                ], body)
        } catch StoreError.busy {
            throw StoreError.migration(.underWay)
        }
    }

    /// Hands out all rows of `tables` as they are at one moment, by COPY.
    public func export(
        _ tables: [Table], _ sink: @Sendable (Table, [[StoreValue]]) async throws -> Void
    ) async throws {
        let place = try await borrow()
        do {
            try await place.execute(["begin isolation level repeatable read read only"])
            for table in tables {
                try await place.bounded { connection throws(StoreError) in try await connection.startCopyOut(table) }
                while true {
                    let rows = try await place.bounded { connection throws(StoreError) in
                        try await connection.nextCopyRows(1_000, of: table)
                    }
                    if rows.isEmpty { break }
                    try await sink(table, rows)
                }
            }
            try await place.execute(["commit"])
        } catch {
            // It may stand in the middle of a copy: not worth being saved.
            await place.connection.abandon()
            await giveBack(place)
            throw error
        }
        await giveBack(place)
    }

    /// Throws unless a connection answers.
    public func checkHealth() async throws(StoreError) {
        _ = try await rows("select 1", limit: 1)
    }

    /// Ends all connections; what is under way is finished first.
    public func close() async {
        for connection in await pool.close() { await connection.abandon() }
    }

    /// Sends a whole transaction at once.
    private func send(_ statements: [PostgreSQLConnection.Statement]) async throws(StoreError) -> [Int] {
        let whole = [.init(text: Self.begin)] + statements + [PostgreSQLConnection.Statement(text: "commit")]
        do {
            return try await repeating {
                let place = try await self.borrow()
                do throws(StoreError) {
                    let answers = try await place.bounded { connection throws(StoreError) in
                        try await connection.execute(whole)
                    }
                    await self.giveBack(place)
                    return answers.dropFirst().dropLast().map(\.count)
                } catch {
                    if await !place.connection.isBroken { try? await place.execute(["rollback"]) }
                    await self.giveBack(place)
                    throw Self.afterCommit(error)
                }
            }
        } catch {
            throw StoreError(caught: error)
        }
    }

    /// What an error means once the commit may have been sent.
    private static func afterCommit(_ error: StoreError) -> StoreError {
        switch error {
        case .unavailable, .timedOut, .cancelled: .outcomeUnknown
        default: error
        }
    }

    private func repeating<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        var backoff = Backoff(base: .milliseconds(2), maximum: .milliseconds(200))
        var generator = SystemRandomNumberGenerator()
        while true {
            do {
                return try await body()
            } catch StoreError.busy where backoff.count < Self.mostRepeats {
                try await time.sleep(for: backoff.next(using: &generator))
            }
        }
    }

    private func transaction<Result: Sendable>(
        _ begin: [String], _ body: @Sendable (any StoreTransaction) async throws -> Result
    ) async throws -> Result {
        let place = try await borrow()
        do {
            try await place.execute(begin)
            let result = try await body(PostgreSQLTransaction(place: place))
            if Task.isCancelled { throw StoreError.cancelled }
            try await commit(place)
            await giveBack(place)
            return result
        } catch {
            if await !place.connection.isBroken { try? await place.execute(["rollback"]) }
            await giveBack(place)
            throw error
        }
    }

    private func commit(_ place: PostgreSQLLoan) async throws(StoreError) {
        do throws(StoreError) {
            let answers = try await place.bounded { connection throws(StoreError) in
                try await connection.execute([.init(text: "commit")])
            }
            // A failed transaction answers a commit with a rollback, and says so only in the words of its answer.
            guard answers.first?.tag == "COMMIT" else { throw .invalid("a transaction whose failure was passed over") }
        } catch {
            throw Self.afterCommit(error)
        }
    }

    private func borrow() async throws(StoreError) -> PostgreSQLLoan {
        let place = try await pool.borrow()
        do throws(StoreError) {
            if let connection = place.resource {
                let loan = PostgreSQLLoan(connection: connection, limit: settings.answerLimit, time: time)
                if await loan.isUsable(after: settings.idleLimit) { return loan }
                logger.info("a connection that no longer answers is replaced")
                await connection.abandon()
            }
            let connection = try await connector.connect()
            let loan = PostgreSQLLoan(connection: connection, limit: settings.answerLimit, time: time)
            do throws(StoreError) {
                // On by default, but a database or user may be set otherwise: an acknowledged commit must be on disk.
                try await loan.execute([
                    "set synchronous_commit = on", "set statement_timeout = 0",
                    "set idle_in_transaction_session_timeout = '5min'",
                ])
            } catch {
                await connection.abandon()
                throw error
            }
            return loan
        } catch {
            pool.giveBack(.init(resource: nil))
            throw error
        }
    }

    private func giveBack(_ loan: PostgreSQLLoan) async {
        guard await loan.connection.isReusable else {
            await loan.connection.abandon()
            pool.giveBack(.init(resource: nil))
            return
        }
        await loan.connection.touched(time.now)
        pool.giveBack(.init(resource: loan.connection))
    }
}
