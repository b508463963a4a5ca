/// A row of at most five buttons, or one select.
public struct ActionRow: Codable, Sendable, Hashable {
    /// Always `.actionRow`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// What stands in the row.
    @Lossy public var components: [Component]

    /// Makes one from its parts.
    public init(type: ComponentType = .actionRow, id: Int? = nil, components: [Component] = []) {
        self.type = type
        self.id = id
        self.components = components
    }
}

/// How a button looks.
public struct ButtonStyle: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Primary.
    public static let primary = ButtonStyle(rawValue: 1)
    /// Secondary.
    public static let secondary = ButtonStyle(rawValue: 2)
    /// Success.
    public static let success = ButtonStyle(rawValue: 3)
    /// Danger.
    public static let danger = ButtonStyle(rawValue: 4)
    /// Link.
    public static let link = ButtonStyle(rawValue: 5)
    /// Premium.
    public static let premium = ButtonStyle(rawValue: 6)
}

/// A button; link buttons have `url`, premium ones `skuID`, all others `customID`.
public struct Button: Codable, Sendable, Hashable {
    /// Always `.button`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// How it looks.
    @Defaulted public var style: ButtonStyle
    /// At most 80 characters.
    public var label: String?
    /// Shown before the label.
    public var emoji: Emoji?
    /// The bot's own name, at most 100 characters.
    public var customID: String?
    /// Where a link button leads.
    public var url: String?
    /// What a premium button sells.
    public var skuID: Snowflake<AnyTag>?
    /// Whether it cannot be pressed.
    public var disabled: Bool?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .button, id: Int? = nil, style: ButtonStyle = .primary, label: String? = nil,
        emoji: Emoji? = nil, customID: String? = nil, url: String? = nil, skuID: Snowflake<AnyTag>? = nil,
        disabled: Bool? = nil
    ) {
        self.type = type
        self.id = id
        self.style = style
        self.label = label
        self.emoji = emoji
        self.customID = customID
        self.url = url
        self.skuID = skuID
        self.disabled = disabled
    }

    enum CodingKeys: String, CodingKey {
        case type, id, style, label, emoji, url, disabled
        case customID = "custom_id"
        case skuID = "sku_id"
    }
}

/// A menu of texts, users, roles or channels; `type` says which.
public struct SelectMenu: Codable, Sendable, Hashable {
    /// One of the select kinds.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// The bot's own name, at most 100 characters.
    @Defaulted public var customID: String
    /// Choices of a string select, at most 25.
    public var options: [SelectOption]?
    /// Shown when nothing is chosen.
    public var placeholder: String?
    /// Fewest choices.
    public var minValues: Int?
    /// Most choices.
    public var maxValues: Int?
    /// Whether it cannot be used.
    public var disabled: Bool?
    /// Whether a modal needs it.
    public var required: Bool?
    /// Chosen from the start, entity selects only.
    public var defaultValues: [SelectDefault]?
    /// Kinds of channel in a channel select.
    public var channelTypes: [ChannelType]?
    /// What was chosen, in modal answers.
    public var values: [String]?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .stringSelect, id: Int? = nil, customID: String = "",
        options: [SelectOption]? = nil, placeholder: String? = nil, minValues: Int? = nil,
        maxValues: Int? = nil, disabled: Bool? = nil, required: Bool? = nil,
        defaultValues: [SelectDefault]? = nil, channelTypes: [ChannelType]? = nil, values: [String]? = nil
    ) {
        self.type = type
        self.id = id
        self.customID = customID
        self.options = options
        self.placeholder = placeholder
        self.minValues = minValues
        self.maxValues = maxValues
        self.disabled = disabled
        self.required = required
        self.defaultValues = defaultValues
        self.channelTypes = channelTypes
        self.values = values
    }

    enum CodingKeys: String, CodingKey {
        case type, id, options, placeholder, disabled, required, values
        case customID = "custom_id"
        case minValues = "min_values"
        case maxValues = "max_values"
        case defaultValues = "default_values"
        case channelTypes = "channel_types"
    }
}

/// A choice of a select or choice group.
public struct SelectOption: Codable, Sendable, Hashable {
    /// What is shown.
    public var label: String
    /// What the bot gets.
    public var value: String
    /// Second line.
    public var description: String?
    /// Shown before the label.
    public var emoji: Emoji?
    /// Chosen from the start.
    public var `default`: Bool?

    /// Makes one from its parts.
    public init(
        label: String, value: String, description: String? = nil, emoji: Emoji? = nil, `default`: Bool? = nil
    ) {
        self.label = label
        self.value = value
        self.description = description
        self.emoji = emoji
        self.`default` = `default`
    }

    enum CodingKeys: String, CodingKey {
        case label, value, description, emoji
        case `default` = "default"
    }
}

/// An entity that is chosen from the start.
public struct SelectDefault: Codable, Sendable, Hashable {
    /// The entity.
    public var id: Snowflake<AnyTag>
    /// "user", "role" or "channel".
    public var type: String

    /// Makes one from its parts.
    public init(id: Snowflake<AnyTag>, type: String) {
        self.id = id
        self.type = type
    }
}
