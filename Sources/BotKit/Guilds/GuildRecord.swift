public import DiscordModel

/// What is known about one guild.
public struct GuildRecord: Sendable {
    /// One channel that people can talk in with their voice.
    public struct VoiceChannel: Sendable {
        /// Its name.
        public var name: String
        /// Voice or stage.
        public var type: ChannelType
        /// Most people in it; 0 for no limit.
        public var userLimit: Int
        /// What it changes in its members' permissions.
        public var overwrites: [PermissionOverwrite]
    }

    /// Where somebody sits in voice.
    public struct Seat: Sendable {
        /// The channel.
        public var channel: ChannelID
        /// Whether it is a bot's account.
        public var isBot: Bool
    }

    /// The guild.
    public let id: GuildID
    /// Its name.
    public internal(set) var name: String
    /// Who owns it.
    public internal(set) var owner: UserID?
    /// Where idle voice users are moved to.
    public internal(set) var afkChannel: ChannelID?
    /// Its voice channels.
    public internal(set) var channels: [ChannelID: VoiceChannel] = [:]
    /// Who sits where in voice.
    public internal(set) var voice: [UserID: Seat] = [:]
    /// The bot's own roles.
    public internal(set) var botRoles: [RoleID] = []
    private var roles: [Role]

    init(_ guild: Guild, me: UserID?) {
        id = guild.id
        name = guild.name
        owner = guild.ownerID
        afkChannel = guild.afkChannelID
        roles = guild.roles
        for channel in guild.channels { set(channel) }
        let bots = Set(guild.members.compactMap { $0.user?.bot == true ? $0.user?.id : nil })
        for state in guild.voiceStates { set(state, isBot: bots.contains(state.userID)) }
        if let me, let member = guild.members.first(where: { $0.user?.id == me }) { botRoles = member.roles }
    }

    /// The people in a voice channel, bots left out.
    public func listeners(in channel: ChannelID) -> Int {
        voice.values.count { $0.channel == channel && !$0.isBot }
    }

    /// Everybody in a voice channel.
    public func occupants(of channel: ChannelID) -> Int {
        voice.values.count { $0.channel == channel }
    }

    /// Whether nobody more may join a voice channel, but for those who may move members.
    public func isFull(_ channel: ChannelID) -> Bool {
        guard let limit = channels[channel]?.userLimit, limit > 0 else { return false }
        return occupants(of: channel) >= limit
    }

    /// What the bot's account may do in a voice channel; nil when the channel is unknown.
    public func permissions(of bot: UserID, in channel: ChannelID) -> Permissions? {
        guard let facts = channels[channel] else { return nil }
        let base = Permissions.compute(user: bot, roles: botRoles, guild: id, owner: owner, guildRoles: roles)
        return Permissions.compute(
            base: base, user: bot, roles: botRoles, guild: id, overwrites: facts.overwrites, channelType: facts.type)
    }

    mutating func update(_ guild: Guild) {
        name = guild.name
        owner = guild.ownerID ?? owner
        afkChannel = guild.afkChannelID
        if !guild.roles.isEmpty { roles = guild.roles }
    }

    mutating func set(_ channel: Channel) {
        guard channel.type.isVoice else {
            channels[channel.id] = nil
            return
        }
        channels[channel.id] = VoiceChannel(
            name: channel.name ?? "", type: channel.type, userLimit: channel.userLimit ?? 0,
            overwrites: channel.permissionOverwrites ?? [])
    }

    mutating func set(_ role: Role) {
        roles.removeAll { $0.id == role.id }
        roles.append(role)
    }

    mutating func remove(_ role: RoleID) {
        roles.removeAll { $0.id == role }
        botRoles.removeAll { $0 == role }
    }

    mutating func set(_ state: VoiceState, isBot: Bool? = nil) {
        guard let channel = state.channelID else {
            voice[state.userID] = nil
            return
        }
        let bot = isBot == true || state.member?.user?.bot == true || voice[state.userID]?.isBot == true
        voice[state.userID] = Seat(channel: channel, isBot: bot)
    }
}
