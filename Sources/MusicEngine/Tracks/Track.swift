/// Something that can be played: what people see of it, and where its sound comes from.
public struct Track: Sendable, Codable, Hashable, Identifiable {
    /// Stable name of the song across runs, such as `library:songs/waltz.opus` or `youtube:dQw4w9WgXcQ`.
    public var id: String
    /// Title for people.
    public var title: String
    /// Artist, uploader or station, when known.
    public var author: String?
    /// Length; nil when unknown or live.
    public var duration: Duration?
    /// Whether this is a broadcast without an end.
    public var isLive: Bool
    /// The page a person may open to see where the song comes from.
    public var pageURL: String?
    /// A picture of the song.
    public var artworkURL: String?
    /// Where the sound comes from.
    public var source: TrackSource

    /// Describes a song.
    public init(
        id: String, title: String, author: String? = nil, duration: Duration? = nil, isLive: Bool = false,
        pageURL: String? = nil, artworkURL: String? = nil, source: TrackSource
    ) {
        self.id = id
        self.title = title
        self.author = author
        self.duration = duration
        self.isLive = isLive
        self.pageURL = pageURL
        self.artworkURL = artworkURL
        self.source = source
    }
}

/// Where the sound of a track comes from.
public enum TrackSource: Sendable, Codable, Hashable {
    /// A file of the music library, by its name relative to the library folder.
    case library(file: String)
    /// Audio that an `http` or `https` address delivers by itself.
    case url(String)
    /// A page of a site that the extractor understands: its extractor, its id there, its address.
    case extracted(site: String, id: String, url: String)
}
