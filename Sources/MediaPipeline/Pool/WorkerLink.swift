internal import ServiceKit
internal import Synchronization

/// One worker process and the sessions in it.
final class WorkerLink: Sendable {
    private struct WeakFeed: Sendable {
        weak let feed: WorkerFeed?
    }

    private struct State {
        var feeds: [UInt32: WeakFeed] = [:]
        var lastNumber: UInt32 = 0
        var opened = 0
        var ready = false
        var retiring = false
        var over = false
        var idleSince: Duration
        var lastPong: UInt64 = 0
        var protocolError: MediaError?
    }

    /// Why a worker's life ended.
    enum Ending: Sendable {
        /// It was not needed any more, or had served long enough.
        case retired
        /// It ended by itself, or had to be killed.
        case died(String)
    }

    private static let pingEvery = Duration.seconds(5)
    /// Messages are written together up to about this size.
    private static let writeBytes = 16 << 10

    private let process: ChildProcess
    private let outgoing = BoundedChannel<[UInt8]>(capacity: 4096)
    private let state: Mutex<State>
    private let time: any TimeSource
    private let logger: Logger
    private let changed: @Sendable () -> Void

    /// Speaks with a process just started; `changed` is called when it has become ready or has room again.
    init(process: ChildProcess, time: any TimeSource, logger: Logger, changed: @escaping @Sendable () -> Void) {
        self.process = process
        self.time = time
        self.logger = logger
        self.changed = changed
        state = Mutex(State(idleSince: time.now))
    }

    /// Sessions open now.
    var sessionCount: Int { state.withLock { $0.feeds.count } }

    /// Sessions opened since the start.
    var openedCount: Int { state.withLock { $0.opened } }

    /// Whether it takes new sessions.
    var isReady: Bool { state.withLock { $0.ready && !$0.retiring && !$0.over } }

    /// Whether it has answered since it was started.
    var hasStarted: Bool { state.withLock { $0.ready } }

    /// The worker's process id.
    var processIdentifier: Int32 { process.processIdentifier }

    /// Bytes of memory the worker holds.
    var residentBytes: Int { process.residentBytes() }

    /// How long no session has been open.
    var idleTime: Duration {
        let now = time.now
        return state.withLock { $0.feeds.isEmpty ? now - $0.idleSince : .zero }
    }

    /// Opens a session; nil when the worker takes none any more.
    func open(_ request: MediaRequest, probe: Bool) -> WorkerFeed? {
        let number = state.withLock { state -> UInt32? in
            guard state.ready, !state.retiring, !state.over else { return nil }
            state.lastNumber &+= 1
            state.opened += 1
            return state.lastNumber
        }
        guard let number else { return nil }
        let feed = WorkerFeed(number: number, link: self)
        state.withLock { $0.feeds[number] = WeakFeed(feed: feed) }
        send(.open(session: number, request: request, probe: probe))
        if !probe { feed.request() }
        // The worker may have ended in between; its feeds were told already.
        if state.withLock({ $0.over }) { feed.receive(.lost) }
        return feed
    }

    /// Ends a session.
    func close(_ number: UInt32) {
        guard drop(number) else { return }
        send(.close(session: number))
    }

    /// Sends a message. A worker that does not read its pipe for so long that the queue is full is ended.
    func send(_ message: MediaMessage) {
        if !outgoing.trySend(message.encoded), !state.withLock({ $0.over }) { process.kill() }
    }

    /// Takes no more sessions and ends when the last is over.
    func retire() {
        state.withLock { $0.retiring = true }
        endWhenDone()
    }

    /// Serves until the process ends; cancelling ends the process.
    func run() async -> Ending {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.write() }
            group.addTask { await self.watch() }
            await read()
            group.cancelAll()
        }
        let feeds = state.withLock { state in
            state.over = true
            defer { state.feeds = [:] }
            return state.feeds.values.map(\.feed)
        }
        for feed in feeds { feed?.receive(.lost) }
        let (wasRetiring, error) = state.withLock { ($0.retiring, $0.protocolError) }
        process.kill()
        let exit = await process.waitForExit()
        if let error { return .died(error.description) }
        if wasRetiring || Task.isCancelled { return .retired }
        return .died(exit.map { "\($0)" } ?? "unknown")
    }

    private func write() async {
        while var bytes = await outgoing.next() {
            while bytes.count < Self.writeBytes, let more = outgoing.tryNext() { bytes += more }
            do {
                try await process.write(bytes)
            } catch {
                return
            }
        }
        process.closeInput()
    }

    private func read() async {
        var decoder = MediaMessageDecoder()
        while true {
            do {
                let bytes = try await process.read(upTo: 64 << 10)
                if bytes.isEmpty { return }
                decoder.append(bytes)
                while let message = try decoder.next() { try receive(message) }
            } catch let error as MediaError {
                state.withLock { $0.protocolError = error }
                return
            } catch {
                return
            }
        }
    }

    /// Kills a worker that does not answer.
    private func watch() async {
        var nonce: UInt64 = 0
        while true {
            nonce += 1
            send(.ping(nonce: nonce))
            do {
                try await time.sleep(for: Self.pingEvery)
            } catch {
                return
            }
            guard state.withLock({ $0.lastPong }) < nonce else { continue }
            logger.warning("a media worker does not answer and is ended", ["pid": "\(process.processIdentifier)"])
            process.kill()
            return
        }
    }

    private func receive(_ message: MediaMessage) throws(MediaError) {
        switch message {
        case .hello(let version):
            guard version == MediaMessage.version else {
                throw .protocolViolation("the worker is of another version: build it again")
            }
            state.withLock { $0.ready = true }
            changed()
        case .opened(let number, let info): feed(number)?.receive(.opened(info))
        case .packets(let number, let firstIndex, let packets):
            feed(number)?.receive(.packets(firstIndex: Int(firstIndex), packets: packets))
        case .end(let number): finish(number, .end)
        case .failed(let number, let error): finish(number, .failed(error))
        case .pong(let nonce): state.withLock { $0.lastPong = nonce }
        case .open, .credit, .close, .ping: throw .protocolViolation("a message in the wrong direction")
        }
    }

    private func feed(_ number: UInt32) -> WorkerFeed? {
        state.withLock { $0.feeds[number]?.feed }
    }

    private func finish(_ number: UInt32, _ event: WorkerFeed.Event) {
        let feed = feed(number)
        _ = drop(number)
        feed?.receive(event)
    }

    private func drop(_ number: UInt32) -> Bool {
        let now = time.now
        let known = state.withLock { state -> Bool in
            let known = state.feeds.removeValue(forKey: number) != nil
            if known { state.idleSince = now }
            return known
        }
        if known {
            endWhenDone()
            changed()
        }
        return known
    }

    private func endWhenDone() {
        let done = state.withLock { $0.retiring && $0.feeds.isEmpty }
        if done { outgoing.finish() }
    }
}
