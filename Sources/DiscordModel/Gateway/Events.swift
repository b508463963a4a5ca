/// READY: the first event of a session (1.8).
public struct Ready: Codable, Sendable, Hashable {
    /// Version.
    @Defaulted public var v: Int
    /// The bot.
    public var user: User
    /// Guilds of this shard.
    @Lossy public var guilds: [UnavailableGuild]
    /// Needed to resume.
    public var sessionID: String
    /// Where to resume.
    public var resumeGatewayURL: String
    /// Id and count.
    public var shard: [Int]?
    /// The application.
    public var application: PartialApplication

    /// Makes one from its parts.
    public init(
        v: Int = 10, user: User, guilds: [UnavailableGuild] = [], sessionID: String, resumeGatewayURL: String,
        shard: [Int]? = nil, application: PartialApplication
    ) {
        self.v = v
        self.user = user
        self.guilds = guilds
        self.sessionID = sessionID
        self.resumeGatewayURL = resumeGatewayURL
        self.shard = shard
        self.application = application
    }

    enum CodingKeys: String, CodingKey {
        case v, user, guilds, shard, application
        case sessionID = "session_id"
        case resumeGatewayURL = "resume_gateway_url"
    }
}

/// GUILD_MEMBERS_CHUNK: answer to op 8.
public struct GuildMembersChunk: Codable, Sendable, Hashable {
    /// The guild.
    public var guildID: GuildID
    /// At most 1000.
    @Lossy public var members: [Member]
    /// Which part.
    @Defaulted public var chunkIndex: Int
    /// How many parts.
    @Defaulted public var chunkCount: Int
    /// Asked users that are not members.
    public var notFound: [JSONValue]?
    /// From the request.
    public var nonce: String?

    /// Makes one from its parts.
    public init(
        guildID: GuildID, members: [Member] = [], chunkIndex: Int = 0, chunkCount: Int = 1,
        notFound: [JSONValue]? = nil, nonce: String? = nil
    ) {
        self.guildID = guildID
        self.members = members
        self.chunkIndex = chunkIndex
        self.chunkCount = chunkCount
        self.notFound = notFound
        self.nonce = nonce
    }

    enum CodingKeys: String, CodingKey {
        case members, nonce
        case guildID = "guild_id"
        case chunkIndex = "chunk_index"
        case chunkCount = "chunk_count"
        case notFound = "not_found"
    }
}

/// GUILD_MEMBER_REMOVE: a user left.
public struct GuildMemberRemove: Codable, Sendable, Hashable {
    /// The guild.
    public var guildID: GuildID
    /// Who left.
    public var user: User

    /// Makes one from its parts.
    public init(guildID: GuildID, user: User) {
        self.guildID = guildID
        self.user = user
    }

    enum CodingKeys: String, CodingKey {
        case user
        case guildID = "guild_id"
    }
}

/// GUILD_ROLE_CREATE and GUILD_ROLE_UPDATE.
public struct GuildRoleChange: Codable, Sendable, Hashable {
    /// The guild.
    public var guildID: GuildID
    /// The role.
    public var role: Role

    /// Makes one from its parts.
    public init(guildID: GuildID, role: Role) {
        self.guildID = guildID
        self.role = role
    }

    enum CodingKeys: String, CodingKey {
        case role
        case guildID = "guild_id"
    }
}

/// GUILD_ROLE_DELETE.
public struct GuildRoleDelete: Codable, Sendable, Hashable {
    /// The guild.
    public var guildID: GuildID
    /// The role.
    public var roleID: RoleID

    /// Makes one from its parts.
    public init(guildID: GuildID, roleID: RoleID) {
        self.guildID = guildID
        self.roleID = roleID
    }

    enum CodingKeys: String, CodingKey {
        case guildID = "guild_id"
        case roleID = "role_id"
    }
}

/// RATE_LIMITED: a gateway request was refused.
public struct GatewayRateLimited: Codable, Sendable, Hashable {
    /// Which request.
    public var opcode: GatewayOpcode
    /// Seconds to wait.
    @Defaulted public var retryAfter: Double
    /// Guild and nonce of the request.
    public var meta: JSONValue?

    /// Makes one from its parts.
    public init(opcode: GatewayOpcode, retryAfter: Double = 0, meta: JSONValue? = nil) {
        self.opcode = opcode
        self.retryAfter = retryAfter
        self.meta = meta
    }

    enum CodingKeys: String, CodingKey {
        case opcode, meta
        case retryAfter = "retry_after"
    }
}
