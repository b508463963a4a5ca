/// Opens songs as Opus frames; the media worker pool does it, tests use a fake.
public protocol MediaOpening: Sendable {
    /// Starts delivering a song from a position.
    func open(_ request: AudioRequest) async throws(AudioFailure) -> any AudioStream
    /// Looks at a song without playing it.
    func probe(_ source: AudioSource) async throws(AudioFailure) -> AudioInfo
}

/// One song being delivered; dropping out of it must call `close`.
public protocol AudioStream: Sendable {
    /// What the song turned out to be.
    var info: AudioInfo { get }
    /// The next frames in order, at least one; nil at the end of the song.
    func nextBatch() async throws(AudioFailure) -> [AudioPacket]?
    /// Ends the delivery and frees what it holds.
    func close()
}

/// Where bytes of a song are read from.
public enum AudioSource: Sendable, Hashable {
    /// A file of this machine, by its absolute path.
    case file(path: String)
    /// An address with the request headers its site wants.
    case http(url: String, headers: [String: String])
}

/// One song wanted from a position at a volume.
public struct AudioRequest: Sendable, Hashable {
    /// Where the bytes come from.
    public var source: AudioSource
    /// The first 20 ms frame wanted, counted from the start of the song.
    public var startFrame: Int
    /// Loudness in percent; 100 leaves the frames untouched.
    public var volume: Int

    /// Wants `source` from `startFrame` on.
    public init(source: AudioSource, startFrame: Int = 0, volume: Int = 100) {
        self.source = source
        self.startFrame = startFrame
        self.volume = volume
    }
}

/// What a song turned out to be when it was opened.
public struct AudioInfo: Sendable, Hashable {
    /// Length; nil when live or unknown.
    public var duration: Duration?
    /// Name of the codec in the source, such as `opus` or `mp3`.
    public var codec: String
    /// Whether the source's own Opus packets are sent untouched.
    public var passthrough: Bool
    /// Whether the source has no end.
    public var isLive: Bool
    /// Title in the file's tags.
    public var title: String?
    /// Artist in the file's tags.
    public var artist: String?

    /// Describes an opened song.
    public init(
        duration: Duration?, codec: String, passthrough: Bool, isLive: Bool = false, title: String? = nil,
        artist: String? = nil
    ) {
        self.duration = duration
        self.codec = codec
        self.passthrough = passthrough
        self.isLive = isLive
        self.title = title
        self.artist = artist
    }
}

/// One Opus frame of 20 ms and its number in the song.
public struct AudioPacket: Sendable, Hashable {
    /// The Opus packet.
    public var bytes: [UInt8]
    /// Number of the frame from the start of the song.
    public var index: Int

    /// The frame `index` of a song.
    public init(bytes: [UInt8], index: Int) {
        self.bytes = bytes
        self.index = index
    }
}

/// Why a song could not be opened or stopped arriving.
public enum AudioFailure: Error, Sendable, Hashable {
    /// The worker that delivered it ended: opening again continues the song.
    case workerLost
    /// The site refused the address (403, 404, 410) or it expired: a fresh address may work.
    case addressRefused
    /// The connection broke or stalled: opening again may work.
    case interrupted
    /// Opening it again is useless; the sentence says why, for people.
    case unplayable(String)
    /// Nobody waits for it any more.
    case cancelled
}

/// Finds the bytes behind a track; the resolver does it, tests use a fake.
public protocol TrackOpening: Sendable {
    /// Where the sound of `track` can be read now. `attempt` counts the addresses of this song that were refused so far:
    /// each next one asks the site anew, by another way.
    func source(of track: Track, attempt: Int) async throws(MusicError) -> AudioSource
    /// Gets ready for `track` being played soon; failures are silent.
    func warm(_ track: Track) async
}
