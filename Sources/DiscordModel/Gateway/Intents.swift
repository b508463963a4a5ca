/// Which events a bot wants (1.7).
public struct Intents: BitSet {
    /// The bits.
    public var rawValue: UInt64
    /// Keeps every bit, known or not.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Guilds.
    public static let guilds = Intents(rawValue: 1 << 0)
    /// Privileged.
    public static let guildMembers = Intents(rawValue: 1 << 1)
    /// Guild moderation.
    public static let guildModeration = Intents(rawValue: 1 << 2)
    /// Guild expressions.
    public static let guildExpressions = Intents(rawValue: 1 << 3)
    /// Guild integrations.
    public static let guildIntegrations = Intents(rawValue: 1 << 4)
    /// Guild webhooks.
    public static let guildWebhooks = Intents(rawValue: 1 << 5)
    /// Guild invites.
    public static let guildInvites = Intents(rawValue: 1 << 6)
    /// Guild voice states.
    public static let guildVoiceStates = Intents(rawValue: 1 << 7)
    /// Privileged.
    public static let guildPresences = Intents(rawValue: 1 << 8)
    /// Guild messages.
    public static let guildMessages = Intents(rawValue: 1 << 9)
    /// Guild message reactions.
    public static let guildMessageReactions = Intents(rawValue: 1 << 10)
    /// Guild message typing.
    public static let guildMessageTyping = Intents(rawValue: 1 << 11)
    /// Direct messages.
    public static let directMessages = Intents(rawValue: 1 << 12)
    /// Direct message reactions.
    public static let directMessageReactions = Intents(rawValue: 1 << 13)
    /// Direct message typing.
    public static let directMessageTyping = Intents(rawValue: 1 << 14)
    /// Privileged.
    public static let messageContent = Intents(rawValue: 1 << 15)
    /// Guild scheduled events.
    public static let guildScheduledEvents = Intents(rawValue: 1 << 16)
    /// Auto moderation configuration.
    public static let autoModerationConfiguration = Intents(rawValue: 1 << 20)
    /// Auto moderation execution.
    public static let autoModerationExecution = Intents(rawValue: 1 << 21)
    /// Guild message polls.
    public static let guildMessagePolls = Intents(rawValue: 1 << 24)
    /// Direct message polls.
    public static let directMessagePolls = Intents(rawValue: 1 << 25)

    /// Intents that must be switched on in the developer portal.
    public static let privileged: Intents = [.guildMembers, .guildPresences, .messageContent]
    /// Every bit Discord knows; any other is refused with close code 4013.
    public static let known = Intents(rawValue: 0x0331_FFFF)
}
