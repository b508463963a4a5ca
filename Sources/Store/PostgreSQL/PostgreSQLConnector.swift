internal import ServiceKit

/// Makes connections on a thread of its own, where libpq may wait, and not faster than a failing server can bear.
actor PostgreSQLConnector {
    private let settings: PostgreSQLSettings
    private let time: any TimeSource
    private let logger: Logger
    private let thread: ThreadExecutor
    private var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(5))
    private var generator = SystemRandomNumberGenerator()
    private var failure: (error: StoreError, until: Duration)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(_ settings: PostgreSQLSettings, time: any TimeSource, logger: Logger) throws(StoreError) {
        self.settings = settings
        self.time = time
        self.logger = logger
        thread = try ThreadExecutor.start("pg-connect")
    }

    /// A new connection; soon after a failure the same failure without another try.
    func connect() throws(StoreError) -> PostgreSQLConnection {
        if let failure, time.now < failure.until { throw failure.error }
        do {
            let connection = try PostgreSQLConnection(PostgreSQLHandle(settings), now: time.now)
            if failure != nil { logger.notice("connected again") }
            failure = nil
            backoff.reset()
            return connection
        } catch {
            if failure == nil { logger.warning("no connection", ["reason": "\(error)"]) }
            failure = (error, time.now + backoff.next(using: &generator))
            throw error
        }
    }
}
