/// Kinds of message (A.7).
public struct MessageType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// An ordinary message.
    public static let `default` = MessageType(rawValue: 0)
    /// "X pinned a message".
    public static let pinNotice = MessageType(rawValue: 6)
    /// "X joined".
    public static let memberJoin = MessageType(rawValue: 7)
    /// "X started a thread".
    public static let threadCreated = MessageType(rawValue: 18)
    /// An answer to another message.
    public static let reply = MessageType(rawValue: 19)
    /// The answer to a slash command.
    public static let slashCommand = MessageType(rawValue: 20)
    /// The answer to a user or message command.
    public static let contextCommand = MessageType(rawValue: 23)
}

/// Flags of a message (A.7).
public struct MessageFlags: BitSet {
    /// The bits.
    public var rawValue: UInt64
    /// Keeps every bit, known or not.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Crossposted.
    public static let crossposted = MessageFlags(rawValue: 1 << 0)
    /// Is crosspost.
    public static let isCrosspost = MessageFlags(rawValue: 1 << 1)
    /// Suppress embeds.
    public static let suppressEmbeds = MessageFlags(rawValue: 1 << 2)
    /// Source deleted.
    public static let sourceDeleted = MessageFlags(rawValue: 1 << 3)
    /// Urgent.
    public static let urgent = MessageFlags(rawValue: 1 << 4)
    /// Has thread.
    public static let hasThread = MessageFlags(rawValue: 1 << 5)
    /// Only the invoker sees it.
    public static let ephemeral = MessageFlags(rawValue: 1 << 6)
    /// A deferred answer that is not there yet.
    public static let loading = MessageFlags(rawValue: 1 << 7)
    /// Suppress notifications.
    public static let suppressNotifications = MessageFlags(rawValue: 1 << 12)
    /// Voice message.
    public static let voiceMessage = MessageFlags(rawValue: 1 << 13)
    /// Snapshot.
    public static let snapshot = MessageFlags(rawValue: 1 << 14)
    /// The message is made of components alone (3.6).
    public static let componentsV2 = MessageFlags(rawValue: 1 << 15)
}

/// A message (A.7).
public struct Message: Codable, Sendable, Hashable {
    /// The message.
    public var id: MessageID
    /// Where it stands.
    public var channelID: ChannelID
    /// Its guild, in gateway events.
    public var guildID: GuildID?
    /// Who wrote it.
    public var author: User?
    /// The author's membership, in gateway events.
    public var member: MessageMember?
    /// The text; empty without the message-content intent.
    @Defaulted public var content: String
    /// When it was sent, ISO 8601.
    @Defaulted public var timestamp: String
    /// When it was edited, ISO 8601.
    @Nullable public var editedTimestamp: String?
    /// Whether it is read aloud.
    @Defaulted public var tts: Bool
    /// Whether it mentions @everyone.
    @Defaulted public var mentionEveryone: Bool
    /// Mentioned people.
    @Lossy public var mentions: [User]
    /// Mentioned roles.
    @Lossy public var mentionRoles: [RoleID]
    /// Files.
    @Lossy public var attachments: [Attachment]
    /// Rich blocks.
    @Lossy public var embeds: [Embed]
    /// Reactions.
    public var reactions: [Reaction]?
    /// What the sender gave to find its message again.
    public var nonce: JSONValue?
    /// Whether it is pinned.
    @Defaulted public var pinned: Bool
    /// The webhook or application that sent it.
    public var webhookID: WebhookID?
    /// Its kind.
    @Defaulted public var type: MessageType
    /// The application that sent it.
    public var applicationID: ApplicationID?
    /// Its flags.
    public var flags: MessageFlags?
    /// The message it answers or forwards.
    public var messageReference: MessageReference?
    /// That message itself.
    public var referencedMessage: Boxed<Message>?
    /// The interaction it answers.
    public var interactionMetadata: InteractionMetadata?
    /// Its components.
    @Lossy public var components: [Component]
    /// Kind of its channel, in gateway events.
    public var channelType: ChannelType?
    /// Place in a thread.
    public var position: Int?

    /// Makes one from its parts.
    public init(
        id: MessageID, channelID: ChannelID, guildID: GuildID? = nil, author: User? = nil,
        member: MessageMember? = nil, content: String = "", timestamp: String = "",
        editedTimestamp: String? = nil, tts: Bool = false, mentionEveryone: Bool = false,
        mentions: [User] = [], mentionRoles: [RoleID] = [], attachments: [Attachment] = [],
        embeds: [Embed] = [], reactions: [Reaction]? = nil, nonce: JSONValue? = nil, pinned: Bool = false,
        webhookID: WebhookID? = nil, type: MessageType = .default, applicationID: ApplicationID? = nil,
        flags: MessageFlags? = nil, messageReference: MessageReference? = nil,
        referencedMessage: Boxed<Message>? = nil, interactionMetadata: InteractionMetadata? = nil,
        components: [Component] = [], channelType: ChannelType? = nil, position: Int? = nil
    ) {
        self.id = id
        self.channelID = channelID
        self.guildID = guildID
        self.author = author
        self.member = member
        self.content = content
        self.timestamp = timestamp
        self.editedTimestamp = editedTimestamp
        self.tts = tts
        self.mentionEveryone = mentionEveryone
        self.mentions = mentions
        self.mentionRoles = mentionRoles
        self.attachments = attachments
        self.embeds = embeds
        self.reactions = reactions
        self.nonce = nonce
        self.pinned = pinned
        self.webhookID = webhookID
        self.type = type
        self.applicationID = applicationID
        self.flags = flags
        self.messageReference = messageReference
        self.referencedMessage = referencedMessage
        self.interactionMetadata = interactionMetadata
        self.components = components
        self.channelType = channelType
        self.position = position
    }

    enum CodingKeys: String, CodingKey {
        case id, author, member, content, timestamp, tts, mentions, attachments, embeds, reactions, nonce
        case pinned, type, flags, components, position
        case channelID = "channel_id"
        case guildID = "guild_id"
        case editedTimestamp = "edited_timestamp"
        case mentionEveryone = "mention_everyone"
        case mentionRoles = "mention_roles"
        case webhookID = "webhook_id"
        case applicationID = "application_id"
        case messageReference = "message_reference"
        case referencedMessage = "referenced_message"
        case interactionMetadata = "interaction_metadata"
        case channelType = "channel_type"
    }
}

/// How often an emoji was used on a message.
public struct Reaction: Codable, Sendable, Hashable {
    /// How often.
    @Defaulted public var count: Int
    /// Whether the bot did.
    @Defaulted public var me: Bool
    /// The emoji.
    public var emoji: Emoji

    /// Makes one from its parts.
    public init(count: Int = 0, me: Bool = false, emoji: Emoji) {
        self.count = count
        self.me = me
        self.emoji = emoji
    }
}

/// The message another one answers or forwards.
public struct MessageReference: Codable, Sendable, Hashable {
    /// 0 reply, 1 forward.
    public var type: Int?
    /// The message.
    public var messageID: MessageID?
    /// Its channel.
    public var channelID: ChannelID?
    /// Its guild.
    public var guildID: GuildID?
    /// Whether sending fails when it is gone.
    public var failIfNotExists: Bool?

    /// Makes one from its parts.
    public init(
        type: Int? = nil, messageID: MessageID? = nil, channelID: ChannelID? = nil, guildID: GuildID? = nil,
        failIfNotExists: Bool? = nil
    ) {
        self.type = type
        self.messageID = messageID
        self.channelID = channelID
        self.guildID = guildID
        self.failIfNotExists = failIfNotExists
    }

    enum CodingKeys: String, CodingKey {
        case type
        case messageID = "message_id"
        case channelID = "channel_id"
        case guildID = "guild_id"
        case failIfNotExists = "fail_if_not_exists"
    }
}

/// The interaction a message answers (3.5).
public struct InteractionMetadata: Codable, Sendable, Hashable {
    /// The interaction.
    public var id: InteractionID
    /// Its kind.
    public var type: InteractionType
    /// Who caused it.
    public var user: User?
    /// Who installed the application.
    public var authorizingIntegrationOwners: [String: String]?
    /// The first answer, on follow-ups.
    public var originalResponseMessageID: MessageID?
    /// Target of a user command.
    public var targetUser: User?
    /// Target of a message command.
    public var targetMessageID: MessageID?
    /// The message whose component was used.
    public var interactedMessageID: MessageID?

    /// Makes one from its parts.
    public init(
        id: InteractionID, type: InteractionType, user: User? = nil,
        authorizingIntegrationOwners: [String: String]? = nil, originalResponseMessageID: MessageID? = nil,
        targetUser: User? = nil, targetMessageID: MessageID? = nil, interactedMessageID: MessageID? = nil
    ) {
        self.id = id
        self.type = type
        self.user = user
        self.authorizingIntegrationOwners = authorizingIntegrationOwners
        self.originalResponseMessageID = originalResponseMessageID
        self.targetUser = targetUser
        self.targetMessageID = targetMessageID
        self.interactedMessageID = interactedMessageID
    }

    enum CodingKeys: String, CodingKey {
        case id, type, user
        case authorizingIntegrationOwners = "authorizing_integration_owners"
        case originalResponseMessageID = "original_response_message_id"
        case targetUser = "target_user"
        case targetMessageID = "target_message_id"
        case interactedMessageID = "interacted_message_id"
    }
}

/// MESSAGE_DELETE.
public struct MessageDelete: Codable, Sendable, Hashable {
    /// The message.
    public var id: MessageID
    /// Where it stood.
    public var channelID: ChannelID
    /// Its guild.
    public var guildID: GuildID?

    /// Makes one from its parts.
    public init(id: MessageID, channelID: ChannelID, guildID: GuildID? = nil) {
        self.id = id
        self.channelID = channelID
        self.guildID = guildID
    }

    enum CodingKeys: String, CodingKey {
        case id
        case channelID = "channel_id"
        case guildID = "guild_id"
    }
}
