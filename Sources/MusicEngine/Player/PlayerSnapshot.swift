public import ServiceKit

/// What a player is doing.
public enum PlayerState: String, Sendable, Codable, Hashable {
    /// Nothing is queued, or the player was stopped.
    case idle
    /// The current song is being opened and is not heard yet.
    case loading
    /// Frames are going out.
    case playing
    /// Held by a person.
    case paused
}

/// Why a song ended.
public enum TrackEnd: String, Sendable, Codable, Hashable {
    /// It was heard to its end.
    case finished
    /// A person skipped it.
    case skipped
    /// A person stopped the player.
    case stopped
    /// Its sound stopped arriving.
    case failed
}

/// What a player tells those who listen.
public enum PlayerEvent: Sendable, Hashable {
    /// The first frame of a song went out.
    indirect case trackStarted(QueuedTrack)
    /// A song that had started is over.
    indirect case trackEnded(QueuedTrack, TrackEnd)
    /// A song cannot be played (further); the sentence is for people. The next song goes on by itself.
    indirect case trackFailed(QueuedTrack, sentence: String)
    /// The sound of this song was lost and found again, usually without anybody hearing it.
    indirect case recovered(QueuedTrack)
    /// The player is in another state now.
    case stateChanged(PlayerState)
    /// The queue has changed.
    case queueChanged
    /// The last song of the queue is over.
    case queueEnded
    /// Several songs failed in a row and the player stopped; the rest of the queue is kept.
    case gaveUp(sentence: String)
    /// Nothing was heard for this long; told once per quiet time.
    case idle(Duration)
}

/// A player at one moment.
public struct PlayerSnapshot: Sendable {
    /// What it is doing.
    public var state: PlayerState = .idle
    /// The song being heard or opened.
    public var current: QueuedTrack?
    /// How much of it was heard, exact to the frame of 20 ms.
    public var position: Duration = .zero
    /// Its length, when known.
    public var duration: Duration?
    /// Whether it is a broadcast.
    public var isLive = false
    /// The songs after it, in order.
    public var queue: [QueuedTrack] = []
    /// The songs before it, the latest last; bounded.
    public var history: [QueuedTrack] = []
    /// What plays again.
    public var loop: LoopMode = .off
    /// Loudness in percent.
    public var volume = 100
    /// Codec of the source, once opened.
    public var codec: String?
    /// Whether the source's packets are sent untouched, once opened.
    public var passthrough: Bool?
    /// Frames waiting in the player, the output's not counted.
    public var bufferedFrames = 0
    /// The last thing that went wrong, for people; nil once a song plays well.
    public var lastProblem: String?

    /// An idle player.
    public init() {}
}

/// Limits and defaults of a player.
public struct PlayerSettings: Sendable {
    /// Loudness at the start, in percent.
    public var volume = 100
    /// Songs that can wait.
    public var queueLimit = 10_000
    /// Songs remembered as played.
    public var historyLimit = 50
    /// Frames of a song held ahead of the listener (1 s), those in the output included: when fewer are left, the worker
    /// is asked for the next second. A slow source is the worker's matter, which buffers the song's bytes.
    public var bufferFrames = 50
    /// Time before the end of a song when the next one is opened.
    public var preloadLead: Duration = .seconds(10)
    /// How often the output is looked at, at least, while playing.
    public var feedInterval: Duration = .seconds(1)
    /// Quiet time after which `PlayerEvent.idle` is told.
    public var idleLimit: Duration = .seconds(300)
    /// Songs failing in a row after which the player stops.
    public var failureLimit = 3
    /// Times a song is opened again without a new frame before it fails.
    public var reopenLimit = 4
    /// The same for a broadcast, whose source may be away for a while.
    public var liveReopenLimit = 8

    /// The defaults.
    public init() {}
}

/// A listener's end of a player's events; finish it to stop listening.
public typealias PlayerEvents = BoundedChannel<PlayerEvent>
