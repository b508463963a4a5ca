/// What is needed to go on with a gateway session after a lost connection (1.3).
public struct GatewaySession: Sendable, Hashable, Codable {
    /// From READY.
    public var id: String
    /// Where to resume, from READY.
    public var resumeURL: String
    /// The sequence number of the last dispatch.
    public var sequence: Int

    /// A session from its parts.
    public init(id: String, resumeURL: String, sequence: Int) {
        self.id = id
        self.resumeURL = resumeURL
        self.sequence = sequence
    }
}

/// A shard's number and how many there are.
public struct ShardID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The number, from 0.
    public var number: Int
    /// How many shards the bot has.
    public var count: Int

    /// A shard of a bot with `count` shards.
    public init(_ number: Int, of count: Int) {
        self.number = number
        self.count = count
    }

    /// As `3/16`.
    public var description: String { "\(number)/\(count)" }
}
