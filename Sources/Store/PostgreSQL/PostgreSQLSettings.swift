internal import ServiceKit

/// Where a PostgreSQL database is and how it is used.
public struct PostgreSQLSettings: Sendable, CustomStringConvertible, CustomReflectable {
    /// The address, `postgres://user:password@host:port/database?…`; never shown.
    let url: String
    /// Connections at most.
    public var connections = 4
    /// Longest wait for a connection to come to be; whole seconds, at least two.
    public var connectLimit: Duration = .seconds(5)
    /// Longest wait for the answer to one call (a query, a batch, a commit).
    public var answerLimit: Duration = .seconds(30)
    /// A connection unused for so long is asked whether it still answers before it is used.
    public var idleLimit: Duration = .seconds(15)
    /// Longest wait for another migration.
    public var migrationLockLimit: Duration = .seconds(10)

    /// The defaults for the address `url`; throws when it is none.
    public init(url: String) throws(StoreError) {
        guard PostgreSQLHandle.isAddress(url) else {
            throw .invalid("an address of PostgreSQL looks like postgres://user:password@host:5432/database")
        }
        self.url = url
        if let password = PostgreSQLHandle.password(in: url), !password.isEmpty {
            Logger.redact(url)
            Logger.redact(password)
        }
    }

    /// Nothing of the address.
    public var description: String { "PostgreSQL, \(connections) connections" }

    /// Nothing of the address, whoever prints it.
    public var customMirror: Mirror { Mirror(self, children: ["connections": connections]) }
}
