import Glibc
public import MediaPipeline
import Networking
public import ServiceKit
import Synchronization

/// Limits of a resolver.
public struct ResolverSettings: Sendable {
    /// Songs asked of a search when the library has none.
    public var searchLimit = 5
    /// Songs taken from a list.
    public var playlistLimit = 100
    /// How long an answer is believed.
    public var lifetime: Duration = .seconds(3600)
    /// How long a lasting refusal (gone, private, nothing found) is believed.
    public var refusalLifetime: Duration = .seconds(30)
    /// An audio address is used until this long before its end.
    public var expiryMargin: Duration = .seconds(600)
    /// How long to wait at most for an audio address that the site makes usable later.
    public var longestWait: Duration = .seconds(10)
    /// Answers kept.
    public var cacheCapacity = 2000
    /// Songs remembered for completion.
    public var historyCapacity = 200
    /// `host:port` texts that may be opened although their addresses are private; for the sandbox and tests.
    public var allowedPrivateHosts: Set<String> = []

    /// The defaults.
    public init() {}
}

/// Finds the song a person means, and later the bytes of its sound.
public final class TrackResolver: TrackOpening, Service {
    /// Its name among the services.
    public let name = "track resolver"

    private struct State {
        /// Songs played or found lately, the latest last.
        var history: [Track] = []
    }

    private let library: MusicLibrary
    private let extractor: (any Extractor)?
    private let media: any MediaOpening
    private let settings: ResolverSettings
    private let time: any TimeSource
    private let wallClock: @Sendable () -> Double
    private let logger: Logger
    private let state = Mutex(State())
    private let answers: Cache<String, Result<Resolution, MusicError>>
    private let streams: Cache<String, ExtractedSong>
    private let questions = SingleFlight<String, Resolution>()
    private let extractions = SingleFlight<String, ExtractedSong>()

    /// A resolver over a library, a media pool and, when songs of sites shall be played, an extractor. `wallClock` tells
    /// the seconds since 1970, in which sites say when their addresses expire.
    public init(
        library: MusicLibrary, extractor: (any Extractor)?, media: any MediaOpening,
        settings: ResolverSettings = ResolverSettings(), time: any TimeSource = SystemTime.shared,
        wallClock: @escaping @Sendable () -> Double = TrackResolver.systemWallClock,
        logger: Logger = Logger("resolver")
    ) {
        self.library = library
        self.extractor = extractor
        self.media = media
        self.settings = settings
        self.time = time
        self.wallClock = wallClock
        self.logger = logger
        answers = Cache(limits: CacheLimits(entries: settings.cacheCapacity), time: time)
        streams = Cache(limits: CacheLimits(entries: settings.cacheCapacity), time: time)
    }

    /// The machine's wall clock in seconds since 1970.
    public static func systemWallClock() -> Double {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    // MARK: What a person means

    /// Finds what words, an address, a library song's name or the `id` of a completed track stand for.
    /// At most `limit` songs of a list or a search are returned.
    public func resolve(_ query: String, limit: Int = 100) async throws(MusicError) -> Resolution {
        let query = query.trimmingSpaces()
        guard !query.isEmpty else { throw .nothingFound(words: "") }
        if let known = known(query) { return .track(await tagged(known)) }
        let address = try MusicAddress(query, allowedPrivateHosts: settings.allowedPrivateHosts)
        let limit = max(1, min(limit, settings.playlistLimit))
        if case .words(let words) = address, let found = await inLibrary(words, limit: limit) { return found }
        let key = "\(limit) \(address)"
        if let answer = answers.value(for: key) { return try answer.get() }
        let answer: Result<Resolution, MusicError>
        do {
            let resolution = try await questions.value(for: key) { [self] in try await ask(address, limit: limit) }
            answer = .success(resolution)
        } catch {
            answer = .failure(error as? MusicError ?? .cancelled)
        }
        keep(answer, for: key)
        return try answer.get()
    }

    /// Songs that a person may mean who has typed `prefix`: of the library, then of those played lately. Never waits for
    /// a network.
    public func complete(_ prefix: String, limit: Int = 25) async -> [Track] {
        let query = SearchText(prefix)
        let history = state.withLock { $0.history.reversed() }
        var tracks = library.search(prefix, limit: limit)
        let known = Set(tracks.map(\.id))
        for track in history where tracks.count < limit && !known.contains(track.id) {
            if SearchText("\(track.title) \(track.author ?? "")").score(for: query) != nil { tracks.append(track) }
        }
        return tracks
    }

    // MARK: Where its sound is

    /// Where the sound of `track` can be read now; each further `attempt` asks the site by another way.
    public func source(of track: Track, attempt: Int) async throws(MusicError) -> MediaSource {
        let source = try await locate(track, attempt: attempt)
        remember([track])
        return source
    }

    /// Looks the audio address of a site's song up ahead of time, so that it begins at once when its turn comes.
    public func warm(_ track: Track) async {
        guard case .extracted = track.source else { return }
        _ = try? await locate(track, attempt: 0)
    }

    /// Reads the tags of library songs, and of those that are added later, until cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            for track in library.untagged() where !Task.isCancelled { _ = await tagged(track) }
            try await time.sleep(for: .seconds(30))
        }
    }

    private func locate(_ track: Track, attempt: Int) async throws(MusicError) -> MediaSource {
        switch track.source {
        case .library(let file):
            return .file(path: try library.path(of: file))
        case .url(let url):
            guard case .media(let url) = try MusicAddress(url, allowedPrivateHosts: settings.allowedPrivateHosts)
            else { throw .unsupported }
            if attempt > 0 { throw .addressExpired }
            return .http(url: url, headers: [:])
        case .extracted(_, _, let url):
            let song = try await stream(of: track, url: url, attempt: attempt)
            try await waitUntilAvailable(song)
            return .http(url: song.audioURL, headers: song.headers)
        }
    }

    private func stream(of track: Track, url: String, attempt: Int) async throws(MusicError) -> ExtractedSong {
        guard let extractor else { throw Self.noExtractor }
        if attempt == 0 {
            if let song = streams.value(for: track.id) { return song }
        } else {
            streams.remove(track.id)
        }
        let song: ExtractedSong
        do {
            song = try await extractions.value(for: "\(attempt) \(track.id)") {
                do {
                    return try await extractor.stream(of: url, way: attempt)
                } catch let error as MusicError where attempt == 0 && error.mayDependOnWay {
                    return try await extractor.stream(of: url, way: 1)
                }
            }
        } catch {
            throw error as? MusicError ?? .cancelled
        }
        keep(song, for: track.id)
        return song
    }

    private func waitUntilAvailable(_ song: ExtractedSong) async throws(MusicError) {
        guard let availableAt = song.availableAt else { return }
        let wait = Duration.seconds(availableAt - wallClock())
        guard wait > .zero else { return }
        do {
            try await time.sleep(for: min(wait, settings.longestWait))
        } catch {
            throw .cancelled
        }
    }

    // MARK: Asking

    private func known(_ query: String) -> Track? {
        if query.hasPrefix("library:") { return library.song(named: String(query.dropFirst(8))) }
        return state.withLock { state in state.history.last { $0.id == query } }
    }

    private func inLibrary(_ words: String, limit: Int) async -> Resolution? {
        if let track = library.song(named: words) { return .track(await tagged(track)) }
        guard !SearchText(words).words.isEmpty else { return nil }
        var found: [Track] = []
        for track in library.search(words, limit: min(limit, settings.searchLimit)) {
            found.append(await tagged(track))
        }
        return found.isEmpty ? nil : found.count == 1 ? .track(found[0]) : .search(found)
    }

    private func ask(_ address: MusicAddress, limit: Int) async throws(MusicError) -> Resolution {
        switch address {
        case .words(let words):
            guard let extractor else { throw .nothingFound(words: words) }
            let tracks = try await extractor.search(words, limit: min(limit, settings.searchLimit))
            guard !tracks.isEmpty else { throw .nothingFound(words: words) }
            return .search(tracks)
        case .media(let url):
            return .track(try await probe(url))
        case .site(let url, _):
            guard let extractor else { throw Self.noExtractor }
            switch try await extractor.lookUp(url, limit: limit) {
            case .song(let song):
                keep(song, for: song.track.id)
                return .track(song.track)
            case .playlist(let name, let tracks):
                guard !tracks.isEmpty else { throw .unavailable }
                return .playlist(name: name, tracks: Array(tracks.prefix(limit)))
            }
        }
    }

    private func probe(_ url: String) async throws(MusicError) -> Track {
        let info: MediaInfo
        do {
            info = try await media.probe(.http(url: url, headers: [:]))
        } catch {
            throw .media(error)
        }
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let file = path.split(separator: "/").last.map(String.init) ?? url
        let title = info.title?.trimmingSpaces() ?? ""
        return Track(
            id: "url:\(url)", title: String((title.isEmpty ? file : title).prefix(200)), author: info.artist,
            duration: info.duration, isLive: info.isLive, pageURL: url, source: .url(url))
    }

    /// A library song with what its file's tags say; the file is looked into once.
    private func tagged(_ track: Track) async -> Track {
        guard case .library(let file) = track.source, track.duration == nil,
            library.untagged().contains(where: { $0.id == track.id }), let path = try? library.path(of: file)
        else { return track }
        do throws(MediaError) {
            library.tag(file, with: try await media.probe(.file(path: path)))
        } catch {
            // A song whose file is broken keeps its name; playing it will say what is wrong. A lost worker says nothing.
            if error.isLasting { library.tag(file, with: nil) }
        }
        return library.song(named: file) ?? track
    }

    // MARK: Keeping

    private func keep(_ answer: Result<Resolution, MusicError>, for key: String) {
        let lifetime: Duration
        switch answer {
        case .success(let resolution):
            lifetime = settings.lifetime
            if case .track(let track) = resolution { remember([track]) }
        case .failure(let error) where error.isLasting: lifetime = settings.refusalLifetime
        case .failure: return
        }
        answers.insert(answer, for: key, until: time.now + lifetime)
    }

    private func keep(_ song: ExtractedSong, for id: String) {
        let remaining = song.expires.map { Duration.seconds($0 - wallClock()) } ?? settings.lifetime
        guard remaining > settings.expiryMargin else { return }
        streams.insert(song, for: id, until: time.now + remaining - settings.expiryMargin)
    }

    private func remember(_ tracks: [Track]) {
        state.withLock { state in
            for track in tracks {
                // Everybody everywhere is offered what is here. Library songs are offered anyway; a direct address may hold a
                // secret of the person who gave it.
                guard case .extracted = track.source else { continue }
                state.history.removeAll { $0.id == track.id }
                state.history.append(track)
            }
            let excess = state.history.count - settings.historyCapacity
            if excess > 0 { state.history.removeFirst(excess) }
        }
    }

    private static let noExtractor = MusicError.extractorMissing(
        fix: "Install Python 3.11 and yt-dlp; `backline doctor` shows how.")
}

extension MusicError {
    /// Whether asking again soon would give the same answer.
    var isLasting: Bool {
        switch self {
        case .nothingFound, .unavailable, .privateSong, .ageRestricted, .regionBlocked, .unsupported, .empty: true
        case .media(let error): error.isLasting
        default: false
        }
    }

    /// Whether another way of asking the site may have another answer.
    var mayDependOnWay: Bool {
        switch self {
        case .unavailable, .ageRestricted, .botCheck, .addressExpired, .extractorFailed: true
        default: false
        }
    }
}

extension MediaError {
    /// Whether opening the same source again soon would fail in the same way.
    var isLasting: Bool {
        switch self {
        case .notFound, .forbidden, .noAudio, .unsupported, .broken, .empty: true
        case .httpStatus(let status): status < 500 && status != 429
        default: false
        }
    }
}
