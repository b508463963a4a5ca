/// When a live message is posted, edited or left alone: at most one request in flight, the latest state wins.
///
/// A pure value. Calm changes (a progress tick) wait for the minimum interval, urgent ones (somebody pressed a button)
/// only for the request in flight.
struct PanelMachine: Sendable, Equatable {
    /// What the owner has to do next.
    enum Action: Sendable, Equatable {
        /// Post the message anew.
        case post
        /// Edit the message that is there.
        case edit
        /// Delete the message that is there.
        case delete
        /// Nothing to do before this time.
        case wait(until: Duration)
        /// Nothing to do until something changes.
        case rest
        /// The panel is over.
        case stop
    }

    /// How a request ended.
    enum Outcome: Sendable, Equatable {
        case done
        /// The message is gone (10008): post anew.
        case messageGone
        /// The channel may not be written to (50001, 50013, 10003): stop.
        case noAccess
        /// Anything else: try again later.
        case failed
    }

    private enum Wanted: Sendable, Equatable {
        case nothing, calm, urgent
    }

    /// Discord counts edits of messages older than an hour against a limit of its own (error 30046), so an older panel
    /// is made anew.
    private static let oldest: Duration = .seconds(55 * 60)

    private let minimumInterval: Duration
    private let retryInterval: Duration
    private var wanted: Wanted = .nothing
    private var inFlight: Action?
    private var hasMessage = false
    private var deleteFirst = false
    private(set) var isEnding = false
    private var endDeletes = false
    private(set) var isStopped = false
    private var notBefore: Duration?
    private var lastEdit: Duration?
    private var madeAt: Duration?
    private var failures = 0

    init(minimumInterval: Duration, retryInterval: Duration = .seconds(5)) {
        self.minimumInterval = minimumInterval
        self.retryInterval = retryInterval
    }

    /// Something changed that the message shows.
    mutating func changed(urgent: Bool) {
        if urgent || wanted == .urgent { wanted = .urgent } else { wanted = .calm }
    }

    /// A message that somebody else made is the panel's from now on.
    mutating func adopted(now: Duration) {
        hasMessage = true
        madeAt = now
        deleteFirst = false
        lastEdit = now
        notBefore = nil
        failures = 0
        isStopped = false
    }

    /// The message is somebody else's business from now on: the panel has none.
    mutating func forgetMessage() {
        hasMessage = false
        deleteFirst = false
    }

    /// The request in flight ended, but another message took its place meanwhile.
    mutating func superseded() {
        inFlight = nil
        changed(urgent: true)
    }

    /// The panel shall stand at the end of the channel: the old message goes, a new one comes.
    mutating func moveToEnd() {
        if hasMessage { deleteFirst = true }
        isStopped = false
        wanted = .urgent
    }

    /// The panel is over after one last edit, or after its message has been deleted.
    mutating func end(deleting: Bool) {
        isEnding = true
        endDeletes = deleting
        wanted = .urgent
    }

    /// The request to make now; the owner makes it and calls `finished`.
    mutating func next(now: Duration) -> Action {
        if isStopped { return .stop }
        if inFlight != nil { return .rest }
        if let notBefore, now < notBefore { return .wait(until: notBefore) }
        if isEnding, endDeletes { return hasMessage ? begin(.delete) : stop() }
        if hasMessage, !isEnding, wanted != .nothing, let madeAt, now - madeAt >= Self.oldest { moveToEnd() }
        if deleteFirst { return begin(.delete) }
        switch wanted {
        case .nothing: return isEnding ? stop() : .rest
        case .urgent: break
        case .calm:
            if let lastEdit, now < lastEdit + minimumInterval { return .wait(until: lastEdit + minimumInterval) }
        }
        if isEnding, !hasMessage { return stop() }
        wanted = .nothing
        return begin(hasMessage ? .edit : .post)
    }

    /// The request in flight has ended.
    mutating func finished(_ outcome: Outcome, now: Duration) {
        guard let action = inFlight else { return }
        inFlight = nil
        notBefore = nil
        switch outcome {
        case .done: succeeded(action, now)
        case .messageGone:
            hasMessage = false
            deleteFirst = false
            if action == .edit { wanted = .urgent }
        case .noAccess:
            _ = stop()
        case .failed:
            failures += 1
            if action == .delete { forgetMessage() } else if wanted != .urgent { wanted = .calm }
            if isEnding, failures > 2 { _ = stop() }
            notBefore = now + retryInterval * min(12, failures)
        }
    }

    /// Nothing differed, so that no request was made after all.
    mutating func skipped() { inFlight = nil }

    private mutating func succeeded(_ action: Action, _ now: Duration) {
        failures = 0
        switch action {
        case .post, .edit:
            hasMessage = true
            lastEdit = now
            if action == .post { madeAt = now }
        case .delete: forgetMessage()
        case .wait, .rest, .stop: break
        }
    }

    private mutating func begin(_ action: Action) -> Action {
        inFlight = action
        return action
    }

    private mutating func stop() -> Action {
        isStopped = true
        return .stop
    }
}
