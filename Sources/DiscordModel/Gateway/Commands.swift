/// Op 10.
public struct GatewayHello: Codable, Sendable, Hashable {
    /// Milliseconds between beats.
    public var heartbeatInterval: Double

    /// Makes one from its parts.
    public init(heartbeatInterval: Double) {
        self.heartbeatInterval = heartbeatInterval
    }

    enum CodingKeys: String, CodingKey {
        case heartbeatInterval = "heartbeat_interval"
    }
}

/// Op 2: starts a session (1.4).
public struct GatewayIdentify: Codable, Sendable, Hashable {
    /// The bot's token without "Bot ".
    public var token: String
    /// What the client is.
    @Defaulted public var properties: IdentifyProperties
    /// Payload compression; never together with transport compression.
    public var compress: Bool?
    /// 50 to 250 members.
    public var largeThreshold: Int?
    /// Id and count.
    public var shard: [Int]?
    /// Shown from the start.
    public var presence: PresenceUpdate?
    /// Which events are wanted.
    @Defaulted public var intents: Intents

    /// Makes one from its parts.
    public init(
        token: String, properties: IdentifyProperties = IdentifyProperties(), compress: Bool? = nil,
        largeThreshold: Int? = nil, shard: [Int]? = nil, presence: PresenceUpdate? = nil, intents: Intents = []
    ) {
        self.token = token
        self.properties = properties
        self.compress = compress
        self.largeThreshold = largeThreshold
        self.shard = shard
        self.presence = presence
        self.intents = intents
    }

    enum CodingKeys: String, CodingKey {
        case token, properties, compress, shard, presence, intents
        case largeThreshold = "large_threshold"
    }
}

/// What the client is.
public struct IdentifyProperties: Codable, Sendable, Hashable {
    /// Operating system.
    @Defaulted public var os: String
    /// Library.
    @Defaulted public var browser: String
    /// Library.
    @Defaulted public var device: String

    /// Makes one from its parts.
    public init(os: String = "linux", browser: String = "backline", device: String = "backline") {
        self.os = os
        self.browser = browser
        self.device = device
    }
}

/// Op 6: goes on with a session.
public struct GatewayResume: Codable, Sendable, Hashable {
    /// The bot's token without "Bot ".
    public var token: String
    /// From READY.
    public var sessionID: String
    /// The last sequence number that was seen.
    public var seq: Int

    /// Makes one from its parts.
    public init(token: String, sessionID: String, seq: Int) {
        self.token = token
        self.sessionID = sessionID
        self.seq = seq
    }

    enum CodingKeys: String, CodingKey {
        case token, seq
        case sessionID = "session_id"
    }
}

/// Op 3: how the bot is shown.
public struct PresenceUpdate: Codable, Sendable, Hashable {
    /// Idle since, milliseconds.
    @Nullable public var since: Int64?
    /// What it does.
    @Lossy public var activities: [Activity]
    /// Its dot.
    @Defaulted public var status: PresenceStatus
    /// Whether it is away.
    @Defaulted public var afk: Bool

    /// Makes one from its parts.
    public init(
        since: Int64? = nil, activities: [Activity] = [], status: PresenceStatus = .online, afk: Bool = false
    ) {
        self.since = since
        self.activities = activities
        self.status = status
        self.afk = afk
    }
}

/// The dot beside a name.
public struct PresenceStatus: OpenEnum {
    /// The value on the wire.
    public let rawValue: String
    /// Keeps any value, known or not.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Online.
    public static let online = PresenceStatus(rawValue: "online")
    /// Do not disturb.
    public static let doNotDisturb = PresenceStatus(rawValue: "dnd")
    /// Idle.
    public static let idle = PresenceStatus(rawValue: "idle")
    /// Invisible.
    public static let invisible = PresenceStatus(rawValue: "invisible")
    /// Offline.
    public static let offline = PresenceStatus(rawValue: "offline")
}

/// What an activity says.
public struct ActivityType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Playing.
    public static let playing = ActivityType(rawValue: 0)
    /// Streaming.
    public static let streaming = ActivityType(rawValue: 1)
    /// Listening.
    public static let listening = ActivityType(rawValue: 2)
    /// Watching.
    public static let watching = ActivityType(rawValue: 3)
    /// Custom.
    public static let custom = ActivityType(rawValue: 4)
    /// Competing.
    public static let competing = ActivityType(rawValue: 5)
}

/// A line under a name (A.8).
public struct Activity: Codable, Sendable, Hashable {
    /// What is played or heard.
    @Defaulted public var name: String
    /// Its kind.
    @Defaulted public var type: ActivityType
    /// Stream address.
    public var url: String?
    /// Second line, or the text of a custom status.
    public var state: String?
    /// First line.
    public var details: String?

    /// Makes one from its parts.
    public init(
        name: String = "", type: ActivityType = .playing, url: String? = nil, state: String? = nil,
        details: String? = nil
    ) {
        self.name = name
        self.type = type
        self.url = url
        self.state = state
        self.details = details
    }
}

/// Op 8: asks for members (1.4).
public struct RequestGuildMembers: Codable, Sendable, Hashable {
    /// The guild.
    public var guildID: GuildID
    /// Prefix of the name; "" for all.
    public var query: String?
    /// Most members; needed with `query`.
    public var limit: Int?
    /// These users, at most 100.
    public var userIDs: [UserID]?
    /// Whether presences come too.
    public var presences: Bool?
    /// At most 32 bytes; comes back in the chunks.
    public var nonce: String?

    /// Makes one from its parts.
    public init(
        guildID: GuildID, query: String? = nil, limit: Int? = nil, userIDs: [UserID]? = nil,
        presences: Bool? = nil, nonce: String? = nil
    ) {
        self.guildID = guildID
        self.query = query
        self.limit = limit
        self.userIDs = userIDs
        self.presences = presences
        self.nonce = nonce
    }

    enum CodingKeys: String, CodingKey {
        case query, limit, presences, nonce
        case guildID = "guild_id"
        case userIDs = "user_ids"
    }
}
