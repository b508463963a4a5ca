/// What follows what: promoting, preparing, failing.
extension PlayerMachine {
    subscript(role: Role) -> Play? {
        get { role == .current ? current : next }
        set { if role == .current { current = newValue } else { next = newValue } }
    }

    func role(of stream: StreamID) -> Role? {
        if current?.feed.has(stream) == true { return .current }
        return next?.feed.has(stream) == true ? .next : nil
    }

    mutating func number() -> UInt64 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    mutating func newStream() -> StreamID { StreamID(number: number()) }

    mutating func order(_ stream: StreamID, of play: Play, from frame: Int, delay: Duration = .zero) {
        let order = StreamOrder(
            stream: stream, track: play.entry.track, frame: frame, volume: volume, attempt: play.attempt, delay: delay)
        actions.append(.open(order))
    }

    mutating func begin(_ entry: QueuedTrack) -> Play {
        let stream = newStream()
        let play = Play(entry: entry, feed: Feed(stream: stream, from: 0), failuresBefore: failures)
        order(stream, of: play, from: 0)
        return play
    }

    /// The entry that follows the current one as things stand.
    var upcoming: QueuedTrack? {
        guard failures < settings.failureLimit else { return nil }
        guard let entry = current?.entry, entry.id != spoiled, current?.hasFailed == false else { return queue.first }
        switch loop {
        case .off: return queue.first
        case .track: return entry
        case .queue: return queue.first ?? entry
        }
    }

    /// How often in a row a song is opened again. One that was never heard gets one more try, or the other ways to ask its
    /// site; waiting longer would help nobody.
    func reopenLimit(of play: Play, after failure: StreamFailure) -> Int {
        // The media pool has already tried other workers.
        if failure.kind == .workerLost { return 1 }
        if play.feed.frontier == 0 { return failure.kind == .addressRefused ? 2 : 1 }
        return play.isLive ? settings.liveReopenLimit : settings.reopenLimit
    }

    mutating func queueChanged() {
        actions.append(.emit(.queueChanged))
        reconcile()
    }

    /// Drops the prepared song when another one will follow now.
    mutating func reconcile() {
        if let next, next.entry.id != upcoming?.id { drop(.next) }
        prepareNext()
    }

    mutating func prepareNext() {
        guard next == nil, let play = current, let entry = upcoming else { return }
        let isNear =
            !play.isLive && play.feed.heard > 0
            && play.duration.map { $0 - .frames(play.feed.position) <= settings.preloadLead } == true
        guard isNear || play.feed.ended else { return }
        next = begin(entry)
    }

    mutating func drop(_ role: Role) {
        guard let play = self[role] else { return }
        for stream in play.feed.streams { actions.append(.close(stream)) }
        self[role] = nil
    }

    mutating func takeOverWhenReady(_ role: Role) {
        guard let feed = self[role]?.feed, feed.replacementIsReady, let stream = feed.replacement?.stream else {
            return
        }
        if feed.pushed == 0 { takeOver(stream) } else { actions.append(.takeOver(stream)) }
    }

    mutating func finishDryPlays() {
        while let play = current, play.feed.isDry {
            finish(play.hasFailed ? .failed : .finished)
        }
    }

    mutating func remember(_ play: Play?) {
        guard let play, play.feed.heard > 0 else { return }
        history.append(play.entry)
        if history.count > settings.historyLimit { history.removeFirst(history.count - settings.historyLimit) }
    }

    /// Ends the current play and goes on with what follows.
    mutating func finish(_ end: TrackEnd, remember shouldRemember: Bool = true) {
        guard let play = current else { return }
        if play.feed.heard > 0 { actions.append(.emit(.trackEnded(play.entry, end))) }
        if shouldRemember { remember(play) }
        if end == .finished, play.failuresBefore == failures, play.feed.heard > 0 {
            failures = 0
            lastProblem = nil
        }
        if play.entry.id != spoiled {
            switch (loop, end) {
            case (.track, .finished): queue.insert(play.entry, at: 0)
            case (.queue, .finished), (.queue, .skipped): queue.append(play.entry)
            default: break
            }
        }
        drop(.current)
        promote()
    }

    /// Makes the first of the queue the current play; the queue may be empty.
    mutating func promote() {
        if let next, next.entry.id != queue.first?.id { drop(.next) }
        spoiled = nil
        guard let entry = queue.first else {
            actions.append(.emit(.queueEnded))
            return
        }
        guard failures < settings.failureLimit || next != nil else {
            let sentence =
                "\(failures) songs in a row could not be played, so I stopped. Skip or resume to go on with the rest of the queue."
            lastProblem = sentence
            actions.append(.emit(.gaveUp(sentence: sentence)))
            return
        }
        queue.removeFirst()
        actions.append(.emit(.queueChanged))
        current = next ?? begin(entry)
        next = nil
        for waiting in queue.prefix(2) { actions.append(.warm(waiting.track)) }
    }

    /// Gives a song up with a sentence; what is buffered of it still plays.
    mutating func fail(_ role: Role, _ sentence: String) {
        guard var play = self[role] else { return }
        actions.append(.emit(.trackFailed(play.entry, sentence: sentence)))
        lastProblem = sentence
        failures += 1
        if role == .next, play.feed.count == 0 {
            drop(.next)
            if queue.first?.id == play.entry.id {
                queue.removeFirst()
                actions.append(.emit(.queueChanged))
            } else {
                spoiled = play.entry.id
            }
            return prepareNext()
        }
        play.hasFailed = true
        for stream in play.feed.streams { actions.append(.close(stream)) }
        play.feed.dropReplacement()
        play.feed.end(play.feed.stream)
        self[role] = play
        if role == .current {
            finishDryPlays()
            reconcile()
        }
    }

    mutating func unpause() {
        guard isPaused else { return }
        isPaused = false
        actions.append(.setPaused(false))
    }
}
