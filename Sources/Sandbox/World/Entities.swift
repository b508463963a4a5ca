/// A snowflake: milliseconds since 2015 in the upper 42 bits.
public typealias ID = UInt64

/// A person or a bot.
struct Account: Sendable {
    var id: ID
    var username: String
    var discriminator = "0"
    var globalName: String?
    var avatar: String?
    var isBot = false
}

/// A bot's application: its commands and its token.
struct Application: Sendable {
    var id: ID
    var name: String
    var owner: ID
    var token: String
    var tokenValid = true
    /// Privileged intents switched on in the developer page.
    var privilegedIntents: UInt64 = Intent.privileged
    /// Commands per scope; the nil key is the global scope.
    var commands: [ID?: [Command]] = [:]
    var identifiesLeft = 1000
}

/// One registered application command; the parts that the sandbox does not interpret stay as they were sent.
struct Command: Sendable {
    var id: ID
    var version: ID
    var type: Int64
    var name: String
    var body: [String: JSON]
    var options: [JSON] { body["options"]?.array ?? [] }
}

/// A role of a guild.
struct Role: Sendable {
    var id: ID
    var name: String
    var color: Int64 = 0
    var hoist = false
    var position: Int64 = 0
    var permissions: UInt64
    var managed = false
    var mentionable = false
    var botID: ID?
}

/// A member of a guild.
struct Member: Sendable {
    var user: ID
    var nick: String?
    var roles: [ID] = []
    var joinedAt: Int64
    var deaf = false
    var mute = false
    var timedOutUntil: Int64?
}

/// A permission overwrite of a channel.
struct Overwrite: Sendable, Equatable {
    var id: ID
    /// 0 for a role, 1 for a member.
    var type: Int64
    var allow: UInt64
    var deny: UInt64
}

/// Where somebody is in voice.
struct VoiceState: Sendable, Equatable {
    var user: ID
    var guild: ID
    var channel: ID
    var session: String
    var deaf = false
    var mute = false
    var selfDeaf = false
    var selfMute = false
    var suppress = false
    var requestToSpeak: Int64?
}

/// A guild with everything in it but its channels' messages.
struct Guild: Sendable {
    var id: ID
    var name: String
    var owner: ID
    var description: String?
    var roles: [ID: Role] = [:]
    var members: [ID: Member] = [:]
    var channels: [ID] = []
    var voiceStates: [ID: VoiceState] = [:]
    var bans: [ID: String?] = [:]
    /// Who may use which command: application → (command or application id → permissions as sent).
    var afkTimeout: Int64 = 300
}

/// A channel: text, voice, stage, category, thread or DM.
struct Channel: Sendable {
    var id: ID
    var type: Int64
    var guild: ID?
    var name: String
    var position: Int64 = 0
    var topic: String?
    var nsfw = false
    var parent: ID?
    var overwrites: [Overwrite] = []
    var rateLimitPerUser: Int64 = 0
    var bitrate: Int64 = 64000
    var userLimit: Int64 = 0
    var rtcRegion: String?
    var status: String?
    var recipients: [ID] = []
    var flags: Int64 = 0
    var lastMessage: ID?
    var lastPin: Int64?
    /// Kept messages in order of their ids, oldest first.
    var messages: [Message] = []
    var pins: [(message: ID, at: Int64)] = []
    var thread: ThreadState?

    var isVoice: Bool { type == ChannelType.voice || type == ChannelType.stage }
    var isThread: Bool { (10...12).contains(type) }
    var takesMessages: Bool { [0, 1, 2, 5, 10, 11, 12, 13].contains(type) }
}

/// What a thread has beyond a channel.
struct ThreadState: Sendable {
    var owner: ID
    var archived = false
    var locked = false
    var invitable = true
    var autoArchive: Int64 = 1440
    var createdAt: Int64
    var archivedAt: Int64
    var members: [ID] = []
    var messageCount: Int64 = 0
}

/// Numbers of the channel types the sandbox treats specially.
enum ChannelType {
    static let text: Int64 = 0
    static let direct: Int64 = 1
    static let voice: Int64 = 2
    static let category: Int64 = 4
    static let stage: Int64 = 13
}

/// A reaction on a message.
struct Reaction: Sendable {
    var emoji: JSON
    var key: String
    var users: [ID]
}

/// A message as kept.
struct Message: Sendable {
    var id: ID
    var channel: ID
    var guild: ID?
    var author: ID
    var content = ""
    var timestamp: Int64
    var editedAt: Int64?
    var tts = false
    var type: Int64 = 0
    var flags: Int64 = 0
    var embeds: [JSON] = []
    var components: [JSON] = []
    var attachments: [JSON] = []
    var mentions: [ID] = []
    var mentionRoles: [ID] = []
    var mentionEveryone = false
    var reactions: [Reaction] = []
    var pinned = false
    var nonce: JSON?
    var reference: JSON?
    var snapshots: JSON?
    var webhook: ID?
    var application: ID?
    var interaction: JSON?
    var legacyInteraction: JSON?
    var poll: JSON?
    /// The only person who sees it, when ephemeral.
    var onlyFor: ID?
    /// The interaction that made it.
    var source: ID?

    var isEphemeral: Bool { onlyFor != nil }
    var isLoading: Bool { flags & MessageFlag.loading != 0 }
}

/// Bits of a message's flags.
enum MessageFlag {
    static let suppressEmbeds: Int64 = 1 << 2
    static let ephemeral: Int64 = 1 << 6
    static let loading: Int64 = 1 << 7
    static let suppressNotifications: Int64 = 1 << 12
    static let voiceMessage: Int64 = 1 << 13
    static let componentsV2: Int64 = 1 << 15
}

/// Bits of the gateway intents (section 1.7 of the protocol page).
enum Intent {
    static let guilds: UInt64 = 1 << 0
    static let members: UInt64 = 1 << 1
    static let moderation: UInt64 = 1 << 2
    static let voiceStates: UInt64 = 1 << 7
    static let presences: UInt64 = 1 << 8
    static let guildMessages: UInt64 = 1 << 9
    static let guildReactions: UInt64 = 1 << 10
    static let guildTyping: UInt64 = 1 << 11
    static let directMessages: UInt64 = 1 << 12
    static let directReactions: UInt64 = 1 << 13
    static let directTyping: UInt64 = 1 << 14
    static let messageContent: UInt64 = 1 << 15
    static let privileged: UInt64 = members | presences | messageContent
    static let known: UInt64 = 0x1FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
}
