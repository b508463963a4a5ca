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
