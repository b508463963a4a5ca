import MediaPipeline
import MusicEngine
import ServiceKit
import Synchronization

/// Songs whose frames tell their song, number and loudness; what goes wrong with them is told by the test.
final class FakeMedia: MediaOpening, TrackOpening {
    /// One song: its file is its number.
    struct Song: Sendable {
        /// Frames it has; endless when nil.
        var frames: Int?
        /// Whether its length is told when it is opened.
        var tellsDuration = true
        var isLive = false
        /// Errors that stop its first, second … delivery before the frame.
        var failures: [(frame: Int, error: MediaError)] = []
    }

    private struct State {
        var songs: [String: Song] = [:]
        var requests: [MediaRequest] = []
        var attempts: [Int] = []
        var warmed: [String] = []
        var delivered = 0
        var openStreams = 0
        var gates: [String: BoundedChannel<Void>] = [:]
    }

    private let state = Mutex(State())

    init(_ songs: [String: Song] = [:]) {
        state.withLock { $0.songs = songs }
    }

    /// A track of the song `number`.
    static func track(_ number: Int, live: Bool = false) -> QueuedTrack {
        QueuedTrack(
            track: Track(
                id: "\(number)", title: "Song \(number)", isLive: live,
                source: .extracted(site: "test", id: "\(number)", url: "https://site.example/\(number)")))
    }

    var requests: [MediaRequest] { state.withLock { $0.requests } }
    var attempts: [Int] { state.withLock { $0.attempts } }
    var warmed: [String] { state.withLock { $0.warmed } }
    /// Frames handed to the player in all.
    var delivered: Int { state.withLock { $0.delivered } }
    /// Deliveries not closed yet.
    var openStreams: Int { state.withLock { $0.openStreams } }

    /// Lets deliveries of a song be opened only when the test calls `open`.
    func hold(_ song: String) { state.withLock { $0.gates[song] = BoundedChannel(capacity: 10) } }

    /// Lets one held delivery be opened.
    func release(_ song: String) { state.withLock { $0.gates[song] }?.trySend(()) }

    func source(of track: Track, attempt: Int) async throws(MusicError) -> MediaSource {
        state.withLock { $0.attempts.append(attempt) }
        return .file(path: track.id)
    }

    func warm(_ track: Track) async { state.withLock { $0.warmed.append(track.id) } }

    func open(_ request: MediaRequest) async throws(MediaError) -> any AudioStream {
        guard case .file(let name) = request.source else { throw .notFound }
        if let gate = state.withLock({ $0.gates[name] }), await gate.next() == nil { throw .closed }
        let (song, failure) = state.withLock { state -> (Song?, (frame: Int, error: MediaError)?) in
            state.requests.append(request)
            let failure = state.songs[name]?.failures.first
            if failure != nil { state.songs[name]?.failures.removeFirst() }
            return (state.songs[name], failure)
        }
        guard let song else { throw .notFound }
        if let failure, failure.frame == 0 { throw failure.error }
        state.withLock { $0.openStreams += 1 }
        return Stream(media: self, name: name, song: song, failure: failure, request: request)
    }

    func probe(_ source: MediaSource) async throws(MediaError) -> MediaInfo { throw .notFound }

    private final class Stream: AudioStream {
        let info: MediaInfo
        private let media: FakeMedia
        private let number: UInt8
        private let end: Int
        private let failure: (frame: Int, error: MediaError)?
        private let volume: UInt8
        private let next: Mutex<Int?>

        init(
            media: FakeMedia, name: String, song: Song, failure: (frame: Int, error: MediaError)?, request: MediaRequest
        ) {
            self.media = media
            number = UInt8(name) ?? 0
            end = song.frames ?? .max
            self.failure = failure
            volume = UInt8(request.volume * 100)
            next = Mutex(song.isLive ? 0 : request.startIndex)
            info = MediaInfo(
                duration: song.tellsDuration ? song.frames.map { .milliseconds($0 * 20) } : nil, codec: "opus",
                sampleRate: 48000, channels: 2, passthrough: request.volume == 1, isLive: song.isLive)
        }

        func nextBatch() async throws(MediaError) -> [OpusPacket]? {
            let start = next.withLock { $0 }
            guard let start else { throw .closed }
            if let failure, start >= failure.frame { throw failure.error }
            let stop = min(start + 50, end, failure?.frame ?? .max)
            guard start < stop else { return nil }
            next.withLock { $0 = stop }
            media.state.withLock { $0.delivered += stop - start }
            return (start..<stop).map { index in
                let bytes = [number, UInt8(index >> 16 & 0xFF), UInt8(index >> 8 & 0xFF), UInt8(index & 0xFF), volume]
                return OpusPacket(bytes: bytes, index: index)
            }
        }

        func close() {
            let wasOpen = next.withLock { next in
                defer { next = nil }
                return next != nil
            }
            if wasOpen { media.state.withLock { $0.openStreams -= 1 } }
        }
    }
}
