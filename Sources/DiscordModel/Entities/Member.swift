/// A user in a guild (A.2).
public struct Member: Codable, Sendable, Hashable {
    /// The account; absent in messages and resolved data.
    public var user: User?
    /// Nickname in this guild.
    @Nullable public var nick: String?
    /// Hash of the guild avatar.
    @Nullable public var avatar: String?
    /// Hash of the guild banner.
    @Nullable public var banner: String?
    /// Roles, without @everyone.
    @Lossy public var roles: [RoleID]
    /// When the user joined, ISO 8601.
    @Nullable public var joinedAt: String?
    /// Since when the user boosts, ISO 8601.
    @Nullable public var premiumSince: String?
    /// Whether a moderator deafened the user.
    @Defaulted public var deaf: Bool
    /// Whether a moderator muted the user.
    @Defaulted public var mute: Bool
    /// Member flags.
    @Defaulted public var flags: Int
    /// Whether the membership screening is still open.
    @Defaulted public var pending: Bool
    /// End of a time-out, ISO 8601.
    @Nullable public var communicationDisabledUntil: String?
    /// Permissions in the channel of an interaction.
    public var permissions: Permissions?
    /// The guild, in member events.
    public var guildID: GuildID?

    /// Makes one from its parts.
    public init(
        user: User? = nil, nick: String? = nil, avatar: String? = nil, banner: String? = nil,
        roles: [RoleID] = [], joinedAt: String? = nil, premiumSince: String? = nil, deaf: Bool = false,
        mute: Bool = false, flags: Int = 0, pending: Bool = false, communicationDisabledUntil: String? = nil,
        permissions: Permissions? = nil, guildID: GuildID? = nil
    ) {
        self.user = user
        self.nick = nick
        self.avatar = avatar
        self.banner = banner
        self.roles = roles
        self.joinedAt = joinedAt
        self.premiumSince = premiumSince
        self.deaf = deaf
        self.mute = mute
        self.flags = flags
        self.pending = pending
        self.communicationDisabledUntil = communicationDisabledUntil
        self.permissions = permissions
        self.guildID = guildID
    }

    enum CodingKeys: String, CodingKey {
        case user, nick, avatar, banner, roles, deaf, mute, flags, pending, permissions
        case joinedAt = "joined_at"
        case premiumSince = "premium_since"
        case communicationDisabledUntil = "communication_disabled_until"
        case guildID = "guild_id"
    }

    /// The name to show: nickname, chosen name or account name.
    public var displayName: String { nick ?? user?.displayName ?? "" }
}

/// A membership without its user, as in MESSAGE_CREATE and `resolved.members`.
public struct MessageMember: Codable, Sendable, Hashable {
    /// Nickname in this guild.
    @Nullable public var nick: String?
    /// Hash of the guild avatar.
    @Nullable public var avatar: String?
    /// Hash of the guild banner.
    @Nullable public var banner: String?
    /// Roles, without @everyone.
    @Lossy public var roles: [RoleID]
    /// When the user joined, ISO 8601.
    @Nullable public var joinedAt: String?
    /// Since when the user boosts, ISO 8601.
    @Nullable public var premiumSince: String?
    /// Whether a moderator deafened the user.
    public var deaf: Bool?
    /// Whether a moderator muted the user.
    public var mute: Bool?
    /// Member flags.
    @Defaulted public var flags: Int
    /// Whether the membership screening is still open.
    @Defaulted public var pending: Bool
    /// End of a time-out, ISO 8601.
    @Nullable public var communicationDisabledUntil: String?
    /// Permissions in the channel of an interaction.
    public var permissions: Permissions?

    /// Makes one from its parts.
    public init(
        nick: String? = nil, avatar: String? = nil, banner: String? = nil, roles: [RoleID] = [],
        joinedAt: String? = nil, premiumSince: String? = nil, deaf: Bool? = nil, mute: Bool? = nil,
        flags: Int = 0, pending: Bool = false, communicationDisabledUntil: String? = nil,
        permissions: Permissions? = nil
    ) {
        self.nick = nick
        self.avatar = avatar
        self.banner = banner
        self.roles = roles
        self.joinedAt = joinedAt
        self.premiumSince = premiumSince
        self.deaf = deaf
        self.mute = mute
        self.flags = flags
        self.pending = pending
        self.communicationDisabledUntil = communicationDisabledUntil
        self.permissions = permissions
    }

    enum CodingKeys: String, CodingKey {
        case nick, avatar, banner, roles, deaf, mute, flags, pending, permissions
        case joinedAt = "joined_at"
        case premiumSince = "premium_since"
        case communicationDisabledUntil = "communication_disabled_until"
    }
}
