/// A rich block in a message (A.7).
public struct Embed: Codable, Sendable, Hashable {
    /// At most 256 characters.
    public var title: String?
    /// "rich" for bots; set by the server.
    public var type: String?
    /// At most 4096 characters.
    public var description: String?
    /// Where the title leads.
    public var url: String?
    /// Shown in the footer, ISO 8601.
    public var timestamp: String?
    /// RGB of the bar.
    public var color: Int?
    /// Last line.
    public var footer: EmbedFooter?
    /// Large picture.
    public var image: EmbedMedia?
    /// Small picture.
    public var thumbnail: EmbedMedia?
    /// Video, never sent by bots.
    public var video: EmbedMedia?
    /// Where linked content came from.
    public var provider: EmbedProvider?
    /// First line.
    public var author: EmbedAuthor?
    /// At most 25 named texts.
    public var fields: [EmbedField]?

    /// Makes one from its parts.
    public init(
        title: String? = nil, type: String? = nil, description: String? = nil, url: String? = nil,
        timestamp: String? = nil, color: Int? = nil, footer: EmbedFooter? = nil, image: EmbedMedia? = nil,
        thumbnail: EmbedMedia? = nil, video: EmbedMedia? = nil, provider: EmbedProvider? = nil,
        author: EmbedAuthor? = nil, fields: [EmbedField]? = nil
    ) {
        self.title = title
        self.type = type
        self.description = description
        self.url = url
        self.timestamp = timestamp
        self.color = color
        self.footer = footer
        self.image = image
        self.thumbnail = thumbnail
        self.video = video
        self.provider = provider
        self.author = author
        self.fields = fields
    }
}

/// Last line of an embed.
public struct EmbedFooter: Codable, Sendable, Hashable {
    /// At most 2048 characters.
    public var text: String
    /// Small picture.
    public var iconURL: String?
    /// The same through the media proxy.
    public var proxyIconURL: String?

    /// Makes one from its parts.
    public init(text: String, iconURL: String? = nil, proxyIconURL: String? = nil) {
        self.text = text
        self.iconURL = iconURL
        self.proxyIconURL = proxyIconURL
    }

    enum CodingKeys: String, CodingKey {
        case text
        case iconURL = "icon_url"
        case proxyIconURL = "proxy_icon_url"
    }
}

/// A picture or video of an embed.
public struct EmbedMedia: Codable, Sendable, Hashable {
    /// http(s) or attachment://name.
    public var url: String?
    /// The same through the media proxy.
    public var proxyURL: String?
    /// Pixels.
    public var height: Int?
    /// Pixels.
    public var width: Int?

    /// Makes one from its parts.
    public init(url: String? = nil, proxyURL: String? = nil, height: Int? = nil, width: Int? = nil) {
        self.url = url
        self.proxyURL = proxyURL
        self.height = height
        self.width = width
    }

    enum CodingKeys: String, CodingKey {
        case url, height, width
        case proxyURL = "proxy_url"
    }
}

/// Where linked content came from.
public struct EmbedProvider: Codable, Sendable, Hashable {
    /// Its name.
    public var name: String?
    /// Its address.
    public var url: String?

    /// Makes one from its parts.
    public init(name: String? = nil, url: String? = nil) {
        self.name = name
        self.url = url
    }
}

/// First line of an embed.
public struct EmbedAuthor: Codable, Sendable, Hashable {
    /// At most 256 characters.
    public var name: String
    /// Where it leads.
    public var url: String?
    /// Small picture.
    public var iconURL: String?
    /// The same through the media proxy.
    public var proxyIconURL: String?

    /// Makes one from its parts.
    public init(name: String, url: String? = nil, iconURL: String? = nil, proxyIconURL: String? = nil) {
        self.name = name
        self.url = url
        self.iconURL = iconURL
        self.proxyIconURL = proxyIconURL
    }

    enum CodingKeys: String, CodingKey {
        case name, url
        case iconURL = "icon_url"
        case proxyIconURL = "proxy_icon_url"
    }
}

/// A named text of an embed.
public struct EmbedField: Codable, Sendable, Hashable {
    /// At most 256 characters.
    public var name: String
    /// At most 1024 characters.
    public var value: String
    /// Whether it stands beside others.
    public var inline: Bool?

    /// Makes one from its parts.
    public init(name: String, value: String, inline: Bool? = nil) {
        self.name = name
        self.value = value
        self.inline = inline
    }
}
