import DiscordModel

/// The cache as a value.
struct GuildCacheState: Sendable {
    let maximumGuilds: Int
    let maximumMembers: Int
    var ownUser: User?
    var guilds: [GuildID: CachedGuild] = [:]

    init(maximumGuilds: Int, maximumMembers: Int) {
        self.maximumGuilds = maximumGuilds
        self.maximumMembers = maximumMembers
    }

    mutating func apply(_ event: GatewayEvent) {
        switch event {
        case .ready(let ready):
            ownUser = ready.user
            // A new session sends all guilds of its shard again; those it does not name are gone.
            let named = Set(ready.guilds.map(\.id))
            let shard = ready.shard ?? [0, 1]
            let count = UInt64(max(1, shard.count == 2 ? shard[1] : 1))
            for id in guilds.keys where (id.rawValue >> 22) % count == UInt64(max(0, shard.first ?? 0)) {
                if !named.contains(id) { guilds[id] = nil }
            }
        case .userUpdate(let user): ownUser = user
        case .guildCreate(let guild): create(guild)
        case .guildUpdate(let guild):
            guard guilds[guild.id] != nil else { return }
            guilds[guild.id]?.name = guild.name
            guilds[guild.id]?.ownerID = guild.ownerID
            guilds[guild.id]?.preferredLocale = guild.preferredLocale
            guilds[guild.id]?.roles = Self.byID(guild.roles)
        case .guildDelete(let guild):
            if guild.unavailable == true { guilds[guild.id]?.isUnavailable = true } else { guilds[guild.id] = nil }
        case .channelCreate(let channel), .channelUpdate(let channel):
            if let guild = channel.guildID { guilds[guild]?.channels[channel.id] = channel }
        case .channelDelete(let channel):
            if let guild = channel.guildID { guilds[guild]?.channels[channel.id] = nil }
        case .roleCreate(let change), .roleUpdate(let change):
            guilds[change.guildID]?.roles[change.role.id] = change.role
        case .roleDelete(let change):
            guilds[change.guildID]?.roles[change.roleID] = nil
        case .memberAdd(let member), .memberUpdate(let member):
            guard let guild = member.guildID, let user = member.user?.id else { return }
            // Members nobody has met in voice need not be known.
            if guilds[guild]?.members[user] != nil { guilds[guild]?.members[user] = member }
        case .memberRemove(let change):
            guilds[change.guildID]?.members[change.user.id] = nil
            guilds[change.guildID]?.voiceStates[change.user.id] = nil
        case .membersChunk(let chunk):
            for member in chunk.members { keep(member, in: chunk.guildID) }
        case .voiceStateUpdate(let state): voice(state)
        case .interactionCreate(let interaction):
            if let guild = interaction.guildID, let member = interaction.member { keep(member, in: guild) }
        default: break
        }
    }

    private mutating func create(_ guild: Guild) {
        if guild.unavailable == true {
            guilds[guild.id]?.isUnavailable = true
            return
        }
        guard guilds[guild.id] != nil || guilds.count < maximumGuilds else { return }
        let voiceStates = Dictionary(
            guild.voiceStates.filter { $0.channelID != nil }.map { ($0.userID, $0) }, uniquingKeysWith: { $1 })
        guilds[guild.id] = CachedGuild(
            id: guild.id, name: guild.name, ownerID: guild.ownerID, preferredLocale: guild.preferredLocale,
            roles: Self.byID(guild.roles), channels: Self.byID(guild.channels + guild.threads),
            voiceStates: voiceStates,
            members: [:])
        for member in guild.members {
            guard let user = member.user?.id else { continue }
            if user == ownUser?.id || voiceStates[user] != nil { guilds[guild.id]?.members[user] = member }
        }
    }

    private mutating func voice(_ state: VoiceState) {
        guard let id = state.guildID, guilds[id] != nil else { return }
        if state.channelID == nil {
            guilds[id]?.voiceStates[state.userID] = nil
            return
        }
        var kept = state
        kept.member = nil
        guilds[id]?.voiceStates[state.userID] = kept
        if let member = state.member { guilds[id]?.members[state.userID] = member }
        trim(id)
    }

    private mutating func keep(_ member: Member, in guild: GuildID) {
        guard let user = member.user?.id, guilds[guild] != nil else { return }
        guilds[guild]?.members[user] = member
        trim(guild)
    }

    /// Forgets members above the limit, never the bot itself and never those in voice.
    private mutating func trim(_ id: GuildID) {
        guard let guild = guilds[id], guild.members.count > maximumMembers + guild.voiceStates.count + 1 else { return }
        let spare = guild.members.keys.filter { $0 != ownUser?.id && guild.voiceStates[$0] == nil }
        for user in spare.prefix(max(1, spare.count / 2)) { guilds[id]?.members[user] = nil }
    }

    private static func byID(_ roles: [Role]) -> [RoleID: Role] { Dictionary(roles.map { ($0.id, $0) }) { $1 } }
    private static func byID(_ channels: [Channel]) -> [ChannelID: Channel] {
        Dictionary(channels.map { ($0.id, $0) }) { $1 }
    }
}
