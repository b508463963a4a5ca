public import DiscordModel
internal import Networking

/// What to change about a member; what is nil stays, `.some(nil)` clears.
public struct MemberChange: Encodable, Sendable, Hashable {
    /// The nickname.
    public var nick: String??
    /// All roles.
    public var roles: [RoleID]?
    /// Whether the guild mutes the member's voice.
    public var mute: Bool?
    /// Whether the guild deafens the member.
    public var deaf: Bool?
    /// The voice channel to move to; `.some(nil)` disconnects.
    public var channelID: ChannelID??
    /// Until when the member may not speak, ISO 8601.
    public var communicationDisabledUntil: String??

    /// A change of the given parts.
    public init(
        nick: String?? = nil, roles: [RoleID]? = nil, mute: Bool? = nil, deaf: Bool? = nil,
        channelID: ChannelID?? = nil,
        communicationDisabledUntil: String?? = nil
    ) {
        self.nick = nick
        self.roles = roles
        self.mute = mute
        self.deaf = deaf
        self.channelID = channelID
        self.communicationDisabledUntil = communicationDisabledUntil
    }

    private enum CodingKeys: String, CodingKey {
        case nick, roles, mute, deaf
        case channelID = "channel_id"
        case communicationDisabledUntil = "communication_disabled_until"
    }

    /// Writes only what changes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let nick { try container.encode(nick, forKey: .nick) }
        try container.encodeIfPresent(roles, forKey: .roles)
        try container.encodeIfPresent(mute, forKey: .mute)
        try container.encodeIfPresent(deaf, forKey: .deaf)
        if let channelID { try container.encode(channelID, forKey: .channelID) }
        if let until = communicationDisabledUntil { try container.encode(until, forKey: .communicationDisabledUntil) }
    }
}

/// Channels, guilds and members.
extension DiscordREST {
    /// A channel.
    public func channel(_ channel: ChannelID) async throws(DiscordError) -> Channel {
        try await send(Route(.get, "/channels/{channel}", ["\(channel)"], major: "channel/\(channel)"))
    }

    /// Makes the bot a speaker of the stage it is in, or part of its audience; speaking needs Mute Members there.
    public func setSpeaking(_ speaks: Bool, on stage: ChannelID, of guild: GuildID) async throws(DiscordError) {
        struct Body: Encodable {
            var channel_id: ChannelID
            var suppress: Bool
        }
        try await perform(
            Route(.patch, "/guilds/{guild}/voice-states/@me", ["\(guild)"], major: "guild/\(guild)"),
            body: .json(Body(channel_id: stage, suppress: !speaks)))
    }

    /// Sets the line under a voice channel's name, at most 500 characters; nil clears it.
    public func setVoiceStatus(
        of channel: ChannelID, to status: String?, options: RequestOptions = RequestOptions(priority: .background)
    ) async throws(DiscordError) {
        struct Body: Encodable {
            @Nullable var status: String?
        }
        try await perform(
            Route(.put, "/channels/{channel}/voice-status", ["\(channel)"], major: "channel/\(channel)"),
            body: .json(Body(status: status.map { String($0.prefix(500)) })), options: options)
    }

    /// A guild; channels, members and voice states come over the gateway only.
    public func guild(_ guild: GuildID, withCounts: Bool = false) async throws(DiscordError) -> Guild {
        try await send(
            Route(
                .get, "/guilds/{guild}", ["\(guild)"], major: "guild/\(guild)",
                query: [("with_counts", withCounts ? "true" : nil)]))
    }

    /// A member of a guild.
    public func member(_ user: UserID, of guild: GuildID) async throws(DiscordError) -> Member {
        try await send(Self.member(.get, "\(user)", guild))
    }

    /// Changes a member: nickname, roles, voice.
    @discardableResult
    public func editMember(
        _ user: UserID, of guild: GuildID, to change: MemberChange, reason: String? = nil
    ) async throws(DiscordError) -> Member {
        try await send(
            Self.member(.patch, "\(user)", guild), body: .json(change), options: RequestOptions(auditLogReason: reason))
    }

    /// Opens the direct-message channel with a user; the same one each time.
    public func createDirectMessage(with user: UserID) async throws(DiscordError) -> Channel {
        struct Body: Encodable {
            var recipient_id: UserID
        }
        return try await send(
            Route(.post, "/users/@me/channels"), body: .json(Body(recipient_id: user)),
            options: RequestOptions(isRepeatable: true))
    }

    private static func member(_ method: HTTPMethod, _ user: String, _ guild: GuildID) -> Route {
        Route(method, "/guilds/{guild}/members/{user}", ["\(guild)", user], major: "guild/\(guild)")
    }
}
