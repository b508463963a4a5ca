/// A dispatch of the main gateway (1.8).
public indirect enum GatewayEvent: Sendable, Hashable {
    /// A session began.
    case ready(Ready)
    /// A session goes on.
    case resumed
    /// A guild became known or available.
    case guildCreate(Guild)
    /// A guild changed; lists of members, channels and voice states are empty.
    case guildUpdate(Guild)
    /// A guild became unavailable, or the bot was removed.
    case guildDelete(UnavailableGuild)
    /// A channel was made.
    case channelCreate(Channel)
    /// A channel changed.
    case channelUpdate(Channel)
    /// A channel was deleted.
    case channelDelete(Channel)
    /// A role was made.
    case roleCreate(GuildRoleChange)
    /// A role changed.
    case roleUpdate(GuildRoleChange)
    /// A role was deleted.
    case roleDelete(GuildRoleDelete)
    /// A user joined a guild.
    case memberAdd(Member)
    /// A member changed.
    case memberUpdate(Member)
    /// A user left a guild.
    case memberRemove(GuildMemberRemove)
    /// Members that were asked for.
    case membersChunk(GuildMembersChunk)
    /// A user joined, moved in, left or changed in voice.
    case voiceStateUpdate(VoiceState)
    /// Where to open the voice connection.
    case voiceServerUpdate(VoiceServerUpdate)
    /// Somebody used the bot.
    case interactionCreate(Interaction)
    /// A message was sent.
    case messageCreate(Message)
    /// A message was edited.
    case messageUpdate(Message)
    /// A message was deleted.
    case messageDelete(MessageDelete)
    /// The bot's own account changed.
    case userUpdate(User)
    /// A gateway request was refused.
    case rateLimited(GatewayRateLimited)
    /// Anything else, as it came.
    case unknown(name: String, data: JSONValue)
}

extension GatewayEvent {
    /// Its name on the wire.
    public var name: String {
        switch self {
        case .resumed: "RESUMED"
        case .ready: "READY"
        case .guildCreate: "GUILD_CREATE"
        case .guildUpdate: "GUILD_UPDATE"
        case .guildDelete: "GUILD_DELETE"
        case .channelCreate: "CHANNEL_CREATE"
        case .channelUpdate: "CHANNEL_UPDATE"
        case .channelDelete: "CHANNEL_DELETE"
        case .roleCreate: "GUILD_ROLE_CREATE"
        case .roleUpdate: "GUILD_ROLE_UPDATE"
        case .roleDelete: "GUILD_ROLE_DELETE"
        case .memberAdd: "GUILD_MEMBER_ADD"
        case .memberUpdate: "GUILD_MEMBER_UPDATE"
        case .memberRemove: "GUILD_MEMBER_REMOVE"
        case .membersChunk: "GUILD_MEMBERS_CHUNK"
        case .voiceStateUpdate: "VOICE_STATE_UPDATE"
        case .voiceServerUpdate: "VOICE_SERVER_UPDATE"
        case .interactionCreate: "INTERACTION_CREATE"
        case .messageCreate: "MESSAGE_CREATE"
        case .messageUpdate: "MESSAGE_UPDATE"
        case .messageDelete: "MESSAGE_DELETE"
        case .userUpdate: "USER_UPDATE"
        case .rateLimited: "RATE_LIMITED"
        case .unknown(let name, _): name
        }
    }

    /// Its data as JSON.
    public func data() throws(ModelError) -> JSONValue {
        switch self {
        case .resumed: .object([:])
        case .ready(let data): try JSON.value(data)
        case .guildCreate(let data): try JSON.value(data)
        case .guildUpdate(let data): try JSON.value(data)
        case .guildDelete(let data): try JSON.value(data)
        case .channelCreate(let data): try JSON.value(data)
        case .channelUpdate(let data): try JSON.value(data)
        case .channelDelete(let data): try JSON.value(data)
        case .roleCreate(let data): try JSON.value(data)
        case .roleUpdate(let data): try JSON.value(data)
        case .roleDelete(let data): try JSON.value(data)
        case .memberAdd(let data): try JSON.value(data)
        case .memberUpdate(let data): try JSON.value(data)
        case .memberRemove(let data): try JSON.value(data)
        case .membersChunk(let data): try JSON.value(data)
        case .voiceStateUpdate(let data): try JSON.value(data)
        case .voiceServerUpdate(let data): try JSON.value(data)
        case .interactionCreate(let data): try JSON.value(data)
        case .messageCreate(let data): try JSON.value(data)
        case .messageUpdate(let data): try JSON.value(data)
        case .messageDelete(let data): try JSON.value(data)
        case .userUpdate(let data): try JSON.value(data)
        case .rateLimited(let data): try JSON.value(data)
        case .unknown(_, let data): data
        }
    }

    /// Reads the data of a dispatch from whatever source `read` stands for.
    static func make(name: String, read: DataReader) throws(ModelError) -> GatewayEvent {
        switch name {
        case "RESUMED": .resumed
        case "READY": .ready(try read(Ready.self))
        case "GUILD_CREATE": .guildCreate(try read(Guild.self))
        case "GUILD_UPDATE": .guildUpdate(try read(Guild.self))
        case "GUILD_DELETE": .guildDelete(try read(UnavailableGuild.self))
        case "CHANNEL_CREATE": .channelCreate(try read(Channel.self))
        case "CHANNEL_UPDATE": .channelUpdate(try read(Channel.self))
        case "CHANNEL_DELETE": .channelDelete(try read(Channel.self))
        case "GUILD_ROLE_CREATE": .roleCreate(try read(GuildRoleChange.self))
        case "GUILD_ROLE_UPDATE": .roleUpdate(try read(GuildRoleChange.self))
        case "GUILD_ROLE_DELETE": .roleDelete(try read(GuildRoleDelete.self))
        case "GUILD_MEMBER_ADD": .memberAdd(try read(Member.self))
        case "GUILD_MEMBER_UPDATE": .memberUpdate(try read(Member.self))
        case "GUILD_MEMBER_REMOVE": .memberRemove(try read(GuildMemberRemove.self))
        case "GUILD_MEMBERS_CHUNK": .membersChunk(try read(GuildMembersChunk.self))
        case "VOICE_STATE_UPDATE": .voiceStateUpdate(try read(VoiceState.self))
        case "VOICE_SERVER_UPDATE": .voiceServerUpdate(try read(VoiceServerUpdate.self))
        case "INTERACTION_CREATE": .interactionCreate(try read(Interaction.self))
        case "MESSAGE_CREATE": .messageCreate(try read(Message.self))
        case "MESSAGE_UPDATE": .messageUpdate(try read(Message.self))
        case "MESSAGE_DELETE": .messageDelete(try read(MessageDelete.self))
        case "USER_UPDATE": .userUpdate(try read(User.self))
        case "RATE_LIMITED": .rateLimited(try read(GatewayRateLimited.self))
        default: .unknown(name: name, data: try read(JSONValue.self))
        }
    }
}

/// Where the data of a dispatch stands.
struct DataReader {
    let document: JSONDocument
    /// Index of the data; nil when there is none.
    let index: Int?

    func callAsFunction<Value: Decodable>(_ type: Value.Type) throws(ModelError) -> Value {
        guard let index else { throw .unexpected("the data is missing", path: "$.d") }
        do {
            return try document.decode(type, at: index)
        } catch {
            throw ModelError(error)
        }
    }
}

extension GatewayEvent {
    /// Reads the data of a dispatch.
    public init(name: String, data: JSONValue) throws(ModelError) {
        self = try Self.make(name: name, read: DataReader(document: JSONDocument(JSON.encode(data)), index: 0))
    }
}
