/// Body of a refused REST call (2.1).
public struct ErrorBody: Codable, Sendable, Hashable {
    /// Discord's error code (Appendix C).
    @Defaulted public var code: Int
    /// Its words.
    @Defaulted public var message: String
    /// Which field is wrong and why.
    public var errors: JSONValue?

    /// Makes one from its parts.
    public init(code: Int = 0, message: String = "", errors: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.errors = errors
    }
}

/// Body of a 429 (2.2).
public struct RateLimitBody: Codable, Sendable, Hashable {
    /// Words.
    @Defaulted public var message: String
    /// Seconds to wait.
    @Defaulted public var retryAfter: Double
    /// Whether the whole bot must wait.
    @Defaulted public var global: Bool
    /// Discord's error code.
    public var code: Int?

    /// Makes one from its parts.
    public init(message: String = "", retryAfter: Double = 0, global: Bool = false, code: Int? = nil) {
        self.message = message
        self.retryAfter = retryAfter
        self.global = global
        self.code = code
    }

    enum CodingKeys: String, CodingKey {
        case message, global, code
        case retryAfter = "retry_after"
    }
}
