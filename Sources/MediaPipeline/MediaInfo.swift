/// What an opened song is.
public struct MediaInfo: Sendable, Hashable, Codable {
    /// How long it is; nil when that is unknown, as for live streams.
    public var duration: Duration?
    /// The codec's short name, such as `opus`, `mp3` or `flac`.
    public var codec: String
    /// Samples per second of the source.
    public var sampleRate: Int
    /// Channels of the source.
    public var channels: Int
    /// Whether Opus packets are handed on untouched; a song may still fall back to encoding when its packets change.
    public var passthrough: Bool
    /// The title from the tags.
    public var title: String?
    /// The artist from the tags.
    public var artist: String?
    /// Whether it is a live stream: without end, not seekable.
    public var isLive: Bool
    /// Bits per second of the source; nil when unknown.
    public var bitRate: Int?

    /// A description put together by hand, as tests do.
    public init(
        duration: Duration?, codec: String, sampleRate: Int, channels: Int, passthrough: Bool, title: String? = nil,
        artist: String? = nil, isLive: Bool = false, bitRate: Int? = nil
    ) {
        self.duration = duration
        self.codec = codec
        self.sampleRate = sampleRate
        self.channels = channels
        self.passthrough = passthrough
        self.title = title
        self.artist = artist
        self.isLive = isLive
        self.bitRate = bitRate
    }
}
