public import DiscordModel
public import ServiceKit
import Synchronization

/// One live message of a guild: whoever changes what it shows calls `changed`, and the panel edits it when it is time.
///
/// At most one request is in flight; changes that arrive meanwhile are merged, the latest state wins. A deleted message
/// is posted anew; without access to the channel the panel stops with a log line until it is moved.
public final class Panel: Sendable {
    /// What the message shows right now; asked at the moment of sending.
    public typealias Content = @Sendable () -> MessageBody

    private struct State {
        var machine: PanelMachine
        var channel: ChannelID
        var message: MessageID?
        /// The hash of what the message shows, which is a fraction of its size: enough to see that nothing differs.
        var shown: Int?
        /// The message that has to go before a new one is posted, when the panel moves between channels.
        var oldPlace: (ChannelID, MessageID)?
    }

    private let transport: any PanelTransport
    private let content: Content
    private let time: any TimeSource
    private let logger: Logger
    private let state: Mutex<State>
    private let wake = BoundedChannel<Void>(capacity: 1)

    /// A panel that will stand in `channel`; nothing is posted before the first `changed` or `adopt`.
    public init(
        channel: ChannelID, transport: any PanelTransport, minimumInterval: Duration = .milliseconds(2500),
        time: any TimeSource, logger: Logger, content: @escaping Content
    ) {
        self.transport = transport
        self.content = content
        self.time = time
        self.logger = logger
        state = Mutex(State(machine: PanelMachine(minimumInterval: minimumInterval), channel: channel))
    }

    /// Where the panel stands.
    public var channel: ChannelID { state.withLock { $0.channel } }

    /// The panel's message, once there is one.
    public var message: MessageID? { state.withLock { $0.message } }

    /// Something that the message shows has changed; `urgent` when a person waits to see it.
    public func changed(urgent: Bool) {
        state.withLock { $0.machine.changed(urgent: urgent) }
        wake.trySend(())
    }

    /// Makes a message that already exists (such as the answer to a command) the panel; the former one is deleted.
    /// `body` is what it shows now, when that is known.
    public func adopt(_ message: MessageID, in channel: ChannelID, showing body: MessageBody?) {
        state.withLock { state in
            if let old = state.message, old != message { state.oldPlace = (state.channel, old) }
            state.channel = channel
            state.message = message
            state.shown = body?.hashValue
            state.machine.adopted(now: time.now)
            state.machine.changed(urgent: body == nil)
        }
        wake.trySend(())
    }

    /// Runs `answer`, which may make a message and adopt it; meanwhile the panel posts none of its own.
    public func awaitingAnswer<Result>(_ answer: () async throws -> Result) async rethrows -> Result {
        state.withLock { $0.machine.setAwaitsAnswer(true) }
        defer {
            state.withLock { $0.machine.setAwaitsAnswer(false) }
            wake.trySend(())
        }
        return try await answer()
    }

    /// Posts the panel anew at the end of `channel` and deletes the former message.
    public func move(to channel: ChannelID) {
        state.withLock { state in
            if state.channel != channel, let old = state.message {
                state.oldPlace = (state.channel, old)
                state.message = nil
                state.shown = nil
                state.machine.forgetMessage()
            }
            state.channel = channel
            state.machine.moveToEnd()
        }
        wake.trySend(())
    }

    /// Ends the panel after one last edit, or by deleting its message; `run()` then returns.
    public func end(deleting: Bool = false) {
        state.withLock { $0.machine.end(deleting: deleting) }
        wake.trySend(())
    }

    /// What a panel's owner has to do next.
    public enum Turn: Sendable {
        /// Make this request, then ask again. In a task of its own it gives the memory of a whole request back.
        case work(@Sendable () async -> Void)
        /// Ask again at this time, if any, and when something has changed.
        case wait(until: Duration?)
        /// Nothing more: the panel has ended.
        case over
    }

    /// The next step, for an owner with a loop of its own, who does one at a time and asks again after each.
    public func turn() -> Turn {
        _ = wake.tryNext()
        let (old, action) = state.withLock { state in
            defer { state.oldPlace = nil }
            return (state.oldPlace, state.oldPlace == nil ? state.machine.next(now: time.now) : .rest)
        }
        if let (channel, message) = old {
            return .work { [transport] in try? await transport.delete(message, in: channel) }
        }
        switch action {
        case .post, .edit, .delete: return .work { await self.perform(action) }
        case .wait(let deadline): return .wait(until: deadline)
        case .rest: return .wait(until: nil)
        case .stop: return state.withLock { $0.machine.isEnding } ? .over : .wait(until: nil)
        }
    }

    /// Has `bell` called when `turn` has to be asked again; from any thread, it must not wait.
    public func onChange(_ bell: @escaping @Sendable () -> Void) { wake.onChange(bell) }

    /// Sends what is due until the panel ends or the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            switch turn() {
            case .work(let body): await withDiscardingTaskGroup { $0.addTask { await body() } }
            case .wait(let deadline): _ = await wake.next(until: deadline, by: time)
            case .over: return
            }
        }
    }

    private func perform(_ action: PanelMachine.Action) async {
        let (channel, message, shown) = state.withLock { ($0.channel, $0.message, $0.shown) }
        let body = content()
        do throws(PanelFailure) {
            switch (action, message) {
            case (.edit, let message?):
                guard body.hashValue != shown else { return state.withLock { $0.machine.skipped() } }
                try await transport.edit(message, in: channel, to: body)
                finished(.done, in: channel, message: message, shown: body.hashValue, was: message)
            case (.delete, let message?):
                try await transport.delete(message, in: channel)
                finished(.done, in: channel, message: nil, shown: nil, was: message)
            case (.delete, nil):
                finished(.done, in: channel, message: nil, shown: nil, was: nil)
            default:
                let posted = try await transport.post(body, in: channel)
                finished(.done, in: channel, message: posted, shown: body.hashValue, was: message)
            }
        } catch {
            failed(error, channel: channel, message: message)
        }
    }

    private func failed(_ failure: PanelFailure, channel: ChannelID, message: MessageID?) {
        switch failure {
        case .messageGone:
            finished(.messageGone, in: channel, message: nil, shown: nil, was: message)
        case .noAccess(let reason):
            logger.notice("panel stopped", ["channel": "\(channel)", "reason": reason])
            finished(.noAccess, in: channel, message: nil, shown: nil, was: message)
        case .failed(let reason):
            if Task.isCancelled { return }
            logger.warning("panel request failed", ["channel": "\(channel)", "reason": reason])
            finished(.failed, in: channel, message: message, shown: nil, was: message)
        }
    }

    /// Takes note of an outcome, unless another message was adopted meanwhile.
    private func finished(
        _ outcome: PanelMachine.Outcome, in channel: ChannelID, message: MessageID?, shown: Int?,
        was: MessageID?
    ) {
        state.withLock { state in
            if state.message == was, state.channel == channel {
                state.message = message
                state.shown = shown
                state.machine.finished(outcome, now: time.now)
            } else {
                // Adopted or moved while the request was on its way: what it made is now the old message.
                if let message, message != state.message { state.oldPlace = (channel, message) }
                state.machine.superseded()
            }
        }
    }
}
