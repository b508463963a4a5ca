public import DiscordModel
import Synchronization

/// What a music bot needs to know of its guilds, kept from events: channels, roles, who is in voice, and members that
/// were seen there. A guild's part is freed when the bot leaves it.
public final class GuildCache: Sendable {
    private let state: Mutex<GuildCacheState>

    /// An empty cache that keeps at most so many guilds, and so many members in each besides those in voice.
    public init(maximumGuilds: Int = 100_000, maximumMembers: Int = 200) {
        state = Mutex(GuildCacheState(maximumGuilds: maximumGuilds, maximumMembers: maximumMembers))
    }

    /// Takes in an event; in the order of its shard, before the event is acted on.
    public func apply(_ event: GatewayEvent) { state.withLock { $0.apply(event) } }

    /// The bot's own account, once READY came.
    public var ownUser: User? { state.withLock { $0.ownUser } }
    /// The ids of all known guilds.
    public var guilds: [GuildID] { state.withLock { Array($0.guilds.keys) } }
    /// What is known of a guild.
    public func guild(_ id: GuildID) -> CachedGuild? { state.withLock { $0.guilds[id] } }

    /// A channel or thread of a guild.
    public func channel(_ id: ChannelID, in guild: GuildID) -> Channel? {
        state.withLock { $0.guilds[guild]?.channels[id] }
    }

    /// Where a user is in voice.
    public func voiceState(of user: UserID, in guild: GuildID) -> VoiceState? {
        state.withLock { $0.guilds[guild]?.voiceStates[user] }
    }

    /// Who is in a voice channel.
    public func voiceStates(in channel: ChannelID, of guild: GuildID) -> [VoiceState] {
        state.withLock { $0.guilds[guild]?.voiceStates.values.filter { $0.channelID == channel } ?? [] }
    }

    /// A member that was seen.
    public func member(_ user: UserID, in guild: GuildID) -> Member? {
        state.withLock { $0.guilds[guild]?.members[user] }
    }

    /// What a member may do in a channel; nil when guild, channel or member are not known.
    public func permissions(of user: UserID, in channel: ChannelID, of guild: GuildID) -> Permissions? {
        state.withLock { $0.guilds[guild]?.permissions(of: user, in: channel) }
    }

    /// What the bot itself may do in a channel; nil when guild or channel are not known.
    public func ownPermissions(in channel: ChannelID, of guild: GuildID) -> Permissions? {
        state.withLock { state in
            guard let user = state.ownUser?.id else { return nil }
            return state.guilds[guild]?.permissions(of: user, in: channel)
        }
    }
}

/// What is kept of one guild.
public struct CachedGuild: Sendable, Hashable {
    /// The guild.
    public var id: GuildID
    /// Its name.
    public var name: String
    /// Who owns it.
    public var ownerID: UserID?
    /// Language of the community.
    public var preferredLocale: String
    /// Whether Discord cannot serve it now.
    public var isUnavailable = false
    /// Its roles.
    public var roles: [RoleID: Role]
    /// Its channels and threads.
    public var channels: [ChannelID: Channel]
    /// Who is in voice.
    public var voiceStates: [UserID: VoiceState]
    /// Members that were seen.
    public var members: [UserID: Member]

    /// What a member may do in a channel (Appendix B); threads take the permissions of their parent.
    public func permissions(of user: UserID, in channel: ChannelID) -> Permissions? {
        guard let channel = channels[channel] else { return nil }
        let member = members[user]
        guard member != nil || user == ownerID else { return nil }
        let own = member?.roles ?? []
        let parent = channel.type.isThread ? channel.parentID.flatMap { channels[$0] } : channel
        let base = Permissions.compute(
            user: user, roles: own, guild: id, owner: ownerID, guildRoles: Array(roles.values))
        return Permissions.compute(
            base: base, user: user, roles: own, guild: id, overwrites: parent?.permissionOverwrites ?? [],
            channelType: channel.type)
    }
}
