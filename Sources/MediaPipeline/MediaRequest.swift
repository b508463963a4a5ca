/// What to play and how.
public struct MediaRequest: Sendable, Hashable {
    /// Where the bytes come from.
    public var source: MediaSource
    /// The position of the first packet, rounded down to a whole 20 ms frame; ignored by live streams.
    public var start: Duration
    /// The loudness factor; exactly 1 leaves Opus packets untouched.
    public var volume: Double
    /// Exact `host:port` texts that may be reached although their address is not public.
    public var allowPrivateNetwork: Set<String>
    /// How long opening may take, from the request to the first decoded sound.
    public var openTimeLimit: Duration
    /// How long no packet may come although one was asked for.
    public var stallTimeLimit: Duration
    /// Bits per second of encoded Opus.
    public var bitRate: Int

    /// A request from the start of the song at its own loudness.
    public init(
        source: MediaSource, start: Duration = .zero, volume: Double = 1, allowPrivateNetwork: Set<String> = [],
        openTimeLimit: Duration = .seconds(20), stallTimeLimit: Duration = .seconds(15), bitRate: Int = 128_000
    ) {
        self.source = source
        self.start = start
        self.volume = volume
        self.allowPrivateNetwork = allowPrivateNetwork
        self.openTimeLimit = openTimeLimit
        self.stallTimeLimit = stallTimeLimit
        self.bitRate = bitRate
    }

    /// The number of the first 20 ms frame.
    public var startIndex: Int {
        max(0, Int(start / .milliseconds(20)))
    }
}
