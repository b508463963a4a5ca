/// Kinds of component (3.6).
public struct ComponentType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Action row.
    public static let actionRow = ComponentType(rawValue: 1)
    /// Button.
    public static let button = ComponentType(rawValue: 2)
    /// String select.
    public static let stringSelect = ComponentType(rawValue: 3)
    /// Text input.
    public static let textInput = ComponentType(rawValue: 4)
    /// User select.
    public static let userSelect = ComponentType(rawValue: 5)
    /// Role select.
    public static let roleSelect = ComponentType(rawValue: 6)
    /// Mentionable select.
    public static let mentionableSelect = ComponentType(rawValue: 7)
    /// Channel select.
    public static let channelSelect = ComponentType(rawValue: 8)
    /// Section.
    public static let section = ComponentType(rawValue: 9)
    /// Text display.
    public static let textDisplay = ComponentType(rawValue: 10)
    /// Thumbnail.
    public static let thumbnail = ComponentType(rawValue: 11)
    /// Media gallery.
    public static let mediaGallery = ComponentType(rawValue: 12)
    /// File.
    public static let file = ComponentType(rawValue: 13)
    /// Separator.
    public static let separator = ComponentType(rawValue: 14)
    /// Container.
    public static let container = ComponentType(rawValue: 17)
    /// Label.
    public static let label = ComponentType(rawValue: 18)
    /// File upload.
    public static let fileUpload = ComponentType(rawValue: 19)
    /// Radio group.
    public static let radioGroup = ComponentType(rawValue: 21)
    /// Checkbox group.
    public static let checkboxGroup = ComponentType(rawValue: 22)
    /// Checkbox.
    public static let checkbox = ComponentType(rawValue: 23)
}

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

/// A field of a modal.
public struct TextInput: Codable, Sendable, Hashable {
    /// Always `.textInput`.
    @Defaulted public var type: ComponentType
    /// Number in the modal.
    public var id: Int?
    /// The bot's own name, at most 100 characters.
    @Defaulted public var customID: String
    /// 1 one line, 2 paragraph.
    public var style: Int?
    /// Only in old rows.
    public var label: String?
    /// Least characters.
    public var minLength: Int?
    /// Most characters.
    public var maxLength: Int?
    /// Whether it must be filled.
    public var required: Bool?
    /// What stands in it.
    public var value: String?
    /// Shown when it is empty.
    public var placeholder: String?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .textInput, id: Int? = nil, customID: String = "", style: Int? = nil,
        label: String? = nil, minLength: Int? = nil, maxLength: Int? = nil, required: Bool? = nil,
        value: String? = nil, placeholder: String? = nil
    ) {
        self.type = type
        self.id = id
        self.customID = customID
        self.style = style
        self.label = label
        self.minLength = minLength
        self.maxLength = maxLength
        self.required = required
        self.value = value
        self.placeholder = placeholder
    }

    enum CodingKeys: String, CodingKey {
        case type, id, style, label, required, value, placeholder
        case customID = "custom_id"
        case minLength = "min_length"
        case maxLength = "max_length"
    }
}

/// One to three texts beside a button or picture.
public struct Section: Codable, Sendable, Hashable {
    /// Always `.section`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// The texts.
    @Lossy public var components: [Component]
    /// The button or thumbnail.
    public var accessory: Component?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .section, id: Int? = nil, components: [Component] = [],
        accessory: Component? = nil
    ) {
        self.type = type
        self.id = id
        self.components = components
        self.accessory = accessory
    }
}

/// A text with markdown.
public struct TextDisplay: Codable, Sendable, Hashable {
    /// Always `.textDisplay`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// The text.
    @Defaulted public var content: String

    /// Makes one from its parts.
    public init(type: ComponentType = .textDisplay, id: Int? = nil, content: String = "") {
        self.type = type
        self.id = id
        self.content = content
    }
}

/// A picture, video or file; bots set only `url`.
public struct MediaItem: Codable, Sendable, Hashable {
    /// http(s) or attachment://name.
    @Defaulted public var url: String
    /// The same through the media proxy.
    public var proxyURL: String?
    /// Pixels.
    public var height: Int?
    /// Pixels.
    public var width: Int?
    /// Media type.
    public var contentType: String?
    /// The file.
    public var attachmentID: AttachmentID?

    /// Makes one from its parts.
    public init(
        url: String = "", proxyURL: String? = nil, height: Int? = nil, width: Int? = nil,
        contentType: String? = nil, attachmentID: AttachmentID? = nil
    ) {
        self.url = url
        self.proxyURL = proxyURL
        self.height = height
        self.width = width
        self.contentType = contentType
        self.attachmentID = attachmentID
    }

    enum CodingKeys: String, CodingKey {
        case url, height, width
        case proxyURL = "proxy_url"
        case contentType = "content_type"
        case attachmentID = "attachment_id"
    }
}

/// A small picture beside a section.
public struct Thumbnail: Codable, Sendable, Hashable {
    /// Always `.thumbnail`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// The picture.
    public var media: MediaItem
    /// Alternative text.
    public var description: String?
    /// Whether it is hidden at first.
    public var spoiler: Bool?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .thumbnail, id: Int? = nil, media: MediaItem, description: String? = nil,
        spoiler: Bool? = nil
    ) {
        self.type = type
        self.id = id
        self.media = media
        self.description = description
        self.spoiler = spoiler
    }
}

/// One to ten pictures or videos.
public struct MediaGallery: Codable, Sendable, Hashable {
    /// Always `.mediaGallery`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// The pictures.
    @Lossy public var items: [GalleryItem]

    /// Makes one from its parts.
    public init(type: ComponentType = .mediaGallery, id: Int? = nil, items: [GalleryItem] = []) {
        self.type = type
        self.id = id
        self.items = items
    }
}

/// A picture of a gallery.
public struct GalleryItem: Codable, Sendable, Hashable {
    /// The picture.
    public var media: MediaItem
    /// Alternative text.
    public var description: String?
    /// Whether it is hidden at first.
    public var spoiler: Bool?

    /// Makes one from its parts.
    public init(media: MediaItem, description: String? = nil, spoiler: Bool? = nil) {
        self.media = media
        self.description = description
        self.spoiler = spoiler
    }
}

/// An uploaded file.
public struct FileComponent: Codable, Sendable, Hashable {
    /// Always `.file`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// The file, attachment://name.
    public var file: MediaItem
    /// Whether it is hidden at first.
    public var spoiler: Bool?
    /// Set by the server.
    public var name: String?
    /// Bytes, set by the server.
    public var size: Int?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .file, id: Int? = nil, file: MediaItem, spoiler: Bool? = nil,
        name: String? = nil, size: Int? = nil
    ) {
        self.type = type
        self.id = id
        self.file = file
        self.spoiler = spoiler
        self.name = name
        self.size = size
    }
}

/// Space between components.
public struct Separator: Codable, Sendable, Hashable {
    /// Always `.separator`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// Whether a line is drawn.
    public var divider: Bool?
    /// 1 small, 2 large.
    public var spacing: Int?

    /// Makes one from its parts.
    public init(type: ComponentType = .separator, id: Int? = nil, divider: Bool? = nil, spacing: Int? = nil) {
        self.type = type
        self.id = id
        self.divider = divider
        self.spacing = spacing
    }
}

/// A box around components.
public struct Container: Codable, Sendable, Hashable {
    /// Always `.container`.
    @Defaulted public var type: ComponentType
    /// Number in the message.
    public var id: Int?
    /// What stands in it.
    @Lossy public var components: [Component]
    /// RGB of its bar.
    public var accentColor: Int?
    /// Whether it is hidden at first.
    public var spoiler: Bool?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .container, id: Int? = nil, components: [Component] = [],
        accentColor: Int? = nil, spoiler: Bool? = nil
    ) {
        self.type = type
        self.id = id
        self.components = components
        self.accentColor = accentColor
        self.spoiler = spoiler
    }

    enum CodingKeys: String, CodingKey {
        case type, id, components, spoiler
        case accentColor = "accent_color"
    }
}

/// A title around a field of a modal.
public struct Label: Codable, Sendable, Hashable {
    /// Always `.label`.
    @Defaulted public var type: ComponentType
    /// Number in the modal.
    public var id: Int?
    /// At most 45 characters.
    public var label: String?
    /// At most 100 characters.
    public var description: String?
    /// The field.
    public var component: Component

    /// Makes one from its parts.
    public init(
        type: ComponentType = .label, id: Int? = nil, label: String? = nil, description: String? = nil,
        component: Component
    ) {
        self.type = type
        self.id = id
        self.label = label
        self.description = description
        self.component = component
    }
}

/// An upload field of a modal.
public struct FileUpload: Codable, Sendable, Hashable {
    /// Always `.fileUpload`.
    @Defaulted public var type: ComponentType
    /// Number in the modal.
    public var id: Int?
    /// The bot's own name.
    @Defaulted public var customID: String
    /// Fewest files.
    public var minValues: Int?
    /// Most files.
    public var maxValues: Int?
    /// Whether it must be filled.
    public var required: Bool?
    /// The files, in modal answers.
    public var values: [AttachmentID]?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .fileUpload, id: Int? = nil, customID: String = "", minValues: Int? = nil,
        maxValues: Int? = nil, required: Bool? = nil, values: [AttachmentID]? = nil
    ) {
        self.type = type
        self.id = id
        self.customID = customID
        self.minValues = minValues
        self.maxValues = maxValues
        self.required = required
        self.values = values
    }

    enum CodingKeys: String, CodingKey {
        case type, id, required, values
        case customID = "custom_id"
        case minValues = "min_values"
        case maxValues = "max_values"
    }
}

/// Radio buttons or checkboxes of a modal; `type` says which.
public struct ChoiceGroup: Codable, Sendable, Hashable {
    /// `.radioGroup` or `.checkboxGroup`.
    @Defaulted public var type: ComponentType
    /// Number in the modal.
    public var id: Int?
    /// The bot's own name.
    @Defaulted public var customID: String
    /// The choices.
    public var options: [SelectOption]?
    /// Fewest choices of checkboxes.
    public var minValues: Int?
    /// Most choices of checkboxes.
    public var maxValues: Int?
    /// Whether one must be chosen.
    public var required: Bool?
    /// The chosen radio button, in modal answers.
    public var value: String?
    /// The chosen checkboxes, in modal answers.
    public var values: [String]?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .radioGroup, id: Int? = nil, customID: String = "",
        options: [SelectOption]? = nil, minValues: Int? = nil, maxValues: Int? = nil, required: Bool? = nil,
        value: String? = nil, values: [String]? = nil
    ) {
        self.type = type
        self.id = id
        self.customID = customID
        self.options = options
        self.minValues = minValues
        self.maxValues = maxValues
        self.required = required
        self.value = value
        self.values = values
    }

    enum CodingKeys: String, CodingKey {
        case type, id, options, required, value, values
        case customID = "custom_id"
        case minValues = "min_values"
        case maxValues = "max_values"
    }
}

/// A single checkbox of a modal.
public struct Checkbox: Codable, Sendable, Hashable {
    /// Always `.checkbox`.
    @Defaulted public var type: ComponentType
    /// Number in the modal.
    public var id: Int?
    /// The bot's own name.
    @Defaulted public var customID: String
    /// Whether it is ticked from the start.
    public var `default`: Bool?
    /// Whether it was ticked, in modal answers.
    public var value: Bool?

    /// Makes one from its parts.
    public init(
        type: ComponentType = .checkbox, id: Int? = nil, customID: String = "", `default`: Bool? = nil,
        value: Bool? = nil
    ) {
        self.type = type
        self.id = id
        self.customID = customID
        self.`default` = `default`
        self.value = value
    }

    enum CodingKeys: String, CodingKey {
        case type, id, value
        case customID = "custom_id"
        case `default` = "default"
    }
}
