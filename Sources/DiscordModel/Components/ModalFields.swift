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
