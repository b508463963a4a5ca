public import MediaPipeline

/// Opens songs as Opus packets; `MediaWorkers` does it with the worker pool, tests use a fake.
public protocol MediaOpening: Sendable {
    /// Starts delivering a song.
    func open(_ request: MediaRequest) async throws(MediaError) -> any AudioStream
    /// Looks at a song without playing it.
    func probe(_ source: MediaSource) async throws(MediaError) -> MediaInfo
}

/// One song being delivered; whoever opened it calls `close` in the end.
public protocol AudioStream: Sendable {
    /// What the song turned out to be.
    var info: MediaInfo { get }
    /// The next packets in order, at least one; nil at the end of the song.
    func nextBatch() async throws(MediaError) -> [OpusPacket]?
    /// Ends the delivery and frees what it holds.
    func close()
}

/// Finds the bytes behind a track; the resolver does it, tests use a fake.
public protocol TrackOpening: Sendable {
    /// Where the sound of `track` can be read now. `attempt` counts the addresses of this song that were refused so far:
    /// each next one asks the site anew, by another way.
    func source(of track: Track, attempt: Int) async throws(MusicError) -> MediaSource
    /// Gets ready for `track` being played soon; failures are silent.
    func warm(_ track: Track) async
}
