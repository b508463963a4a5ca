/// A piece of a message or modal (3.6); kinds nobody knows yet are kept as they came.
public indirect enum Component: Sendable, Hashable {
    /// A row of buttons, or one select.
    case actionRow(ActionRow)
    /// A button.
    case button(Button)
    /// A menu.
    case select(SelectMenu)
    /// A text field of a modal.
    case textInput(TextInput)
    /// Texts beside a button or picture.
    case section(Section)
    /// A text.
    case textDisplay(TextDisplay)
    /// A small picture.
    case thumbnail(Thumbnail)
    /// Pictures or videos.
    case mediaGallery(MediaGallery)
    /// An uploaded file.
    case file(FileComponent)
    /// Space.
    case separator(Separator)
    /// A box around components.
    case container(Container)
    /// A title around a field of a modal.
    case label(Label)
    /// An upload field.
    case fileUpload(FileUpload)
    /// Radio buttons or checkboxes.
    case choiceGroup(ChoiceGroup)
    /// A checkbox.
    case checkbox(Checkbox)
    /// A kind that is not known.
    case unknown(JSONValue)

    /// Its kind; 0 when even that cannot be read.
    public var type: ComponentType {
        switch self {
        case .actionRow(let part): part.type
        case .button(let part): part.type
        case .select(let part): part.type
        case .textInput(let part): part.type
        case .section(let part): part.type
        case .textDisplay(let part): part.type
        case .thumbnail(let part): part.type
        case .mediaGallery(let part): part.type
        case .file(let part): part.type
        case .separator(let part): part.type
        case .container(let part): part.type
        case .label(let part): part.type
        case .fileUpload(let part): part.type
        case .choiceGroup(let part): part.type
        case .checkbox(let part): part.type
        case .unknown(let json): ComponentType(rawValue: json["type"]?.int ?? 0)
        }
    }

    /// The components directly inside it.
    public var children: [Component] {
        switch self {
        case .actionRow(let part): part.components
        case .section(let part): part.components + (part.accessory.map { [$0] } ?? [])
        case .container(let part): part.components
        case .label(let part): [part.component]
        default: []
        }
    }

    /// The bot's own name of it, for those that have one.
    public var customID: String? {
        switch self {
        case .button(let part): part.customID
        case .select(let part): part.customID
        case .textInput(let part): part.customID
        case .fileUpload(let part): part.customID
        case .choiceGroup(let part): part.customID
        case .checkbox(let part): part.customID
        default: nil
        }
    }
}

extension Component: Codable {
    private enum TypeKey: String, CodingKey { case type }

    /// Reads the part that `type` names; a broken or unknown one is kept as JSON.
    public init(from decoder: any Decoder) throws {
        let type = try decoder.container(keyedBy: TypeKey.self).decode(ComponentType.self, forKey: .type)
        switch type {
        case .actionRow: self = .actionRow(try ActionRow(from: decoder))
        case .button: self = .button(try Button(from: decoder))
        case .stringSelect, .userSelect, .roleSelect, .mentionableSelect, .channelSelect:
            self = .select(try SelectMenu(from: decoder))
        case .textInput: self = .textInput(try TextInput(from: decoder))
        case .section: self = .section(try Section(from: decoder))
        case .textDisplay: self = .textDisplay(try TextDisplay(from: decoder))
        case .thumbnail: self = .thumbnail(try Thumbnail(from: decoder))
        case .mediaGallery: self = .mediaGallery(try MediaGallery(from: decoder))
        case .file: self = .file(try FileComponent(from: decoder))
        case .separator: self = .separator(try Separator(from: decoder))
        case .container: self = .container(try Container(from: decoder))
        case .label: self = .label(try Label(from: decoder))
        case .fileUpload: self = .fileUpload(try FileUpload(from: decoder))
        case .radioGroup, .checkboxGroup: self = .choiceGroup(try ChoiceGroup(from: decoder))
        case .checkbox: self = .checkbox(try Checkbox(from: decoder))
        default: self = .unknown(try JSONValue(from: decoder))
        }
    }

    /// Writes the part.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .actionRow(let part): try part.encode(to: encoder)
        case .button(let part): try part.encode(to: encoder)
        case .select(let part): try part.encode(to: encoder)
        case .textInput(let part): try part.encode(to: encoder)
        case .section(let part): try part.encode(to: encoder)
        case .textDisplay(let part): try part.encode(to: encoder)
        case .thumbnail(let part): try part.encode(to: encoder)
        case .mediaGallery(let part): try part.encode(to: encoder)
        case .file(let part): try part.encode(to: encoder)
        case .separator(let part): try part.encode(to: encoder)
        case .container(let part): try part.encode(to: encoder)
        case .label(let part): try part.encode(to: encoder)
        case .fileUpload(let part): try part.encode(to: encoder)
        case .choiceGroup(let part): try part.encode(to: encoder)
        case .checkbox(let part): try part.encode(to: encoder)
        case .unknown(let json): try json.encode(to: encoder)
        }
    }
}
