internal import DiscordModel
public import Networking

/// What an answer says about rate limits (2.2).
public struct RateLimitAnswer: Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// The bucket's hash.
    public var bucket: String?
    /// Requests per window.
    public var limit: Int?
    /// Left in this window.
    public var remaining: Int?
    /// When the window ends, by the server's clock, in seconds since 1970; only compared with others of its kind.
    public var reset: Double?
    /// How long until the window ends.
    public var resetAfter: Duration?
    /// How long to wait, on a 429.
    public var retryAfter: Duration?
    /// Whom a 429 is for.
    public var scope: Scope
    /// Whether this comes from the protection in front of Discord, not from Discord: no `Via` header and no JSON.
    public var isFromShield: Bool
    /// Whether the webhook or interaction token is gone for good.
    public var isWebhookGone: Bool

    /// Whom a 429 is for.
    public enum Scope: Sendable, Hashable {
        /// The bucket.
        case user
        /// The whole bot.
        case global
        /// A resource that others use too; does not count as an invalid request.
        case shared
    }

    /// An answer without any word on limits.
    public init(status: Int) {
        self.status = status
        scope = .user
        isFromShield = false
        isWebhookGone = false
    }

    /// Reads the headers, and the body of a refusal.
    public init(_ response: HTTPResponse) {
        self.init(status: response.status)
        let headers = response.headers
        bucket = headers["X-RateLimit-Bucket"]
        limit = headers["X-RateLimit-Limit"].flatMap { Int($0) }.map { min($0, 1_000_000) }
        remaining = headers["X-RateLimit-Remaining"].flatMap { Int($0) }
        reset = headers["X-RateLimit-Reset"].flatMap { Double($0) }
        resetAfter = headers["X-RateLimit-Reset-After"].flatMap(Self.duration)
        guard response.status >= 400 else { return }
        retryAfter = headers["Retry-After"].flatMap(Self.duration)
        let isJSON = (try? JSON.decode(JSONValue.self, from: response.body))?.object != nil
        isFromShield = [403, 429].contains(response.status) && headers["Via"] == nil && !isJSON
        if response.status == 429 {
            let body = try? JSON.decode(RateLimitBody.self, from: response.body)
            if let seconds = body?.retryAfter, seconds > 0 { retryAfter = Self.duration(seconds) ?? retryAfter }
            let isGlobal = headers["X-RateLimit-Global"]?.lowercased() == "true" || body?.global == true
            switch headers["X-RateLimit-Scope"]?.lowercased() {
            case "shared": scope = .shared
            case "global": scope = .global
            default: scope = isGlobal ? .global : .user
            }
        }
        if response.status == 404 {
            isWebhookGone = (try? JSON.decode(ErrorBody.self, from: response.body))?.code == 10015
        }
    }

    private static func duration(_ text: String) -> Duration? {
        Double(text).flatMap(duration)
    }

    /// Seconds as a duration; nothing negative, nothing above a day, no infinity.
    private static func duration(_ seconds: Double) -> Duration? {
        guard seconds.isFinite, seconds >= 0 else { return nil }
        return .seconds(min(seconds, 86_400))
    }
}
