/// A guild, as in GUILD_CREATE (A.6); an unavailable one has only its id.
public struct Guild: Codable, Sendable, Hashable {
    /// The guild.
    public var id: GuildID
    /// Its name.
    @Defaulted public var name: String
    /// Hash of the icon.
    @Nullable public var icon: String?
    /// Hash of the invite image.
    @Nullable public var splash: String?
    /// Hash of the discovery image.
    @Nullable public var discoverySplash: String?
    /// Who owns it.
    public var ownerID: UserID?
    /// Old voice region.
    @Nullable public var region: String?
    /// Where idle voice users are moved to.
    @Nullable public var afkChannelID: ChannelID?
    /// Seconds until they are.
    @Defaulted public var afkTimeout: Int
    /// Whether the widget is on.
    public var widgetEnabled: Bool?
    /// Where the widget's invites lead.
    @Nullable public var widgetChannelID: ChannelID?
    /// What is asked of members before they may write.
    @Defaulted public var verificationLevel: Int
    /// 0 all messages, 1 mentions.
    @Defaulted public var defaultMessageNotifications: Int
    /// Which media is scanned.
    @Defaulted public var explicitContentFilter: Int
    /// Roles with @everyone.
    @Lossy public var roles: [Role]
    /// Custom emoji.
    @Lossy public var emojis: [Emoji]
    /// Enabled features.
    @Lossy public var features: [String]
    /// Whether moderators need two-factor login.
    @Defaulted public var mfaLevel: Int
    /// The bot that made the guild.
    @Nullable public var applicationID: ApplicationID?
    /// Where join messages go.
    @Nullable public var systemChannelID: ChannelID?
    /// Which of them are off.
    @Defaulted public var systemChannelFlags: Int
    /// Where the rules are.
    @Nullable public var rulesChannelID: ChannelID?
    /// Most presences.
    @Nullable public var maxPresences: Int?
    /// Most members.
    public var maxMembers: Int?
    /// Code of the vanity invite.
    @Nullable public var vanityURLCode: String?
    /// What the guild is about.
    @Nullable public var description: String?
    /// Hash of the banner.
    @Nullable public var banner: String?
    /// Boost level 0 to 3.
    @Defaulted public var premiumTier: Int
    /// Boosts.
    public var premiumSubscriptionCount: Int?
    /// Language of the community.
    @Defaulted public var preferredLocale: String
    /// Where Discord's notices go.
    @Nullable public var publicUpdatesChannelID: ChannelID?
    /// Most users with camera in a voice channel.
    public var maxVideoChannelUsers: Int?
    /// The same in a stage.
    public var maxStageVideoChannelUsers: Int?
    /// Age restriction.
    @Defaulted public var nsfwLevel: Int
    /// Old form of the age restriction.
    public var nsfw: Bool?
    /// Custom stickers.
    @Lossy public var stickers: [JSONValue]
    /// Whether the boost bar is shown.
    public var premiumProgressBarEnabled: Bool?
    /// Where safety alerts go.
    @Nullable public var safetyAlertsChannelID: ChannelID?
    /// When the bot joined, ISO 8601.
    public var joinedAt: String?
    /// Whether the member list is cut.
    public var large: Bool?
    /// Whether Discord cannot serve it now.
    public var unavailable: Bool?
    /// Members.
    public var memberCount: Int?
    /// Who is in voice; entries have no guild id.
    @Lossy public var voiceStates: [VoiceState]
    /// Members that were sent.
    @Lossy public var members: [Member]
    /// Channels.
    @Lossy public var channels: [Channel]
    /// Active threads.
    @Lossy public var threads: [Channel]
    /// Presences of members.
    @Lossy public var presences: [JSONValue]
    /// Live stages.
    @Lossy public var stageInstances: [JSONValue]
    /// Planned events.
    @Lossy public var guildScheduledEvents: [JSONValue]
    /// Sounds.
    @Lossy public var soundboardSounds: [JSONValue]

    /// Makes one from its parts.
    public init(
        id: GuildID, name: String = "", icon: String? = nil, splash: String? = nil,
        discoverySplash: String? = nil, ownerID: UserID? = nil, region: String? = nil,
        afkChannelID: ChannelID? = nil, afkTimeout: Int = 300, widgetEnabled: Bool? = nil,
        widgetChannelID: ChannelID? = nil, verificationLevel: Int = 0, defaultMessageNotifications: Int = 0,
        explicitContentFilter: Int = 0, roles: [Role] = [], emojis: [Emoji] = [], features: [String] = [],
        mfaLevel: Int = 0, applicationID: ApplicationID? = nil, systemChannelID: ChannelID? = nil,
        systemChannelFlags: Int = 0, rulesChannelID: ChannelID? = nil, maxPresences: Int? = nil,
        maxMembers: Int? = nil, vanityURLCode: String? = nil, description: String? = nil,
        banner: String? = nil, premiumTier: Int = 0, premiumSubscriptionCount: Int? = nil,
        preferredLocale: String = "en-US", publicUpdatesChannelID: ChannelID? = nil,
        maxVideoChannelUsers: Int? = nil, maxStageVideoChannelUsers: Int? = nil, nsfwLevel: Int = 0,
        nsfw: Bool? = nil, stickers: [JSONValue] = [], premiumProgressBarEnabled: Bool? = nil,
        safetyAlertsChannelID: ChannelID? = nil, joinedAt: String? = nil, large: Bool? = nil,
        unavailable: Bool? = nil, memberCount: Int? = nil, voiceStates: [VoiceState] = [],
        members: [Member] = [], channels: [Channel] = [], threads: [Channel] = [], presences: [JSONValue] = [],
        stageInstances: [JSONValue] = [], guildScheduledEvents: [JSONValue] = [],
        soundboardSounds: [JSONValue] = []
    ) {
        self.id = id
        self.name = name
        self.icon = icon
        self.splash = splash
        self.discoverySplash = discoverySplash
        self.ownerID = ownerID
        self.region = region
        self.afkChannelID = afkChannelID
        self.afkTimeout = afkTimeout
        self.widgetEnabled = widgetEnabled
        self.widgetChannelID = widgetChannelID
        self.verificationLevel = verificationLevel
        self.defaultMessageNotifications = defaultMessageNotifications
        self.explicitContentFilter = explicitContentFilter
        self.roles = roles
        self.emojis = emojis
        self.features = features
        self.mfaLevel = mfaLevel
        self.applicationID = applicationID
        self.systemChannelID = systemChannelID
        self.systemChannelFlags = systemChannelFlags
        self.rulesChannelID = rulesChannelID
        self.maxPresences = maxPresences
        self.maxMembers = maxMembers
        self.vanityURLCode = vanityURLCode
        self.description = description
        self.banner = banner
        self.premiumTier = premiumTier
        self.premiumSubscriptionCount = premiumSubscriptionCount
        self.preferredLocale = preferredLocale
        self.publicUpdatesChannelID = publicUpdatesChannelID
        self.maxVideoChannelUsers = maxVideoChannelUsers
        self.maxStageVideoChannelUsers = maxStageVideoChannelUsers
        self.nsfwLevel = nsfwLevel
        self.nsfw = nsfw
        self.stickers = stickers
        self.premiumProgressBarEnabled = premiumProgressBarEnabled
        self.safetyAlertsChannelID = safetyAlertsChannelID
        self.joinedAt = joinedAt
        self.large = large
        self.unavailable = unavailable
        self.memberCount = memberCount
        self.voiceStates = voiceStates
        self.members = members
        self.channels = channels
        self.threads = threads
        self.presences = presences
        self.stageInstances = stageInstances
        self.guildScheduledEvents = guildScheduledEvents
        self.soundboardSounds = soundboardSounds
    }

    enum CodingKeys: String, CodingKey {
        case id, name, icon, splash, region, roles, emojis, features, description, banner, nsfw, stickers
        case large, unavailable, members, channels, threads, presences
        case discoverySplash = "discovery_splash"
        case ownerID = "owner_id"
        case afkChannelID = "afk_channel_id"
        case afkTimeout = "afk_timeout"
        case widgetEnabled = "widget_enabled"
        case widgetChannelID = "widget_channel_id"
        case verificationLevel = "verification_level"
        case defaultMessageNotifications = "default_message_notifications"
        case explicitContentFilter = "explicit_content_filter"
        case mfaLevel = "mfa_level"
        case applicationID = "application_id"
        case systemChannelID = "system_channel_id"
        case systemChannelFlags = "system_channel_flags"
        case rulesChannelID = "rules_channel_id"
        case maxPresences = "max_presences"
        case maxMembers = "max_members"
        case vanityURLCode = "vanity_url_code"
        case premiumTier = "premium_tier"
        case premiumSubscriptionCount = "premium_subscription_count"
        case preferredLocale = "preferred_locale"
        case publicUpdatesChannelID = "public_updates_channel_id"
        case maxVideoChannelUsers = "max_video_channel_users"
        case maxStageVideoChannelUsers = "max_stage_video_channel_users"
        case nsfwLevel = "nsfw_level"
        case premiumProgressBarEnabled = "premium_progress_bar_enabled"
        case safetyAlertsChannelID = "safety_alerts_channel_id"
        case joinedAt = "joined_at"
        case memberCount = "member_count"
        case voiceStates = "voice_states"
        case stageInstances = "stage_instances"
        case guildScheduledEvents = "guild_scheduled_events"
        case soundboardSounds = "soundboard_sounds"
    }
}

/// A guild of which only the id is known (READY, GUILD_DELETE).
public struct UnavailableGuild: Codable, Sendable, Hashable {
    /// The guild.
    public var id: GuildID
    /// True in an outage; absent when the bot was removed.
    public var unavailable: Bool?

    /// Makes one from its parts.
    public init(id: GuildID, unavailable: Bool? = nil) {
        self.id = id
        self.unavailable = unavailable
    }
}

/// The guild part of an interaction.
public struct PartialGuild: Codable, Sendable, Hashable {
    /// The guild.
    public var id: GuildID
    /// Language of the community.
    @Defaulted public var locale: String
    /// Enabled features.
    @Lossy public var features: [String]

    /// Makes one from its parts.
    public init(id: GuildID, locale: String = "en-US", features: [String] = []) {
        self.id = id
        self.locale = locale
        self.features = features
    }
}
