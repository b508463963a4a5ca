/// What the rate limiter needs to know about a request.
public struct RateLimitRoute: Sendable, Hashable {
    /// Method and path template, such as `POST /channels/{channel}/messages`.
    public var name: String
    /// The top-level resource in the path (channel, guild, or webhook with token); empty when there is none.
    public var major: String
    /// Whether it answers an interaction (`/interactions/…`, `/webhooks/{application}/{token}…`): outside the global limit
    /// and not authorised by the bot's token.
    public var isInteraction: Bool

    /// A route from its parts.
    public init(_ name: String, major: String = "", isInteraction: Bool = false) {
        self.name = name
        self.major = major
        self.isInteraction = isInteraction
    }
}

/// Who waits for a request; the order in which waiting requests get their turn.
public enum RequestPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// The answer to an interaction, due within three seconds.
    case interaction
    /// Somebody sees the result.
    case userVisible
    /// Nobody waits.
    case background

    /// How long an older request of a higher class goes first: a waiting request ages into the class above it.
    var handicap: Duration {
        switch self {
        case .interaction: .zero
        case .userVisible: .seconds(2)
        case .background: .seconds(10)
        }
    }

    /// Orders the more urgent first.
    public static func < (left: RequestPriority, right: RequestPriority) -> Bool { left.rawValue < right.rawValue }
}
