/// Looks songs up on sites; `ExtractorPool` does it with yt-dlp, tests use a fake.
public protocol Extractor: Sendable {
    /// Songs that match words on YouTube, best first, at most `limit`.
    func search(_ words: String, limit: Int) async throws(MusicError) -> [Track]
    /// What stands behind an address of a site: one song, or a list of at most `limit` songs.
    func lookUp(_ url: String, limit: Int) async throws(MusicError) -> Extraction
    /// The address of the audio of one song. `way` 0 is the fast one; each other number is another way to ask the site.
    func stream(of url: String, way: Int) async throws(MusicError) -> ExtractedSong
}

/// What an address of a site stands for.
public enum Extraction: Sendable, Hashable {
    /// One song, already with the address of its audio.
    case song(ExtractedSong)
    /// A list with a name.
    case playlist(name: String, tracks: [Track])
}

/// A song of a site with the address of its audio.
public struct ExtractedSong: Sendable, Hashable {
    /// The song.
    public var track: Track
    /// Address of the audio.
    public var audioURL: String
    /// Request headers the site wants with it.
    public var headers: [String: String]
    /// When the address stops working, in seconds since 1970, when known.
    public var expires: Double?
    /// When the address begins to work, in seconds since 1970, when the site makes listeners wait.
    public var availableAt: Double?
    /// Codec the site promises, such as `opus`.
    public var codec: String?
    /// The way the site was asked, for the log.
    public var client: String?

    /// Describes an extracted song.
    public init(
        track: Track, audioURL: String, headers: [String: String] = [:], expires: Double? = nil,
        availableAt: Double? = nil, codec: String? = nil, client: String? = nil
    ) {
        self.track = track
        self.audioURL = audioURL
        self.headers = headers
        self.expires = expires
        self.availableAt = availableAt
        self.codec = codec
        self.client = client
    }
}
