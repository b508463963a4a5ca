public import DiscordModel
import Synchronization

/// What a bot has to know about its guilds to act: names, roles, voice channels and who sits where. Kept up to date from
/// gateway events, freed with the guild.
public final class GuildDirectory: Sendable {
    private struct State {
        var me: UserID?
        var guilds: [GuildID: GuildRecord] = [:]
    }

    private let state = Mutex(State())

    /// An empty directory.
    public init() {}

    /// The bot's own account, once READY has come.
    public var me: UserID? { state.withLock { $0.me } }

    /// How many guilds are known.
    public var count: Int { state.withLock { $0.guilds.count } }

    /// What is known about a guild.
    public func guild(_ id: GuildID) -> GuildRecord? { state.withLock { $0.guilds[id] } }

    /// The voice channel a user sits in.
    public func voiceChannel(of user: UserID, in guild: GuildID) -> ChannelID? {
        state.withLock { $0.guilds[guild]?.voice[user]?.channel }
    }

    /// What the bot may do in a voice channel; nil when the guild or channel is unknown.
    public func botPermissions(in channel: ChannelID, of guild: GuildID) -> Permissions? {
        state.withLock { state in
            guard let me = state.me, let record = state.guilds[guild] else { return nil }
            return record.permissions(of: me, in: channel)
        }
    }

    /// Takes note of an event.
    public func apply(_ event: GatewayEvent) {
        state.withLock { state in
            switch event {
            case .ready(let ready): state.me = ready.user.id
            case .guildCreate(let guild):
                if guild.unavailable != true { state.guilds[guild.id] = GuildRecord(guild, me: state.me) }
            case .guildUpdate(let guild): state.guilds[guild.id]?.update(guild)
            case .guildDelete(let guild):
                // In an outage the guild comes back with GUILD_CREATE; what is known stays good until then.
                if guild.unavailable != true { state.guilds[guild.id] = nil }
            case .channelCreate(let channel), .channelUpdate(let channel):
                if let guild = channel.guildID { state.guilds[guild]?.set(channel) }
            case .channelDelete(let channel):
                if let guild = channel.guildID { state.guilds[guild]?.channels[channel.id] = nil }
            case .roleCreate(let change), .roleUpdate(let change): state.guilds[change.guildID]?.set(change.role)
            case .roleDelete(let change): state.guilds[change.guildID]?.remove(change.roleID)
            case .memberUpdate(let member):
                guard let guild = member.guildID, let user = member.user?.id, user == state.me else { return }
                state.guilds[guild]?.botRoles = member.roles
            case .memberRemove(let removal): state.guilds[removal.guildID]?.voice[removal.user.id] = nil
            case .voiceStateUpdate(let voice):
                if let guild = voice.guildID { state.guilds[guild]?.set(voice) }
            default: break
            }
        }
    }
}
