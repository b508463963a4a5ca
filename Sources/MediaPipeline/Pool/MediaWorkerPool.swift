internal import Glibc
public import ServiceKit
internal import Synchronization

/// The media workers: as many processes as the load wants, started again when they end, each song in one of them.
public final class MediaWorkerPool: Service {
    /// Counts for the metrics.
    public struct Snapshot: Sendable, Hashable {
        /// Worker processes that run.
        public var workers = 0
        /// Sessions open in them.
        public var sessions = 0
        /// Sessions opened since the start.
        public var opened = 0
        /// Workers that ended when they should not have.
        public var died = 0
        /// Sessions that were taken up again in another worker.
        public var resumed = 0
        /// Bytes of memory of all workers.
        public var residentBytes = 0
        /// Process ids of the workers.
        public var processIdentifiers: [Int32] = []
    }

    private struct State {
        var links: [WorkerLink] = []
        /// Places for workers that are taken, by a running worker or by one that is being started.
        var slots = 0
        var waiters: [Int: BoundedChannel<Bool>] = [:]
        var nextWaiter = 0
        var openedBefore = 0
        var died = 0
        var resumed = 0
        var startFailure: String?
        var stopped = false
    }

    /// The name in logs and health reports.
    public let name = "media workers"
    private let configuration: MediaWorkerPoolConfiguration
    private let time: any TimeSource
    private let logger: Logger
    private let starts = BoundedChannel<Bool>(capacity: 64)
    private let state = Mutex(State())

    /// A pool that starts its first workers when it runs.
    public init(_ configuration: MediaWorkerPoolConfiguration, time: any TimeSource = SystemTime.shared, logger: Logger)
    {
        self.configuration = configuration
        self.time = time
        self.logger = logger
    }

    /// A pool with the usual limits.
    public convenience init(
        executable: String, workers: ClosedRange<Int>, logger: Logger, time: any TimeSource = SystemTime.shared
    ) {
        self.init(MediaWorkerPoolConfiguration(executable: executable, workers: workers), time: time, logger: logger)
    }

    /// Runs the workers until cancelled, then ends them.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            let first = max(1, configuration.workers.lowerBound)
            state.withLock { $0.slots = first }
            for _ in 0..<first { starts.trySend(true) }
            group.addTask { await self.shrinkWhenIdle() }
            while await starts.next() != nil {
                group.addTask { await self.keepWorker() }
            }
            group.cancelAll()
        }
        state.withLock { $0.stopped = true }
        changed()
    }

    /// Opens a song; it returns when the first sound was found, or throws why there is none.
    public func open(_ request: MediaRequest) async throws(MediaError) -> MediaSession {
        let (feed, info) = try await openFeed(request, probe: false)
        return MediaSession(request: request, info: info, feed: feed, pool: self)
    }

    /// Tells what a source is without playing it.
    public func probe(
        _ source: MediaSource, allowPrivateNetwork: Set<String> = []
    ) async throws(MediaError) -> MediaInfo {
        let request = MediaRequest(source: source, allowPrivateNetwork: allowPrivateNetwork)
        return try await openFeed(request, probe: true).info
    }

    /// The counts now.
    public var snapshot: Snapshot {
        let (links, before, died, resumed) = state.withLock { ($0.links, $0.openedBefore, $0.died, $0.resumed) }
        var snapshot = Snapshot()
        snapshot.workers = links.count
        snapshot.sessions = links.reduce(0) { $0 + $1.sessionCount }
        snapshot.opened = links.reduce(before) { $0 + $1.openedCount }
        snapshot.died = died
        snapshot.resumed = resumed
        snapshot.residentBytes = links.reduce(0) { $0 + $1.residentBytes }
        snapshot.processIdentifiers = links.map(\.processIdentifier)
        return snapshot
    }

    /// Opens a session in some worker; a worker that dies of it is given up after the third.
    func openFeed(_ request: MediaRequest, probe: Bool) async throws(MediaError) -> (feed: WorkerFeed, info: MediaInfo)
    {
        for _ in 0..<3 {
            guard let feed = try await worker().open(request, probe: probe) else { continue }
            switch await feed.next() {
            case .opened(let info): return (feed, info)
            case .failed(let error): throw error
            case .lost: continue
            case .end: throw .empty
            case .packets: throw .protocolViolation("packets before the song was open")
            case nil: throw .closed
            }
        }
        throw .workerLost
    }

    /// Counts a session that goes on in another worker.
    func countResumed() {
        state.withLock { $0.resumed += 1 }
    }

    /// The least busy worker with room; waits for one to start or to get room.
    private func worker() async throws(MediaError) -> WorkerLink {
        let deadline = time.now + configuration.patience
        while true {
            let (channel, waiter) = state.withLock { state -> (BoundedChannel<Bool>, Int) in
                let channel = BoundedChannel<Bool>(capacity: 1)
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = channel
                return (channel, state.nextWaiter)
            }
            defer { state.withLock { _ = $0.waiters.removeValue(forKey: waiter) } }
            if let link = leastBusy() { return link }
            let (stopped, failure) = state.withLock { ($0.stopped, $0.startFailure) }
            if stopped { throw .workersUnavailable("it is shutting down") }
            if let failure { throw .workersUnavailable(failure) }
            if time.now >= deadline {
                let none = state.withLock { $0.links.filter(\.hasStarted).isEmpty }
                throw .workersUnavailable(none ? "it did not start in time" : "all are busy")
            }
            let time = time
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = await channel.next() }
                group.addTask { try? await time.sleep(until: deadline) }
                await group.next()
                group.cancelAll()
            }
            if Task.isCancelled { throw .closed }
        }
    }

    private func leastBusy() -> WorkerLink? {
        let ready = state.withLock { $0.links }.filter(\.isReady)
        let loads = ready.map { ($0, $0.sessionCount) }
        let best = loads.min { $0.1 < $1.1 }
        // A further worker is started before the others are full, so that nobody has to wait for it.
        if best.map({ $0.1 >= configuration.sessionsPerWorker / 2 }) ?? true { grow() }
        guard let best, best.1 < configuration.sessionsPerWorker else { return nil }
        if best.0.openedCount + 1 >= configuration.sessionsUntilReplaced, ready.count > 1 || best.1 == 0 {
            defer { best.0.retire() }
            return ready.count > 1 ? loads.first { $0.0 !== best.0 && $0.1 < configuration.sessionsPerWorker }?.0 : nil
        }
        return best.0
    }

    /// Asks for one more worker when there may be one.
    private func grow() {
        let wanted = state.withLock { state -> Bool in
            let starting = state.slots - state.links.filter(\.hasStarted).count
            guard state.slots < configuration.workers.upperBound, starting <= 0, !state.stopped else { return false }
            state.slots += 1
            return true
        }
        if wanted { starts.trySend(true) }
    }

    /// One place for a worker: starts it, again and again while it is needed.
    private func keepWorker() async {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(10))
        var random = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let started = time.now
            let ending = await liveOnce()
            if Task.isCancelled { break }
            if case .died(let words) = ending {
                state.withLock { $0.died += 1 }
                logger.warning("a media worker ended", ["how": words])
            }
            let needed = state.withLock { $0.slots <= configuration.workers.lowerBound }
            if case .retired = ending, !needed { break }
            if time.now - started > .seconds(30) { backoff.reset() }
            if case .died = ending {
                // The first replacement comes at once: songs are waiting.
                let delay = backoff.next(using: &random)
                if backoff.count > 1, (try? await time.sleep(for: delay)) == nil { break }
            }
        }
        state.withLock { $0.slots -= 1 }
        changed()
    }

    private func liveOnce() async -> WorkerLink.Ending {
        let process: ChildProcess
        do {
            process = try ChildProcess.spawn(command, logger: logger)
        } catch {
            // The log names the program; people are told why, but not where it is.
            var words = "\(error)"
            if case .cannotStart(_, let code) = error { words = unsafe String(cString: strerror(code)) }
            state.withLock { $0.startFailure = words }
            changed()
            return .died("\(error)")
        }
        let link = WorkerLink(process: process, time: time, logger: logger) { [weak self] in self?.changed() }
        state.withLock { state in
            state.startFailure = nil
            state.links.append(link)
        }
        let ending = await link.run()
        state.withLock { state in
            state.links.removeAll { $0 === link }
            state.openedBefore += link.openedCount
        }
        changed()
        return ending
    }

    /// The worker gets no more of the environment than it needs: it reads hostile files, and tokens are none of its business.
    private var command: ChildProcess.Command {
        var environment = ["MALLOC_ARENA_MAX": "2"]
        for name in ["PATH", "LANG", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "LD_LIBRARY_PATH"] {
            guard let value = unsafe getenv(name) else { continue }
            environment[name] = unsafe String(cString: value)
        }
        let arguments = configuration.certificateAuthorityFile.map { ["--certificate-authority", $0] } ?? []
        return ChildProcess.Command(
            executable: configuration.executable, arguments: arguments, environment: environment,
            addressSpaceLimit: configuration.addressSpaceLimit, niceness: configuration.niceness)
    }

    private func shrinkWhenIdle() async {
        while (try? await time.sleep(for: .seconds(5))) != nil {
            let links = state.withLock { $0.links }
            guard links.count > max(1, configuration.workers.lowerBound) else { continue }
            links.max { $0.idleTime < $1.idleTime }.map { if $0.idleTime >= configuration.idleLimit { $0.retire() } }
        }
    }

    private func changed() {
        let waiters = state.withLock { Array($0.waiters.values) }
        for waiter in waiters { waiter.trySend(true) }
    }
}
