/// Where a user is in voice (A.9).
public struct VoiceState: Codable, Sendable, Hashable {
    /// The guild; absent inside GUILD_CREATE.
    public var guildID: GuildID?
    /// The channel; nil when the user left.
    @Nullable public var channelID: ChannelID?
    /// The user.
    public var userID: UserID
    /// The user's membership.
    public var member: Member?
    /// The voice session.
    @Defaulted public var sessionID: String
    /// Deafened by a moderator.
    @Defaulted public var deaf: Bool
    /// Muted by a moderator.
    @Defaulted public var mute: Bool
    /// Deafened by the user.
    @Defaulted public var selfDeaf: Bool
    /// Muted by the user.
    @Defaulted public var selfMute: Bool
    /// Shares the screen.
    public var selfStream: Bool?
    /// Camera is on.
    @Defaulted public var selfVideo: Bool
    /// May not speak (stage audience).
    @Defaulted public var suppress: Bool
    /// When the user raised the hand, ISO 8601.
    @Nullable public var requestToSpeakTimestamp: String?

    /// Makes one from its parts.
    public init(
        guildID: GuildID? = nil, channelID: ChannelID? = nil, userID: UserID, member: Member? = nil,
        sessionID: String = "", deaf: Bool = false, mute: Bool = false, selfDeaf: Bool = false,
        selfMute: Bool = false, selfStream: Bool? = nil, selfVideo: Bool = false, suppress: Bool = false,
        requestToSpeakTimestamp: String? = nil
    ) {
        self.guildID = guildID
        self.channelID = channelID
        self.userID = userID
        self.member = member
        self.sessionID = sessionID
        self.deaf = deaf
        self.mute = mute
        self.selfDeaf = selfDeaf
        self.selfMute = selfMute
        self.selfStream = selfStream
        self.selfVideo = selfVideo
        self.suppress = suppress
        self.requestToSpeakTimestamp = requestToSpeakTimestamp
    }

    enum CodingKeys: String, CodingKey {
        case member, deaf, mute, suppress
        case guildID = "guild_id"
        case channelID = "channel_id"
        case userID = "user_id"
        case sessionID = "session_id"
        case selfDeaf = "self_deaf"
        case selfMute = "self_mute"
        case selfStream = "self_stream"
        case selfVideo = "self_video"
        case requestToSpeakTimestamp = "request_to_speak_timestamp"
    }
}

/// VOICE_SERVER_UPDATE: where to open the voice connection (4.1).
public struct VoiceServerUpdate: Codable, Sendable, Hashable {
    /// Secret of this voice connection.
    @Defaulted public var token: String
    /// The guild.
    public var guildID: GuildID
    /// host:port; nil means wait for the next one.
    @Nullable public var endpoint: String?

    /// Makes one from its parts.
    public init(token: String = "", guildID: GuildID, endpoint: String? = nil) {
        self.token = token
        self.guildID = guildID
        self.endpoint = endpoint
    }

    enum CodingKeys: String, CodingKey {
        case token, endpoint
        case guildID = "guild_id"
    }
}

/// Gateway op 4: join, move or leave a voice channel.
public struct VoiceStateUpdateRequest: Codable, Sendable, Hashable {
    /// The guild.
    public var guildID: GuildID
    /// Where to go; nil leaves.
    @Nullable public var channelID: ChannelID?
    /// Muted by the bot itself.
    @Defaulted public var selfMute: Bool
    /// Deafened by the bot itself.
    @Defaulted public var selfDeaf: Bool

    /// Makes one from its parts.
    public init(guildID: GuildID, channelID: ChannelID? = nil, selfMute: Bool = false, selfDeaf: Bool = false) {
        self.guildID = guildID
        self.channelID = channelID
        self.selfMute = selfMute
        self.selfDeaf = selfDeaf
    }

    enum CodingKeys: String, CodingKey {
        case guildID = "guild_id"
        case channelID = "channel_id"
        case selfMute = "self_mute"
        case selfDeaf = "self_deaf"
    }
}
