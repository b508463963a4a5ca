/// Close codes of the main gateway (1.3).
public struct GatewayCloseCode: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Unknown error.
    public static let unknownError = GatewayCloseCode(rawValue: 4000)
    /// Unknown opcode, or a payload that does not fit it.
    public static let unknownOpcode = GatewayCloseCode(rawValue: 4001)
    /// A payload that is no JSON or above 4096 bytes.
    public static let decodeError = GatewayCloseCode(rawValue: 4002)
    /// A payload before identify, or the session is gone.
    public static let notAuthenticated = GatewayCloseCode(rawValue: 4003)
    /// The token is wrong.
    public static let authenticationFailed = GatewayCloseCode(rawValue: 4004)
    /// A second identify on one connection.
    public static let alreadyAuthenticated = GatewayCloseCode(rawValue: 4005)
    /// The sequence number of a resume is wrong.
    public static let invalidSequence = GatewayCloseCode(rawValue: 4007)
    /// More than 120 payloads in 60 s.
    public static let rateLimited = GatewayCloseCode(rawValue: 4008)
    /// The session is too old.
    public static let sessionTimedOut = GatewayCloseCode(rawValue: 4009)
    /// The shard's id or count is wrong.
    public static let invalidShard = GatewayCloseCode(rawValue: 4010)
    /// More than 2500 guilds on one shard.
    public static let shardingRequired = GatewayCloseCode(rawValue: 4011)
    /// The API version is wrong.
    public static let invalidVersion = GatewayCloseCode(rawValue: 4012)
    /// An intent bit nobody knows.
    public static let invalidIntents = GatewayCloseCode(rawValue: 4013)
    /// A privileged intent that is not switched on.
    public static let disallowedIntents = GatewayCloseCode(rawValue: 4014)

    /// What a client does after the code.
    public enum Recovery: Sendable, Hashable {
        /// Connect again and go on with the session.
        case resume
        /// Connect again and start a new session.
        case identify
        /// Stop: connecting again would fail in the same way.
        case stop
    }

    /// What a client does after this code.
    public var recovery: Recovery {
        switch self {
        case .authenticationFailed, .invalidShard, .shardingRequired, .invalidVersion, .invalidIntents,
            .disallowedIntents:
            .stop
        case .notAuthenticated, .invalidSequence, .sessionTimedOut: .identify
        default: .resume
        }
    }

    /// What a person does after a code that stops the client; nil for all others.
    public var advice: String? {
        switch self {
        case .authenticationFailed:
            "Discord refused the token. Set the bot token from the Bot page of the developer portal and start again."
        case .invalidShard: "Discord refused the shard. Use a shard id below the shard count and start again."
        case .shardingRequired:
            "The bot is in too many guilds for so few shards. Raise the shard count, or leave it to Discord."
        case .invalidVersion: "Discord no longer serves gateway version 10. Install a newer release."
        case .invalidIntents: "Discord does not know one of the intents. Remove the unknown bits and start again."
        case .disallowedIntents:
            "A privileged intent is not allowed. Enable the intent on the Bot page of the developer portal, or stop asking for it."
        default: nil
        }
    }
}
