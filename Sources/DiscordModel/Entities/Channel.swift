/// Kinds of channel (A.4).
public struct ChannelType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Text.
    public static let text = ChannelType(rawValue: 0)
    /// Direct message.
    public static let directMessage = ChannelType(rawValue: 1)
    /// Voice.
    public static let voice = ChannelType(rawValue: 2)
    /// Group direct message.
    public static let groupDirectMessage = ChannelType(rawValue: 3)
    /// Category.
    public static let category = ChannelType(rawValue: 4)
    /// Announcement.
    public static let announcement = ChannelType(rawValue: 5)
    /// Announcement thread.
    public static let announcementThread = ChannelType(rawValue: 10)
    /// Public thread.
    public static let publicThread = ChannelType(rawValue: 11)
    /// Private thread.
    public static let privateThread = ChannelType(rawValue: 12)
    /// Stage.
    public static let stage = ChannelType(rawValue: 13)
    /// Directory.
    public static let directory = ChannelType(rawValue: 14)
    /// Forum.
    public static let forum = ChannelType(rawValue: 15)
    /// Media.
    public static let media = ChannelType(rawValue: 16)
    /// Whether people can talk in it with their voice.
    public var isVoice: Bool { self == .voice || self == .stage }
    /// Whether it is a thread of another channel.
    public var isThread: Bool { (10...12).contains(rawValue) }
}

/// A channel or thread (A.4, A.5).
public struct Channel: Codable, Sendable, Hashable {
    /// The channel.
    public var id: ChannelID
    /// Its kind.
    @Defaulted public var type: ChannelType
    /// Its guild; absent inside GUILD_CREATE and in direct messages.
    public var guildID: GuildID?
    /// Its name.
    public var name: String?
    /// Place in the list.
    public var position: Int?
    /// What the channel changes in its members' permissions.
    public var permissionOverwrites: [PermissionOverwrite]?
    /// Category, or the channel of a thread.
    @Nullable public var parentID: ChannelID?
    /// Whether it is age-restricted.
    public var nsfw: Bool?
    /// Channel flags.
    public var flags: Int?
    /// Topic line.
    @Nullable public var topic: String?
    /// The newest message.
    @Nullable public var lastMessageID: MessageID?
    /// When a message was last pinned, ISO 8601.
    public var lastPinTimestamp: String?
    /// Slow mode, seconds.
    public var rateLimitPerUser: Int?
    /// Bits per second of a voice channel.
    public var bitrate: Int?
    /// Most users of a voice channel, 0 for no limit.
    public var userLimit: Int?
    /// Voice region, absent for automatic.
    public var rtcRegion: String?
    /// Camera quality.
    public var videoQualityMode: Int?
    /// The people of a direct message.
    public var recipients: [User]?
    /// Who started the thread.
    public var ownerID: UserID?
    /// Messages in the thread.
    public var messageCount: Int?
    /// Members of the thread, at most 50.
    public var memberCount: Int?
    /// Messages ever sent in the thread.
    public var totalMessageSent: Int?
    /// State of the thread.
    public var threadMetadata: ThreadMetadata?
    /// The bot's own membership of the thread.
    public var member: ThreadMember?
    /// Tags of a forum.
    public var availableTags: [JSONValue]?
    /// Reaction offered on forum posts.
    public var defaultReactionEmoji: JSONValue?
    /// Order of forum posts.
    public var defaultSortOrder: Int?
    /// Layout of a forum.
    public var defaultForumLayout: Int?
    /// Slow mode of new threads, seconds.
    public var defaultThreadRateLimitPerUser: Int?
    /// Minutes until new threads are archived.
    public var defaultAutoArchiveDuration: Int?
    /// The invoker's permissions, in interactions.
    public var permissions: Permissions?
    /// The bot's permissions, in interactions.
    public var appPermissions: Permissions?

    /// Makes one from its parts.
    public init(
        id: ChannelID, type: ChannelType = .text, guildID: GuildID? = nil, name: String? = nil,
        position: Int? = nil, permissionOverwrites: [PermissionOverwrite]? = nil, parentID: ChannelID? = nil,
        nsfw: Bool? = nil, flags: Int? = nil, topic: String? = nil, lastMessageID: MessageID? = nil,
        lastPinTimestamp: String? = nil, rateLimitPerUser: Int? = nil, bitrate: Int? = nil,
        userLimit: Int? = nil, rtcRegion: String? = nil, videoQualityMode: Int? = nil,
        recipients: [User]? = nil, ownerID: UserID? = nil, messageCount: Int? = nil, memberCount: Int? = nil,
        totalMessageSent: Int? = nil, threadMetadata: ThreadMetadata? = nil, member: ThreadMember? = nil,
        availableTags: [JSONValue]? = nil, defaultReactionEmoji: JSONValue? = nil,
        defaultSortOrder: Int? = nil, defaultForumLayout: Int? = nil,
        defaultThreadRateLimitPerUser: Int? = nil, defaultAutoArchiveDuration: Int? = nil,
        permissions: Permissions? = nil, appPermissions: Permissions? = nil
    ) {
        self.id = id
        self.type = type
        self.guildID = guildID
        self.name = name
        self.position = position
        self.permissionOverwrites = permissionOverwrites
        self.parentID = parentID
        self.nsfw = nsfw
        self.flags = flags
        self.topic = topic
        self.lastMessageID = lastMessageID
        self.lastPinTimestamp = lastPinTimestamp
        self.rateLimitPerUser = rateLimitPerUser
        self.bitrate = bitrate
        self.userLimit = userLimit
        self.rtcRegion = rtcRegion
        self.videoQualityMode = videoQualityMode
        self.recipients = recipients
        self.ownerID = ownerID
        self.messageCount = messageCount
        self.memberCount = memberCount
        self.totalMessageSent = totalMessageSent
        self.threadMetadata = threadMetadata
        self.member = member
        self.availableTags = availableTags
        self.defaultReactionEmoji = defaultReactionEmoji
        self.defaultSortOrder = defaultSortOrder
        self.defaultForumLayout = defaultForumLayout
        self.defaultThreadRateLimitPerUser = defaultThreadRateLimitPerUser
        self.defaultAutoArchiveDuration = defaultAutoArchiveDuration
        self.permissions = permissions
        self.appPermissions = appPermissions
    }

    enum CodingKeys: String, CodingKey {
        case id, type, name, position, nsfw, flags, topic, bitrate, recipients, member, permissions
        case guildID = "guild_id"
        case permissionOverwrites = "permission_overwrites"
        case parentID = "parent_id"
        case lastMessageID = "last_message_id"
        case lastPinTimestamp = "last_pin_timestamp"
        case rateLimitPerUser = "rate_limit_per_user"
        case userLimit = "user_limit"
        case rtcRegion = "rtc_region"
        case videoQualityMode = "video_quality_mode"
        case ownerID = "owner_id"
        case messageCount = "message_count"
        case memberCount = "member_count"
        case totalMessageSent = "total_message_sent"
        case threadMetadata = "thread_metadata"
        case availableTags = "available_tags"
        case defaultReactionEmoji = "default_reaction_emoji"
        case defaultSortOrder = "default_sort_order"
        case defaultForumLayout = "default_forum_layout"
        case defaultThreadRateLimitPerUser = "default_thread_rate_limit_per_user"
        case defaultAutoArchiveDuration = "default_auto_archive_duration"
        case appPermissions = "app_permissions"
    }
}

/// Whom an overwrite is for.
public struct PermissionOverwriteType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Role.
    public static let role = PermissionOverwriteType(rawValue: 0)
    /// Member.
    public static let member = PermissionOverwriteType(rawValue: 1)
}

/// A channel's change to the permissions of a role or member.
public struct PermissionOverwrite: Codable, Sendable, Hashable {
    /// The role or user.
    public var id: Snowflake<AnyTag>
    /// Which of the two.
    @Defaulted public var type: PermissionOverwriteType
    /// Bits it adds.
    @Defaulted public var allow: Permissions
    /// Bits it takes away.
    @Defaulted public var deny: Permissions

    /// Makes one from its parts.
    public init(
        id: Snowflake<AnyTag>, type: PermissionOverwriteType = .role, allow: Permissions = [],
        deny: Permissions = []
    ) {
        self.id = id
        self.type = type
        self.allow = allow
        self.deny = deny
    }
}

/// State of a thread.
public struct ThreadMetadata: Codable, Sendable, Hashable {
    /// Whether it is archived.
    @Defaulted public var archived: Bool
    /// Minutes of silence until it is archived.
    @Defaulted public var autoArchiveDuration: Int
    /// When that last changed, ISO 8601.
    @Defaulted public var archiveTimestamp: String
    /// Whether only moderators may open it again.
    @Defaulted public var locked: Bool
    /// Whether members may add others, private threads only.
    public var invitable: Bool?
    /// When it was made, ISO 8601.
    public var createTimestamp: String?

    /// Makes one from its parts.
    public init(
        archived: Bool = false, autoArchiveDuration: Int = 1440, archiveTimestamp: String = "",
        locked: Bool = false, invitable: Bool? = nil, createTimestamp: String? = nil
    ) {
        self.archived = archived
        self.autoArchiveDuration = autoArchiveDuration
        self.archiveTimestamp = archiveTimestamp
        self.locked = locked
        self.invitable = invitable
        self.createTimestamp = createTimestamp
    }

    enum CodingKeys: String, CodingKey {
        case archived, locked, invitable
        case autoArchiveDuration = "auto_archive_duration"
        case archiveTimestamp = "archive_timestamp"
        case createTimestamp = "create_timestamp"
    }
}

/// A user in a thread (A.10).
public struct ThreadMember: Codable, Sendable, Hashable {
    /// The thread.
    public var id: ChannelID?
    /// The user.
    public var userID: UserID?
    /// When the user joined, ISO 8601.
    @Defaulted public var joinTimestamp: String
    /// Notification settings.
    @Defaulted public var flags: Int

    /// Makes one from its parts.
    public init(id: ChannelID? = nil, userID: UserID? = nil, joinTimestamp: String = "", flags: Int = 0) {
        self.id = id
        self.userID = userID
        self.joinTimestamp = joinTimestamp
        self.flags = flags
    }

    enum CodingKeys: String, CodingKey {
        case id, flags
        case userID = "user_id"
        case joinTimestamp = "join_timestamp"
    }
}
