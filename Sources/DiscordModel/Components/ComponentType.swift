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
