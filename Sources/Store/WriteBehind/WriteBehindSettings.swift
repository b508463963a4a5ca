internal import ServiceKit

/// How records are carried.
public struct WriteBehindSettings: Sendable, Hashable {
    /// Records of one transaction at most.
    public var batchRows = 1_000
    /// The same in bytes.
    public var batchBytes = 4 << 20
    /// How long the end of the program may take for carrying the rest.
    public var drainLimit: Duration = .seconds(5)

    /// The defaults.
    public init() {}
}

/// How far a database is, and what stands aside in it.
struct WriteBehindPosition: Sendable {
    /// Whether the rest was asked of the database and still holds.
    var isKnown = false
    /// The last applied record.
    var applied: UInt64 = 0
    /// Keys whose records are parked.
    var parkedKeys: Set<String> = []
    /// Waits after failures.
    var backoff = Backoff(base: .milliseconds(50), maximum: .seconds(10))
}
