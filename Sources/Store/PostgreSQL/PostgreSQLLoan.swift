internal import ServiceKit

/// A connection in the hands of one borrower, each call under the limit.
struct PostgreSQLLoan: Sendable {
    let connection: PostgreSQLConnection
    let limit: Duration
    let time: any TimeSource

    /// Runs a call; when it takes too long or is cancelled, the connection is broken.
    func bounded<Result: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLConnection) async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        try await withDeadline(limit, time) { () async throws(StoreError) in try await body(connection) }
    }

    /// Runs statements of the store's own, without values.
    func execute(_ texts: [String]) async throws(StoreError) {
        let statements = texts.map { PostgreSQLConnection.Statement(text: $0) }
        _ = try await bounded { connection throws(StoreError) in try await connection.execute(statements) }
    }

    /// Whether it answers: asked only after it was unused for some time.
    func isUsable(after idle: Duration) async -> Bool {
        guard await connection.isReusable else { return false }
        guard await time.now - connection.lastAnswer > idle else { return true }
        do {
            try await execute(["select 1"])
            return true
        } catch {
            return false
        }
    }
}
