public import DiscordModel

/// A track in a player's queue, with the person who asked for it.
public struct QueuedTrack: Sendable, Hashable, Identifiable {
    /// Number of this entry in its player, given when it is queued; the same song queued twice has two.
    public internal(set) var id: UInt64 = 0
    /// The song.
    public var track: Track
    /// Who asked for it; nil for songs nobody asked for.
    public var requester: UserID?

    /// A track as `requester` asked for it.
    public init(track: Track, requester: UserID? = nil) {
        self.track = track
        self.requester = requester
    }
}

/// Where in the queue new tracks go.
public enum QueuePlace: Sendable, Hashable {
    /// Behind all others.
    case end
    /// Before all others: they play next.
    case next
    /// Before the entry at this index; a number past the end means the end.
    case index(Int)
}

/// What plays again when a song has ended.
public enum LoopMode: String, Sendable, Codable, Hashable, CaseIterable {
    /// Nothing.
    case off
    /// The song itself.
    case track
    /// The whole queue, song after song.
    case queue
}
