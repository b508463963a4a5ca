/// Kinds of command (3.2).
public struct CommandType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A slash command.
    public static let chatInput = CommandType(rawValue: 1)
    /// User.
    public static let user = CommandType(rawValue: 2)
    /// Message.
    public static let message = CommandType(rawValue: 3)
    /// Primary entry point.
    public static let primaryEntryPoint = CommandType(rawValue: 4)
}

/// Kinds of option (3.2).
public struct CommandOptionType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Subcommand.
    public static let subcommand = CommandOptionType(rawValue: 1)
    /// Subcommand group.
    public static let subcommandGroup = CommandOptionType(rawValue: 2)
    /// String.
    public static let string = CommandOptionType(rawValue: 3)
    /// Integer.
    public static let integer = CommandOptionType(rawValue: 4)
    /// Boolean.
    public static let boolean = CommandOptionType(rawValue: 5)
    /// User.
    public static let user = CommandOptionType(rawValue: 6)
    /// Channel.
    public static let channel = CommandOptionType(rawValue: 7)
    /// Role.
    public static let role = CommandOptionType(rawValue: 8)
    /// Mentionable.
    public static let mentionable = CommandOptionType(rawValue: 9)
    /// Number.
    public static let number = CommandOptionType(rawValue: 10)
    /// Attachment.
    public static let attachment = CommandOptionType(rawValue: 11)
}

/// A declared option of a command.
public struct ApplicationCommandOption: Codable, Sendable, Hashable {
    /// Its kind.
    public var type: CommandOptionType
    /// Lower case, 1 to 32 characters.
    public var name: String
    /// 1 to 100 characters.
    @Defaulted public var description: String
    /// Names by locale.
    public var nameLocalizations: [String: String]?
    /// Descriptions by locale.
    public var descriptionLocalizations: [String: String]?
    /// Whether it must be given.
    public var required: Bool?
    /// The only values it takes, at most 25.
    public var choices: [CommandChoice]?
    /// Options of a subcommand or group.
    public var options: [ApplicationCommandOption]?
    /// Kinds of channel it takes.
    public var channelTypes: [ChannelType]?
    /// Least number.
    public var minValue: Double?
    /// Greatest number.
    public var maxValue: Double?
    /// Least length of a text.
    public var minLength: Int?
    /// Greatest length of a text.
    public var maxLength: Int?
    /// Whether the bot completes it.
    public var autocomplete: Bool?

    /// Makes one from its parts.
    public init(
        type: CommandOptionType, name: String, description: String = "",
        nameLocalizations: [String: String]? = nil, descriptionLocalizations: [String: String]? = nil,
        required: Bool? = nil, choices: [CommandChoice]? = nil, options: [ApplicationCommandOption]? = nil,
        channelTypes: [ChannelType]? = nil, minValue: Double? = nil, maxValue: Double? = nil,
        minLength: Int? = nil, maxLength: Int? = nil, autocomplete: Bool? = nil
    ) {
        self.type = type
        self.name = name
        self.description = description
        self.nameLocalizations = nameLocalizations
        self.descriptionLocalizations = descriptionLocalizations
        self.required = required
        self.choices = choices
        self.options = options
        self.channelTypes = channelTypes
        self.minValue = minValue
        self.maxValue = maxValue
        self.minLength = minLength
        self.maxLength = maxLength
        self.autocomplete = autocomplete
    }

    enum CodingKeys: String, CodingKey {
        case type, name, description, required, choices, options, autocomplete
        case nameLocalizations = "name_localizations"
        case descriptionLocalizations = "description_localizations"
        case channelTypes = "channel_types"
        case minValue = "min_value"
        case maxValue = "max_value"
        case minLength = "min_length"
        case maxLength = "max_length"
    }
}

/// A value to choose.
public struct CommandChoice: Codable, Sendable, Hashable {
    /// What is shown, 1 to 100 characters.
    public var name: String
    /// The same by locale.
    public var nameLocalizations: [String: String]?
    /// Text or number.
    public var value: JSONValue

    /// Makes one from its parts.
    public init(name: String, nameLocalizations: [String: String]? = nil, value: JSONValue) {
        self.name = name
        self.nameLocalizations = nameLocalizations
        self.value = value
    }

    enum CodingKeys: String, CodingKey {
        case name, value
        case nameLocalizations = "name_localizations"
    }
}
