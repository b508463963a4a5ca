/// One delivery that the owner of a `PlayerMachine` has to start.
struct StreamOrder: Sendable, Hashable {
    /// Name of the delivery in later events.
    let stream: StreamID
    /// The song.
    let track: Track
    /// The first frame wanted.
    let frame: Int
    /// Loudness in percent.
    let volume: Int
    /// How many addresses of the song were refused so far.
    let attempt: Int
    /// Time to wait before trying.
    let delay: Duration
}

/// What the owner of a `PlayerMachine` has to do next.
enum PlayerAction: Sendable, Hashable {
    /// Start a delivery and report how it goes.
    case open(StreamOrder)
    /// End a delivery; nothing it still reports is heard.
    case close(StreamID)
    /// Empty the output, then call `takeOver` with this stream.
    case takeOver(StreamID)
    /// Hold the output, or let it go on.
    case setPaused(Bool)
    /// Get ready for a song of the queue.
    case warm(Track)
    /// Tell the listeners.
    case emit(PlayerEvent)
}
