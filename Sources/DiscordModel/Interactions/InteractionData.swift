/// Kinds of interaction (3.1).
public struct InteractionType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Ping.
    public static let ping = InteractionType(rawValue: 1)
    /// Command.
    public static let command = InteractionType(rawValue: 2)
    /// Component.
    public static let component = InteractionType(rawValue: 3)
    /// Autocomplete.
    public static let autocomplete = InteractionType(rawValue: 4)
    /// Modal.
    public static let modal = InteractionType(rawValue: 5)
}

/// What a slash, user or message command was called with.
public struct CommandData: Codable, Sendable, Hashable {
    /// The command.
    public var id: CommandID
    /// Its name.
    @Defaulted public var name: String
    /// Its kind.
    @Defaulted public var type: CommandType
    /// Objects that options name.
    public var resolved: ResolvedData?
    /// Given options.
    @Lossy public var options: [CommandDataOption]
    /// The guild of a guild command.
    public var guildID: GuildID?
    /// Target of a user or message command.
    public var targetID: Snowflake<AnyTag>?

    /// Makes one from its parts.
    public init(
        id: CommandID, name: String = "", type: CommandType = .chatInput, resolved: ResolvedData? = nil,
        options: [CommandDataOption] = [], guildID: GuildID? = nil, targetID: Snowflake<AnyTag>? = nil
    ) {
        self.id = id
        self.name = name
        self.type = type
        self.resolved = resolved
        self.options = options
        self.guildID = guildID
        self.targetID = targetID
    }

    enum CodingKeys: String, CodingKey {
        case id, name, type, resolved, options
        case guildID = "guild_id"
        case targetID = "target_id"
    }
}

/// A given option; subcommands hold their own options.
public struct CommandDataOption: Codable, Sendable, Hashable {
    /// Its name.
    @Defaulted public var name: String
    /// Its kind.
    @Defaulted public var type: CommandOptionType
    /// What was given; partial while it is typed.
    public var value: JSONValue?
    /// Options of a subcommand or group.
    public var options: [CommandDataOption]?
    /// Whether the user is typing this one now.
    public var focused: Bool?

    /// Makes one from its parts.
    public init(
        name: String = "", type: CommandOptionType = .string, value: JSONValue? = nil,
        options: [CommandDataOption]? = nil, focused: Bool? = nil
    ) {
        self.name = name
        self.type = type
        self.value = value
        self.options = options
        self.focused = focused
    }
}

/// Which component was used and how.
public struct ComponentData: Codable, Sendable, Hashable {
    /// The bot's own name of the component.
    @Defaulted public var customID: String
    /// Its kind.
    public var componentType: ComponentType
    /// Its number in the message.
    public var id: Int?
    /// Chosen values of a select.
    public var values: [String]?
    /// Objects that the values name.
    public var resolved: ResolvedData?

    /// Makes one from its parts.
    public init(
        customID: String = "", componentType: ComponentType, id: Int? = nil, values: [String]? = nil,
        resolved: ResolvedData? = nil
    ) {
        self.customID = customID
        self.componentType = componentType
        self.id = id
        self.values = values
        self.resolved = resolved
    }

    enum CodingKeys: String, CodingKey {
        case id, values, resolved
        case customID = "custom_id"
        case componentType = "component_type"
    }
}

/// What was written into a modal.
public struct ModalData: Codable, Sendable, Hashable {
    /// The bot's own name of the modal.
    @Defaulted public var customID: String
    /// Its components with values.
    @Lossy public var components: [Component]
    /// Objects that the values name.
    public var resolved: ResolvedData?

    /// Makes one from its parts.
    public init(customID: String = "", components: [Component] = [], resolved: ResolvedData? = nil) {
        self.customID = customID
        self.components = components
        self.resolved = resolved
    }

    enum CodingKeys: String, CodingKey {
        case components, resolved
        case customID = "custom_id"
    }
}

/// Objects that options or values name, by id.
public struct ResolvedData: Codable, Sendable, Hashable {
    /// Users.
    public var users: [UserID: User]?
    /// Their memberships.
    public var members: [UserID: MessageMember]?
    /// Roles.
    public var roles: [RoleID: Role]?
    /// Channels.
    public var channels: [ChannelID: Channel]?
    /// Messages.
    public var messages: [MessageID: Message]?
    /// Files.
    public var attachments: [AttachmentID: Attachment]?

    /// Makes one from its parts.
    public init(
        users: [UserID: User]? = nil, members: [UserID: MessageMember]? = nil, roles: [RoleID: Role]? = nil,
        channels: [ChannelID: Channel]? = nil, messages: [MessageID: Message]? = nil,
        attachments: [AttachmentID: Attachment]? = nil
    ) {
        self.users = users
        self.members = members
        self.roles = roles
        self.channels = channels
        self.messages = messages
        self.attachments = attachments
    }
}
