/// A permission set, carried as a decimal string (Appendix B).
public struct Permissions: OptionSet, Hashable, Sendable, MissingValue, CustomStringConvertible {
    /// The bits.
    public var rawValue: UInt64
    /// Keeps every bit, known or not.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// The decimal digits.
    public var description: String { String(rawValue) }
    /// No permission.
    public static let missingValue: Permissions = []

    /// CREATE_INSTANT_INVITE.
    public static let createInstantInvite = Permissions(rawValue: 1 << 0)
    /// KICK_MEMBERS.
    public static let kickMembers = Permissions(rawValue: 1 << 1)
    /// BAN_MEMBERS.
    public static let banMembers = Permissions(rawValue: 1 << 2)
    /// ADMINISTRATOR.
    public static let administrator = Permissions(rawValue: 1 << 3)
    /// MANAGE_CHANNELS.
    public static let manageChannels = Permissions(rawValue: 1 << 4)
    /// MANAGE_GUILD.
    public static let manageGuild = Permissions(rawValue: 1 << 5)
    /// ADD_REACTIONS.
    public static let addReactions = Permissions(rawValue: 1 << 6)
    /// VIEW_AUDIT_LOG.
    public static let viewAuditLog = Permissions(rawValue: 1 << 7)
    /// PRIORITY_SPEAKER.
    public static let prioritySpeaker = Permissions(rawValue: 1 << 8)
    /// STREAM.
    public static let stream = Permissions(rawValue: 1 << 9)
    /// VIEW_CHANNEL.
    public static let viewChannel = Permissions(rawValue: 1 << 10)
    /// SEND_MESSAGES.
    public static let sendMessages = Permissions(rawValue: 1 << 11)
    /// SEND_TTS_MESSAGES.
    public static let sendTTSMessages = Permissions(rawValue: 1 << 12)
    /// MANAGE_MESSAGES.
    public static let manageMessages = Permissions(rawValue: 1 << 13)
    /// EMBED_LINKS.
    public static let embedLinks = Permissions(rawValue: 1 << 14)
    /// ATTACH_FILES.
    public static let attachFiles = Permissions(rawValue: 1 << 15)
    /// READ_MESSAGE_HISTORY.
    public static let readMessageHistory = Permissions(rawValue: 1 << 16)
    /// MENTION_EVERYONE.
    public static let mentionEveryone = Permissions(rawValue: 1 << 17)
    /// USE_EXTERNAL_EMOJIS.
    public static let useExternalEmojis = Permissions(rawValue: 1 << 18)
    /// VIEW_GUILD_INSIGHTS.
    public static let viewGuildInsights = Permissions(rawValue: 1 << 19)
    /// CONNECT.
    public static let connect = Permissions(rawValue: 1 << 20)
    /// SPEAK.
    public static let speak = Permissions(rawValue: 1 << 21)
    /// MUTE_MEMBERS.
    public static let muteMembers = Permissions(rawValue: 1 << 22)
    /// DEAFEN_MEMBERS.
    public static let deafenMembers = Permissions(rawValue: 1 << 23)
    /// MOVE_MEMBERS.
    public static let moveMembers = Permissions(rawValue: 1 << 24)
    /// USE_VAD.
    public static let useVAD = Permissions(rawValue: 1 << 25)
    /// CHANGE_NICKNAME.
    public static let changeNickname = Permissions(rawValue: 1 << 26)
    /// MANAGE_NICKNAMES.
    public static let manageNicknames = Permissions(rawValue: 1 << 27)
    /// MANAGE_ROLES.
    public static let manageRoles = Permissions(rawValue: 1 << 28)
    /// MANAGE_WEBHOOKS.
    public static let manageWebhooks = Permissions(rawValue: 1 << 29)
    /// MANAGE_GUILD_EXPRESSIONS.
    public static let manageGuildExpressions = Permissions(rawValue: 1 << 30)
    /// USE_APPLICATION_COMMANDS.
    public static let useApplicationCommands = Permissions(rawValue: 1 << 31)
    /// REQUEST_TO_SPEAK.
    public static let requestToSpeak = Permissions(rawValue: 1 << 32)
    /// MANAGE_EVENTS.
    public static let manageEvents = Permissions(rawValue: 1 << 33)
    /// MANAGE_THREADS.
    public static let manageThreads = Permissions(rawValue: 1 << 34)
    /// CREATE_PUBLIC_THREADS.
    public static let createPublicThreads = Permissions(rawValue: 1 << 35)
    /// CREATE_PRIVATE_THREADS.
    public static let createPrivateThreads = Permissions(rawValue: 1 << 36)
    /// USE_EXTERNAL_STICKERS.
    public static let useExternalStickers = Permissions(rawValue: 1 << 37)
    /// SEND_MESSAGES_IN_THREADS.
    public static let sendMessagesInThreads = Permissions(rawValue: 1 << 38)
    /// USE_EMBEDDED_ACTIVITIES.
    public static let useEmbeddedActivities = Permissions(rawValue: 1 << 39)
    /// MODERATE_MEMBERS.
    public static let moderateMembers = Permissions(rawValue: 1 << 40)
    /// VIEW_CREATOR_MONETIZATION_ANALYTICS.
    public static let viewCreatorMonetizationAnalytics = Permissions(rawValue: 1 << 41)
    /// USE_SOUNDBOARD.
    public static let useSoundboard = Permissions(rawValue: 1 << 42)
    /// CREATE_GUILD_EXPRESSIONS.
    public static let createGuildExpressions = Permissions(rawValue: 1 << 43)
    /// CREATE_EVENTS.
    public static let createEvents = Permissions(rawValue: 1 << 44)
    /// USE_EXTERNAL_SOUNDS.
    public static let useExternalSounds = Permissions(rawValue: 1 << 45)
    /// SEND_VOICE_MESSAGES.
    public static let sendVoiceMessages = Permissions(rawValue: 1 << 46)
    /// SET_VOICE_CHANNEL_STATUS.
    public static let setVoiceChannelStatus = Permissions(rawValue: 1 << 48)
    /// SEND_POLLS.
    public static let sendPolls = Permissions(rawValue: 1 << 49)
    /// USE_EXTERNAL_APPS.
    public static let useExternalApps = Permissions(rawValue: 1 << 50)
    /// PIN_MESSAGES.
    public static let pinMessages = Permissions(rawValue: 1 << 51)
    /// BYPASS_SLOWMODE.
    public static let bypassSlowmode = Permissions(rawValue: 1 << 52)
    /// Every bit, as owners and administrators have.
    public static let all = Permissions(rawValue: 0x1F_7FFF_FFFF_FFFF)
}

extension Permissions: Codable {
    /// Reads a string of digits or an integer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let number = UInt64(text) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "A permission set is made of digits.")
            }
            rawValue = number
        } else {
            rawValue = try container.decode(UInt64.self)
        }
    }

    /// Writes a string of digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
