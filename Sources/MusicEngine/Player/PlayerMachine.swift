import MediaPipeline

/// The rules of one player as a value: queue, loop, what is opened when, and which frame comes next.
///
/// It has no clock and does no I/O. Its owner reports what happened, performs `takeActions()`, and moves frames from
/// `nextToPush()` to the output. Methods marked "output empty" need the output emptied and `cleared(played:)` called
/// directly before, which costs nothing: frames stay in their `Feed` until they were heard.
struct PlayerMachine: Sendable {
    /// One playing of one entry of the queue.
    struct Play: Sendable {
        let entry: QueuedTrack
        var feed: Feed
        var info: MediaInfo?
        /// Addresses refused so far.
        var attempt = 0
        /// Openings since the last new frame.
        var reopenings = 0
        var isRecovering = false
        /// A sentence was told; what is buffered still plays.
        var hasFailed = false
        /// The delivery ended before the length the source had promised.
        var endedEarly = false
        let failuresBefore: Int

        var isLive: Bool { info?.isLive ?? entry.track.isLive }
        var duration: Duration? { info?.duration ?? entry.track.duration }
    }

    /// Whose feed an event is about.
    enum Role { case current, next }

    let settings: PlayerSettings
    var current: Play?
    var next: Play?
    /// The entries that wait; the one being opened as `next` is still its first.
    var queue: [QueuedTrack] = []
    var history: [QueuedTrack] = []
    var loop = LoopMode.off
    var isPaused = false
    private(set) var volume: Int
    var lastProblem: String?

    /// Songs that failed in a row.
    var failures = 0
    /// An entry that failed while it was prepared to play again in a loop.
    var spoiled: UInt64?
    /// Frames the sender has taken in all, when last told.
    private(set) var playedTotal = 0
    /// The next number for an entry or a stream.
    var nextNumber: UInt64 = 1
    /// What the owner has not taken yet.
    var actions: [PlayerAction] = []
    private var toldState = PlayerState.idle

    init(settings: PlayerSettings) {
        self.settings = settings
        volume = min(200, max(0, settings.volume))
    }

    /// What the player is doing.
    var state: PlayerState {
        guard let current else { return .idle }
        if isPaused { return .paused }
        return current.feed.heard > 0 ? .playing : .loading
    }

    /// What the owner has to do since the last call, in order.
    mutating func takeActions() -> [PlayerAction] {
        if state != toldState {
            toldState = state
            actions.append(.emit(.stateChanged(state)))
        }
        defer { actions = [] }
        return actions
    }

    // MARK: People

    /// Queues tracks and starts the first when nothing plays; none is queued when not all fit.
    mutating func enqueue(_ tracks: [QueuedTrack], at place: QueuePlace) throws(MusicError) {
        guard queue.count + tracks.count <= settings.queueLimit else { throw .queueFull(limit: settings.queueLimit) }
        let numbered = tracks.map { track in
            var track = track
            track.id = number()
            return track
        }
        switch place {
        case .end: queue.append(contentsOf: numbered)
        case .next: queue.insert(contentsOf: numbered, at: 0)
        case .index(let index): queue.insert(contentsOf: numbered, at: min(max(0, index), queue.count))
        }
        queueChanged()
        if current == nil {
            failures = 0
            promote()
        }
    }

    /// Goes on with the next song. Output empty.
    mutating func skip() throws(MusicError) {
        guard current != nil || !queue.isEmpty else { throw .nothingPlaying }
        failures = 0
        unpause()
        if current == nil { promote() } else { finish(.skipped) }
    }

    /// Goes on with the entry at `index` of the queue; those before it are dropped. Output empty.
    mutating func skip(to index: Int) throws(MusicError) {
        guard queue.indices.contains(index) else { throw .noSuchEntry }
        if loop == .queue { queue.append(contentsOf: queue[..<index]) }
        queue.removeFirst(index)
        queueChanged()
        try skip()
    }

    /// Goes back to the song before this one, which is played again after it. Output empty.
    mutating func previous() throws(MusicError) {
        guard let former = history.popLast() else { throw .noSuchEntry }
        if let current { queue.insert(current.entry, at: 0) }
        queue.insert(former, at: 0)
        let looped = loop
        loop = .off
        if current == nil { promote() } else { finish(.skipped, remember: false) }
        loop = looped
        unpause()
        reconcile()
    }

    /// Forgets the queue and falls silent. Output empty.
    mutating func stop() {
        queue = []
        queueChanged()
        drop(.next)
        if let current, current.feed.heard > 0 { actions.append(.emit(.trackEnded(current.entry, .stopped))) }
        remember(current)
        drop(.current)
        unpause()
    }

    /// Holds the song.
    mutating func pause() throws(MusicError) {
        guard current != nil else { throw .nothingPlaying }
        guard !isPaused else { return }
        isPaused = true
        actions.append(.setPaused(true))
    }

    /// Goes on after `pause`, or with the rest of the queue when the player had given up.
    mutating func resume() throws(MusicError) {
        guard current != nil || !queue.isEmpty else { throw .nothingPlaying }
        unpause()
        if current == nil {
            failures = 0
            promote()
        }
    }

    /// Goes on from another frame of the song. Output empty.
    mutating func seek(to frame: Int) throws(MusicError) {
        guard var play = current else { throw .nothingPlaying }
        guard !play.isLive else { throw .liveCannotSeek }
        let target = max(0, frame)
        if let duration = play.duration, target > 0, target >= duration.frameCount {
            throw .seekBeyondEnd(duration: duration)
        }
        if !play.feed.jump(to: target) {
            let stream = newStream()
            for former in play.feed.restart(as: stream, from: target) { actions.append(.close(former)) }
            play.reopenings = 0
            play.hasFailed = false
            play.isRecovering = false
            order(stream, of: play, from: target)
        }
        current = play
    }

    /// Changes the loudness, also of the song being heard: it goes on with the new one without losing a frame.
    mutating func setVolume(_ percent: Int) {
        let percent = min(200, max(0, percent))
        guard percent != volume else { return }
        volume = percent
        for role in [Role.current, .next] {
            guard var play = self[role], !play.hasFailed else { continue }
            let stream = newStream()
            if play.feed.count == 0, play.feed.heard == 0 {
                for former in play.feed.restart(as: stream, from: play.feed.frontier) { actions.append(.close(former)) }
            } else if let former = play.feed.replace(with: stream) {
                actions.append(.close(former))
            }
            order(stream, of: play, from: play.isLive ? 0 : play.feed.position)
            self[role] = play
        }
    }

    /// Changes what plays again.
    mutating func setLoop(_ mode: LoopMode) {
        loop = mode
        spoiled = nil
        reconcile()
    }

    /// Takes one entry out of the queue. Output empty when `nextIsPushed`.
    mutating func remove(at index: Int) throws(MusicError) -> QueuedTrack {
        guard queue.indices.contains(index) else { throw .noSuchEntry }
        let entry = queue.remove(at: index)
        queueChanged()
        return entry
    }

    /// Moves one entry of the queue to another place. Output empty when `nextIsPushed`.
    mutating func move(from index: Int, to destination: Int) throws(MusicError) {
        guard queue.indices.contains(index), queue.indices.contains(destination) else { throw .noSuchEntry }
        queue.insert(queue.remove(at: index), at: destination)
        queueChanged()
    }

    /// Brings the queue into another order. Output empty when `nextIsPushed`.
    mutating func shuffle(using generator: inout some RandomNumberGenerator) {
        queue.shuffle(using: &generator)
        queueChanged()
    }

    /// Forgets the queue; the song being heard goes on. Output empty when `nextIsPushed`.
    mutating func clearQueue() {
        queue = []
        queueChanged()
    }

    /// Whether frames of the next song are in the output, so that edits of the queue need it emptied first.
    var nextIsPushed: Bool { (next?.feed.pushed ?? 0) > 0 }

    // MARK: Deliveries

    /// Whether a delivery shall go on now; nil when it is not wanted any more.
    func wants(_ stream: StreamID) -> Bool? {
        guard let role = role(of: stream) else { return nil }
        return self[role]?.feed.wants(stream, limit: settings.bufferFrames)
    }

    /// A delivery has begun.
    mutating func opened(_ stream: StreamID, _ info: MediaInfo) {
        guard let role = role(of: stream), var play = self[role] else { return }
        play.info = info
        play.feed.renumbers = play.isLive
        self[role] = play
    }

    /// Frames have arrived.
    mutating func received(_ packets: [OpusPacket], from stream: StreamID) {
        guard let role = role(of: stream), var play = self[role] else { return }
        // Out of its place while it is changed: with two owners its frames would be copied.
        self[role] = nil
        if play.feed.append(packets, from: stream), stream == play.feed.stream {
            play.reopenings = 0
            play.endedEarly = false
            if play.isRecovering {
                play.isRecovering = false
                actions.append(.emit(.recovered(play.entry)))
            }
        }
        self[role] = play
        takeOverWhenReady(role)
    }

    /// A delivery has sent its last frame.
    mutating func ended(_ stream: StreamID) {
        guard let role = role(of: stream), var play = self[role] else { return }
        guard stream == play.feed.stream else {
            play.feed.end(stream)
            self[role] = play
            takeOverWhenReady(role)
            return
        }
        let missing = (play.info?.duration).map { $0 - .frames(play.feed.frontier) } ?? .zero
        if play.isLive {
            failed(stream, StreamFailure(.interrupted, "The broadcast has ended."))
        } else if missing > .seconds(5), !play.endedEarly, play.feed.frontier > 0 {
            play.endedEarly = true
            self[role] = play
            failed(stream, StreamFailure(.interrupted, MusicError.network.sentence))
        } else if play.feed.frontier == 0, play.feed.count == 0, play.feed.heard == 0 {
            fail(role, MusicError.empty.sentence)
        } else {
            play.feed.end(stream)
            self[role] = play
            actions.append(.close(stream))
            finishDryPlays()
        }
    }

    /// A delivery has failed.
    mutating func failed(_ stream: StreamID, _ failure: StreamFailure) {
        guard let role = role(of: stream), var play = self[role] else { return }
        actions.append(.close(stream))
        guard stream == play.feed.stream else {
            // A louder or quieter version cannot be had now: the song goes on as it is.
            play.feed.dropReplacement()
            self[role] = play
            finishDryPlays()
            return
        }
        guard !failure.isFinal, play.reopenings < reopenLimit(of: play, after: failure) else {
            return fail(role, failure.sentence)
        }
        if failure.kind == .addressRefused { play.attempt += 1 }
        play.reopenings += 1
        play.isRecovering = play.feed.heard > 0 || play.feed.count > 0
        let fresh = newStream()
        play.feed.reopen(as: fresh)
        // The first time at once, then 0.5 s, 1 s, 2 s … up to 8 s.
        let delay: Duration =
            play.reopenings < 2 ? .zero : min(.seconds(8), .milliseconds(250) * (1 << min(play.reopenings - 1, 10)))
        order(fresh, of: play, from: play.isLive ? 0 : play.feed.frontier, delay: delay)
        self[role] = play
    }

    /// The replacement of a song's delivery takes its place. Output empty.
    mutating func takeOver(_ stream: StreamID) {
        guard let role = role(of: stream), var play = self[role], play.feed.replacement?.stream == stream,
            let former = play.feed.takeOver()
        else { return }
        actions.append(.close(former))
        self[role] = play
        finishDryPlays()
    }

    // MARK: Frames

    /// The next frame for the output: of the song being heard, then of the next one without a gap.
    mutating func nextToPush() -> [UInt8]? {
        if let frame = current?.feed.nextToPush() { return frame }
        guard let current, current.feed.ended else { return nil }
        return next?.feed.nextToPush()
    }

    /// Whether `nextToPush` has a frame.
    var hasFrameToPush: Bool {
        guard let feed = current?.feed else { return false }
        if feed.pushed < feed.count { return true }
        return feed.ended && next.map { $0.feed.pushed < $0.feed.count } == true
    }

    /// The last frame of `nextToPush` found no room.
    mutating func pushFailed() {
        if nextIsPushed { next?.feed.pushFailed() } else { current?.feed.pushFailed() }
    }

    /// Frames that are in the output before another song or silence begins.
    var pushedOfCurrent: Int { current?.feed.pushed ?? 0 }

    /// Frames to be heard before the owner must look again: for the first sound, the end of a song, or room for more
    /// frames, which may be a little later. Nil when the output holds no frame of the song.
    var framesUntilLook: (count: Int, isExact: Bool)? {
        guard let feed = current?.feed, feed.pushed > 0 else { return nil }
        if feed.heard == 0 { return (min(feed.pushed, Self.firstLook), true) }
        let spare = feed.count - settings.bufferFrames + 1
        guard !feed.ended, spare > 0, spare < feed.pushed else { return (feed.pushed, true) }
        return (spare, false)
    }

    /// Whether nothing will follow what was pushed so far.
    var isAtEnd: Bool {
        guard let current else { return true }
        return current.feed.ended && current.feed.pushed == current.feed.count && next == nil && upcoming == nil
    }

    /// The sender has taken this many frames since the output exists.
    mutating func played(_ total: Int) {
        var taken = total - playedTotal
        playedTotal = total
        while taken > 0, var play = current {
            let before = play.feed.heard
            let mine = play.feed.take(taken)
            taken -= mine
            current = play
            if before == 0, mine > 0 { actions.append(.emit(.trackStarted(play.entry))) }
            if before < Self.wellPlayedFrames, play.feed.heard >= Self.wellPlayedFrames {
                failures = 0
                lastProblem = nil
            }
            if play.feed.isDry { finishDryPlays() } else if mine == 0 { break }
        }
        prepareNext()
    }

    /// The output was emptied after the sender had taken this many frames.
    mutating func cleared(played total: Int) {
        played(total)
        current?.feed.cleared()
        next?.feed.cleared()
    }

    /// Frames of a song (5 s) after which it counts as playing well.
    private static let wellPlayedFrames = 250
    /// Frames (0.5 s) within which a song is noticed to be heard.
    private static let firstLook = 25
}

extension Duration {
    /// The time of this many frames of 20 ms.
    static func frames(_ count: Int) -> Duration { .milliseconds(20 * count) }

    /// How many whole frames of 20 ms begin within this time, rounded up.
    var frameCount: Int {
        // Files may state any length: what no song has (a hundred years) is cut.
        let (seconds, attoseconds) = Swift.min(self, .seconds(100 * 366 * 86_400)).components
        let nanoseconds = Int(clamping: seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        return max(0, (nanoseconds + 19_999_999) / 20_000_000)
    }
}
