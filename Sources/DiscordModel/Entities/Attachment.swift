/// A file of a message (A.7).
public struct Attachment: Codable, Sendable, Hashable {
    /// The file.
    public var id: AttachmentID
    /// Its name.
    @Defaulted public var filename: String
    /// Its title.
    public var title: String?
    /// Alternative text.
    public var description: String?
    /// Media type.
    public var contentType: String?
    /// Bytes.
    @Defaulted public var size: Int
    /// Where to fetch it; the address expires.
    @Defaulted public var url: String
    /// The same through Discord's media proxy.
    @Defaulted public var proxyURL: String
    /// Pixels.
    public var height: Int?
    /// Pixels.
    public var width: Int?
    /// Whether it goes away by itself.
    public var ephemeral: Bool?
    /// Length of a voice message, seconds.
    public var durationSecs: Double?
    /// Loudness of a voice message, base64.
    public var waveform: String?
    /// Attachment flags.
    public var flags: Int?

    /// Makes one from its parts.
    public init(
        id: AttachmentID, filename: String = "", title: String? = nil, description: String? = nil,
        contentType: String? = nil, size: Int = 0, url: String = "", proxyURL: String = "", height: Int? = nil,
        width: Int? = nil, ephemeral: Bool? = nil, durationSecs: Double? = nil, waveform: String? = nil,
        flags: Int? = nil
    ) {
        self.id = id
        self.filename = filename
        self.title = title
        self.description = description
        self.contentType = contentType
        self.size = size
        self.url = url
        self.proxyURL = proxyURL
        self.height = height
        self.width = width
        self.ephemeral = ephemeral
        self.durationSecs = durationSecs
        self.waveform = waveform
        self.flags = flags
    }

    enum CodingKeys: String, CodingKey {
        case id, filename, title, description, size, url, height, width, ephemeral, waveform, flags
        case contentType = "content_type"
        case proxyURL = "proxy_url"
        case durationSecs = "duration_secs"
    }
}
