public import DiscordModel
import MediaPipeline
public import ServiceKit
import Synchronization

/// The music of one guild: a queue, the song being heard, and everything a person can do to it.
///
/// `run()` must be running for sound to come; the methods may be called at any time from anywhere. Each returns once the
/// change is made: pausing, skipping, seeking and stopping are heard with the next frame of 20 ms.
public actor Player {
    /// The guild it plays in.
    public nonisolated let guild: GuildID

    private let output: any PlayerOutput
    private let opener: any TrackOpening
    private let media: any MediaOpening
    private let settings: PlayerSettings
    private let time: any TimeSource
    private let logger: Logger

    private var machine: PlayerMachine
    private var deliveries: [StreamID: Delivery] = [:]
    /// Whether the output was told that nothing follows.
    private var outputHasEnded = true
    /// Whether the sender may be parked and must be told of the next frame.
    private var mustBegin = true
    private var quietSince: Duration
    private var hasToldIdle = false
    /// When `run` looks again by itself; nil while it waits to be woken, zero while it is awake.
    private var lookAt: Duration? = .zero
    private var warmings = 0
    private let jobs = BoundedChannel<Job>(capacity: 1024)
    private nonisolated let published = Mutex(Published())
    private nonisolated let listeners = Mutex<[PlayerEvents]>([])

    /// What `run()` is woken for: work for a child task, or a look at the output.
    private enum Job: Sendable {
        case carry(Delivery)
        case warm(Track)
        case look
    }

    /// Looks that need not be exact fall on multiples of this time, so that many players wake the machine together.
    private static let rhythm = Duration.milliseconds(200)

    /// A snapshot, and what is needed to make its position exact at the moment somebody looks.
    private struct Published {
        var snapshot = PlayerSnapshot()
        var positionFrame = 0
        var playedAtPosition = 0
        var pushed = 0
    }

    /// A player that takes songs through `opener` and `media` and sends frames to `output`.
    public init(
        guild: GuildID, output: any PlayerOutput, opener: any TrackOpening, media: any MediaOpening,
        settings: PlayerSettings = PlayerSettings(), time: any TimeSource = SystemTime.shared,
        logger: Logger = Logger("player")
    ) {
        self.guild = guild
        self.output = output
        self.opener = opener
        self.media = media
        self.settings = settings
        self.time = time
        self.logger = logger.with(["guild": "\(guild)"])
        machine = PlayerMachine(settings: settings)
        quietSince = time.now
        published.withLock { $0.snapshot.volume = min(200, max(0, settings.volume)) }
    }

    // MARK: Looking

    /// The player as it is now; costs no wait, the position is exact to the frame.
    public nonisolated var snapshot: PlayerSnapshot {
        let played = output.playedFrames
        return published.withLock { published in
            var snapshot = published.snapshot
            let since = min(max(0, played - published.playedAtPosition), published.pushed)
            snapshot.position = .frames(published.positionFrame + since)
            return snapshot
        }
    }

    /// Starts listening to what happens from now on. A listener that leaves 128 events unread misses the ones after them;
    /// `snapshot` always tells the truth.
    public nonisolated func subscribe() -> PlayerEvents {
        let channel = PlayerEvents(capacity: 128)
        listeners.withLock { listeners in
            listeners.removeAll { $0.isFinished }
            listeners.append(channel)
        }
        return channel
    }

    // MARK: Doing

    /// Queues tracks, all or none, and starts playing when nothing plays.
    public func enqueue(_ tracks: [QueuedTrack], at place: QueuePlace = .end) throws(MusicError) {
        try edit { machine throws(MusicError) in try machine.enqueue(tracks, at: place) }
    }

    /// Goes on with the next song; returns the one skipped.
    @discardableResult
    public func skip() throws(MusicError) -> QueuedTrack? {
        try cut { machine throws(MusicError) in
            let skipped = machine.current?.entry
            try machine.skip()
            return skipped
        }
    }

    /// Goes on with the entry at `index` of the queue.
    public func skip(to index: Int) throws(MusicError) {
        try cut { machine throws(MusicError) in try machine.skip(to: index) }
    }

    /// Goes back to the song before this one.
    public func previous() throws(MusicError) {
        try cut { machine throws(MusicError) in try machine.previous() }
    }

    /// Forgets the queue and falls silent at once.
    public func stop() {
        cut { machine in machine.stop() }
    }

    /// Holds the song at once.
    public func pause() throws(MusicError) {
        try change { machine throws(MusicError) in try machine.pause() }
    }

    /// Goes on after `pause`, or with the rest of the queue after giving up.
    public func resume() throws(MusicError) {
        try change { machine throws(MusicError) in try machine.resume() }
    }

    /// Goes on from another position of the song, exact to the frame.
    public func seek(to position: Duration) throws(MusicError) {
        try cut { machine throws(MusicError) in try machine.seek(to: position.frameCount) }
    }

    /// Changes the loudness to 0…200 percent; the song being heard follows within a moment, without losing a frame.
    public func setVolume(_ percent: Int) {
        change { machine in machine.setVolume(percent) }
    }

    /// Changes what plays again.
    public func setLoop(_ mode: LoopMode) {
        edit { machine in machine.setLoop(mode) }
    }

    /// Takes the entry at `index` out of the queue.
    @discardableResult
    public func remove(at index: Int) throws(MusicError) -> QueuedTrack {
        try edit { machine throws(MusicError) in try machine.remove(at: index) }
    }

    /// Moves an entry of the queue to another place.
    public func move(from index: Int, to destination: Int) throws(MusicError) {
        try edit { machine throws(MusicError) in try machine.move(from: index, to: destination) }
    }

    /// Forgets the queue; the song being heard goes on.
    public func clearQueue() {
        edit { machine in machine.clearQueue() }
    }

    /// Brings the queue into a random order.
    public func shuffle() {
        var generator = SystemRandomNumberGenerator()
        edit { machine in machine.shuffle(using: &generator) }
    }

    // MARK: Running

    /// Plays until cancelled; then everything opened is closed and listeners are told by the end of their channels.
    public func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                look()
                let job = await jobs.next(until: lookAt, by: time)
                if let job { start(job, &group) }
            }
            group.cancelAll()
        }
        for delivery in deliveries.values { delivery.close() }
        deliveries = [:]
        output.clear()
        output.end()
        let channels = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for channel in channels { channel.finish() }
    }

    @inline(never)
    private func start(_ job: Job, _ group: inout DiscardingTaskGroup) {
        switch job {
        case .carry(let delivery): group.addTask { await self.carry(delivery) }
        case .warm(let track): group.addTask { await self.warm(track) }
        case .look: break
        }
    }

    /// Fills the output, and says when to do it again.
    @inline(never)
    private func look() {
        lookAt = .zero
        change { _ in }
        tellIdle()
        lookAt = nextLook()
    }

    /// When to look again without being woken: before frames run low, when a song changes, when the quiet time is over.
    private func nextLook() -> Duration? {
        guard machine.state == .playing || machine.state == .loading else {
            return hasToldIdle ? nil : quietSince + settings.idleLimit
        }
        guard let (frames, isExact) = machine.framesUntilLook else { return nil }
        let next = time.now + min(settings.feedInterval, .frames(frames))
        guard !isExact, settings.feedInterval > Self.rhythm else { return next }
        return Self.rhythm * (next / Self.rhythm).rounded(.up)
    }

    private func tellIdle() {
        let isQuiet = machine.state == .idle || machine.state == .paused
        guard isQuiet else {
            quietSince = time.now
            hasToldIdle = false
            return
        }
        guard !hasToldIdle, time.now - quietSince >= settings.idleLimit else { return }
        hasToldIdle = true
        tell(.idle(settings.idleLimit))
    }

    // MARK: One delivery

    private func carry(_ delivery: Delivery) async {
        guard let stream = await open(delivery) else { return delivery.close() }
        defer {
            stream.close()
            delivery.close()
        }
        guard delivery.attach(stream) else { return }
        let number = delivery.stream
        opened(number, stream)
        do {
            while let packets = try await stream.nextBatch() {
                received(packets, from: number)
                while true {
                    guard let wanted = machine.wants(number) else { return }
                    if wanted { break }
                    guard await delivery.room.next() != nil else { return }
                }
            }
            ended(number)
        } catch {
            failed(delivery, error)
        }
    }

    /// Opens a delivery's stream; nil when that failed, or when it is not wanted any more, which ends the opening at
    /// once. It happens in a task of its own, whose memory is given back; the one that carries may live for days.
    private func open(_ delivery: Delivery) async -> (any AudioStream)? {
        await withTaskGroup(of: (any AudioStream)?.self) { group in
            group.addTask {
                let stream = await self.openStream(delivery)
                delivery.opening.trySend(())
                return stream
            }
            _ = await delivery.opening.next()
            group.cancelAll()
            return await group.next() ?? nil
        }
    }

    private func openStream(_ delivery: Delivery) async -> (any AudioStream)? {
        let order = delivery.order
        guard machine.wants(order.stream) != nil else { return nil }
        do {
            if order.delay > .zero { try await time.sleep(for: order.delay) }
            let source = try await opener.source(of: order.track, attempt: order.attempt)
            return try await media.open(
                MediaRequest(source: source, start: .frames(order.frame), volume: Double(order.volume) / 100))
        } catch {
            failed(delivery, error)
            return nil
        }
    }

    // Functions of their own, never parts of those that wait: what they need would stay in the memory of the wait.

    @inline(never)
    private func opened(_ number: StreamID, _ stream: any AudioStream) {
        change { machine in machine.opened(number, stream.info) }
    }

    @inline(never)
    private func received(_ packets: [OpusPacket], from stream: StreamID) {
        change { machine in machine.received(packets, from: stream) }
    }

    @inline(never)
    private func ended(_ stream: StreamID) {
        change { machine in machine.ended(stream) }
    }

    @inline(never)
    private func failed(_ delivery: Delivery, _ error: any Error) {
        let order = delivery.order
        guard !Task.isCancelled, machine.wants(order.stream) != nil else { return }
        let failure = StreamFailure(error, of: order.track.source)
        logger.notice(
            "a song's delivery failed: \(failure.sentence)", ["track": order.track.id, "kind": "\(failure.kind)"])
        change { machine in machine.failed(order.stream, failure) }
    }

    // MARK: Moving frames

    /// Makes a change that leaves the output as it is.
    private func change<Result, Failure: Error>(_ body: (inout PlayerMachine) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        defer { settle() }
        machine.played(output.playedFrames)
        return try body(&machine)
    }

    /// Makes a change of the queue, emptying the output first when the next song is already in it.
    private func edit<Result, Failure: Error>(_ body: (inout PlayerMachine) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        try machine.nextIsPushed ? cut(body) : change(body)
    }

    /// Empties the output, makes a change, and fills the output again: nothing pushed is heard after it.
    private func cut<Result, Failure: Error>(_ body: (inout PlayerMachine) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        defer { settle() }
        emptyOutput()
        return try body(&machine)
    }

    /// Does what the machine asks for, fills the output, and lets others see the result.
    private func settle() {
        var events: [PlayerEvent] = []
        while true {
            let actions = machine.takeActions()
            if actions.isEmpty { break }
            for action in actions { perform(action, telling: &events) }
        }
        fill()
        for delivery in deliveries.values where machine.wants(delivery.order.stream) == true {
            delivery.room.trySend(())
        }
        publish()
        for event in events { tell(event) }
        wake()
    }

    private func perform(_ action: PlayerAction, telling events: inout [PlayerEvent]) {
        switch action {
        case .open(let order):
            let delivery = Delivery(order)
            deliveries[order.stream] = delivery
            if !jobs.trySend(.carry(delivery)) {
                machine.failed(order.stream, StreamFailure(.final, MusicError.cancelled.sentence))
            }
        case .close(let stream):
            deliveries.removeValue(forKey: stream)?.close()
        case .takeOver(let stream):
            emptyOutput()
            machine.takeOver(stream)
        case .setPaused(let isPaused):
            output.setPaused(isPaused)
            if isPaused { quietSince = time.now }
        case .warm(let track):
            if warmings < 2, jobs.trySend(.warm(track)) { warmings += 1 }
        case .emit(let event):
            if case .stateChanged(.idle) = event { quietSince = time.now }
            events.append(event)
        }
    }

    private func fill() {
        if outputHasEnded, machine.hasFrameToPush {
            // Frames follow after all: emptying the output takes the end back, and what was in it is pushed again.
            emptyOutput()
        }
        while let frame = machine.nextToPush() {
            guard output.push(frame) else {
                machine.pushFailed()
                break
            }
            if mustBegin {
                mustBegin = false
                output.begin()
            }
        }
        if !outputHasEnded, machine.isAtEnd {
            outputHasEnded = true
            mustBegin = true
            output.end()
        }
    }

    private func emptyOutput() {
        output.clear()
        outputHasEnded = false
        mustBegin = true
        machine.cleared(played: output.playedFrames)
    }

    /// Wakes `run` when it would look too late by itself.
    private func wake() {
        guard let next = nextLook() else { return }
        if let lookAt, lookAt <= next { return }
        lookAt = .zero
        jobs.trySend(.look)
    }

    private func warm(_ track: Track) async {
        await opener.warm(track)
        warmings -= 1
    }

    // MARK: Telling

    private func tell(_ event: PlayerEvent) {
        let channels = listeners.withLock { $0 }
        for channel in channels { channel.trySend(event) }
    }

    private func publish() {
        let play = machine.current
        var snapshot = PlayerSnapshot()
        snapshot.state = machine.state
        snapshot.current = play?.entry
        snapshot.duration = play?.isLive == true ? nil : play?.duration
        snapshot.isLive = play?.isLive ?? false
        snapshot.queue = machine.queue
        snapshot.history = machine.history
        snapshot.loop = machine.loop
        snapshot.volume = machine.volume
        snapshot.codec = play?.info?.codec
        snapshot.passthrough = play?.info?.passthrough
        snapshot.bufferedFrames = (play?.feed.count ?? 0) - (play?.feed.pushed ?? 0)
        snapshot.lastProblem = machine.lastProblem
        let new = Published(
            snapshot: snapshot, positionFrame: play?.feed.position ?? 0, playedAtPosition: machine.playedTotal,
            pushed: machine.pushedOfCurrent)
        published.withLock { $0 = new }
    }
}
