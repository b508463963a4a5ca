/// GET /gateway/bot (1.6).
public struct GatewayBot: Codable, Sendable, Hashable {
    /// Where to connect.
    public var url: String
    /// How many shards Discord recommends.
    @Defaulted public var shards: Int
    /// How often the bot may identify.
    @Defaulted public var sessionStartLimit: SessionStartLimit

    /// Makes one from its parts.
    public init(url: String, shards: Int = 1, sessionStartLimit: SessionStartLimit = SessionStartLimit()) {
        self.url = url
        self.shards = shards
        self.sessionStartLimit = sessionStartLimit
    }

    enum CodingKeys: String, CodingKey {
        case url, shards
        case sessionStartLimit = "session_start_limit"
    }
}

/// How often a bot may identify.
public struct SessionStartLimit: Codable, Sendable, Hashable {
    /// Per day.
    @Defaulted public var total: Int
    /// Left now.
    @Defaulted public var remaining: Int
    /// Milliseconds until `remaining` is `total` again.
    @Defaulted public var resetAfter: Int
    /// Identifies per five seconds.
    @Defaulted public var maxConcurrency: Int

    /// Makes one from its parts.
    public init(total: Int = 1000, remaining: Int = 1000, resetAfter: Int = 0, maxConcurrency: Int = 1) {
        self.total = total
        self.remaining = remaining
        self.resetAfter = resetAfter
        self.maxConcurrency = maxConcurrency
    }

    enum CodingKeys: String, CodingKey {
        case total, remaining
        case resetAfter = "reset_after"
        case maxConcurrency = "max_concurrency"
    }
}
