public import ServiceKit
import Synchronization

/// A few long-lived yt-dlp processes that answer lookups, one each at a time.
///
/// A process that hangs is killed by its deadline, one that crashes or grows is replaced, and a site that keeps failing is
/// left alone for a while. When Python or yt-dlp is missing, every call says so at once and how to get it, and the pool
/// keeps trying, so that installing it needs no restart.
public final class ExtractorPool: Service, Extractor {
    /// Its name among the services.
    public let name = "extractor pool"

    static let missingPackage = "yt-dlp is not installed: run `./backline doctor` to see how to install it."
    static let missingPython =
        "Python 3.11 or newer with yt-dlp is needed: run `./backline doctor` to see how to install it."

    private struct Job: Sendable {
        let request: ExtractorRequest
        let expires: Duration
        let reply = BoundedChannel<Result<ExtractorAnswer.Result, MusicError>>(capacity: 1)
    }

    private struct State {
        var breakers: [String: CircuitBreaker] = [:]
        var statistics = ExtractorStatistics()
        var versions: ExtractorVersions?
        var problem: MusicError?
        var ready = 0
        var loops = 0
        var isStopped = false
    }

    private let configuration: ExtractorConfiguration
    private let time: any TimeSource
    private let logger: Logger
    private let jobs: BoundedChannel<Job>
    private let growth = BoundedChannel<Void>(capacity: 1)
    /// Holds one element while a slow request is under way.
    private let slowGate = BoundedChannel<Void>(capacity: 1)
    private let flights = SingleFlight<String, ExtractorAnswer.Result>()
    private let state = Mutex(State())

    /// A pool that starts its processes in `run()`.
    public init(
        _ configuration: ExtractorConfiguration, time: any TimeSource = SystemTime.shared,
        logger: Logger = Logger("extractor")
    ) {
        self.configuration = configuration
        self.time = time
        self.logger = logger
        jobs = BoundedChannel(capacity: configuration.queueLimit)
    }

    /// Counters for the metrics.
    public var statistics: ExtractorStatistics {
        let waiting = jobs.count
        return state.withLock { state in
            var statistics = state.statistics
            statistics.workers = state.ready
            statistics.waiting = waiting
            statistics.problem = state.problem?.sentence
            return statistics
        }
    }

    // MARK: Looking up

    /// Songs on YouTube that match words.
    public func search(_ words: String, limit: Int) async throws(MusicError) -> [Track] {
        let request = ExtractorRequest(
            op: "search", query: words, limit: limit, deadline: seconds(configuration.deadline))
        return try await ask(request).tracks?.map(\.track) ?? []
    }

    /// What stands behind an address of a site.
    public func lookUp(_ url: String, limit: Int) async throws(MusicError) -> Extraction {
        let request = ExtractorRequest(
            op: "lookup", url: url, limit: limit, deadline: seconds(configuration.slowDeadline))
        let result = try await ask(request)
        if let song = result.song?.extracted { return .song(song) }
        guard let tracks = result.tracks else { throw .extractorFailed }
        return .playlist(name: result.name ?? "List", tracks: tracks.map(\.track))
    }

    /// The audio of one song.
    public func stream(of url: String, way: Int) async throws(MusicError) -> ExtractedSong {
        let limit = way > 0 ? configuration.slowDeadline : configuration.deadline
        let request = ExtractorRequest(op: "stream", url: url, way: min(max(0, way), 9), deadline: seconds(limit))
        guard let song = try await ask(request).song?.extracted else { throw .extractorFailed }
        return song
    }

    /// What is installed; waits until a process has started or cannot be.
    public func versions() async throws(MusicError) -> ExtractorVersions {
        let result = try await ask(ExtractorRequest(op: "version", deadline: seconds(configuration.deadline)))
        return Self.versions(in: result)
    }

    private func ask(_ request: ExtractorRequest) async throws(MusicError) -> ExtractorAnswer.Result {
        do {
            return try await flights.value(for: request.key) { [self] in try await submit(request) }
        } catch {
            throw error as? MusicError ?? .cancelled
        }
    }

    private func submit(_ request: ExtractorRequest) async throws(MusicError) -> ExtractorAnswer.Result {
        try refuseWhenUseless(request)
        if request.isSlow, await !slowGate.send(()) {
            // Admitted and never asked: a breaker that waits for this very answer must not wait for ever.
            state.withLock { $0.breakers[request.operation]?.abandoned() }
            throw .cancelled
        }
        let job = Job(request: request, expires: time.now + configuration.waitLimit)
        guard jobs.trySend(job) else {
            finish(job, .failure(.extractorBusy(retryAfter: .seconds(5))))
            throw .extractorBusy(retryAfter: .seconds(5))
        }
        if state.withLock({ $0.isStopped }) { rejectWaiting(with: .cancelled) }
        if jobs.count > 0 { growth.trySend(()) }
        guard let result = await job.reply.next() else { throw .cancelled }
        return try result.get()
    }

    private func refuseWhenUseless(_ request: ExtractorRequest) throws(MusicError) {
        let now = time.now
        let refusal: MusicError? = state.withLock { state in
            if state.isStopped { return .cancelled }
            if state.ready == 0, let problem = state.problem { return problem }
            return state.breakers[request.operation, default: CircuitBreaker()].admit(now: now)
                .map { .extractorBusy(retryAfter: $0) }
        }
        if let refusal { throw refusal }
    }

    /// Gives a job its result, once, and lets the next slow one go.
    private func finish(_ job: Job, _ result: Result<ExtractorAnswer.Result, MusicError>) {
        if job.request.isSlow { _ = slowGate.tryNext() }
        let now = time.now
        state.withLock { state in
            var breaker = state.breakers[job.request.operation, default: CircuitBreaker()]
            switch result {
            case .success: breaker.succeeded()
            case .failure(.network), .failure(.timedOut), .failure(.botCheck), .failure(.extractorFailed):
                breaker.failed(now: now)
            case .failure(.extractorBusy), .failure(.cancelled), .failure(.extractorMissing): breaker.abandoned()
            case .failure: breaker.succeeded()
            }
            state.breakers[job.request.operation] = breaker
        }
        job.reply.trySend(result)
    }

    private func rejectWaiting(with error: MusicError) {
        while let job = jobs.tryNext() { finish(job, .failure(error)) }
    }

    // MARK: Processes

    /// Keeps processes alive and working until cancelled; then ends them.
    public func run() async {
        await withDiscardingTaskGroup { group in
            let least = max(1, configuration.workers.lowerBound)
            state.withLock { $0.loops = least }
            for _ in 0..<least { group.addTask { await self.work(isPermanent: true) } }
            while await growth.next() != nil {
                let mayGrow = state.withLock { state in
                    guard state.loops < configuration.workers.upperBound, state.problem == nil else { return false }
                    state.loops += 1
                    return true
                }
                if mayGrow { group.addTask { await self.work(isPermanent: false) } }
            }
            group.cancelAll()
        }
        state.withLock { $0.isStopped = true }
        rejectWaiting(with: .cancelled)
    }

    /// One place for a process: starts it, feeds it jobs, replaces it.
    private func work(isPermanent: Bool) async {
        defer { state.withLock { $0.loops -= 1 } }
        var backoff = Backoff(base: .seconds(1), maximum: .seconds(60))
        while !Task.isCancelled {
            do {
                let worker = try await start()
                backoff.reset()
                let goesOn = await serve(with: worker, isPermanent: isPermanent)
                state.withLock { $0.ready -= 1 }
                await worker.process.terminate(grace: .seconds(1))
                if !goesOn { return }
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("no extractor process: \(error.sentence)")
                state.withLock { $0.problem = error }
                rejectWaiting(with: error)
                var generator = SystemRandomNumberGenerator()
                try? await time.sleep(for: .seconds(1) + backoff.next(using: &generator))
            }
        }
    }

    /// Gives jobs to a process until it must be replaced (true) or is not needed any more (false).
    private func serve(with worker: ExtractorWorker, isPermanent: Bool) async -> Bool {
        while let job = await nextJob(waitingForever: isPermanent) {
            guard time.now < job.expires else {
                finish(job, .failure(.timedOut))
                continue
            }
            do {
                let limit = Duration.seconds(job.request.deadline) + configuration.grace
                let answer = try await worker.exchange(job.request, limit: limit)
                state.withLock { $0.statistics.answered += 1 }
                finish(job, answer.outcome())
                if answer.retire == true { return count(\.timeouts) }
            } catch {
                switch error {
                case .timedOut:
                    finish(job, .failure(.timedOut))
                    return count(\.timeouts)
                case .cancelled:
                    finish(job, .failure(.cancelled))
                    return false
                case .ended, .garbage:
                    logger.warning("an extractor process failed", ["how": "\(error)"])
                    finish(job, .failure(.extractorFailed))
                    return count(\.crashes)
                }
            }
            let isWorn =
                worker.requests >= configuration.requestLimit
                || worker.process.residentBytes() > configuration.residentLimit
            if isWorn { return count(\.recycled) }
        }
        return false
    }

    private func nextJob(waitingForever: Bool) async -> Job? {
        if waitingForever { return await jobs.next() }
        let (jobs, time, limit) = (jobs, time, configuration.idleLimit)
        return await withTaskGroup(of: Job?.self) { group in
            group.addTask { await jobs.next() }
            group.addTask {
                try? await time.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // A job may have come at the very moment of giving up.
            return if let late = await group.next() ?? nil, first == nil { late } else { first }
        }
    }

    private func count(_ counter: any WritableKeyPath<ExtractorStatistics, Int> & Sendable) -> Bool {
        state.withLock { $0.statistics[keyPath: counter] += 1 }
        return true
    }

    private func start() async throws(MusicError) -> ExtractorWorker {
        let command = ChildProcess.Command(
            executable: configuration.python, arguments: [configuration.script] + configuration.arguments,
            environment: configuration.environment, niceness: 5)
        let process: ChildProcess
        do {
            process = try ChildProcess.spawn(command, logger: logger)
        } catch {
            throw .extractorMissing(fix: Self.missingPython)
        }
        let worker = ExtractorWorker(process: process, lineLimit: configuration.lineLimit, time: time)
        let answer: ExtractorAnswer
        do {
            answer = try await worker.exchange(
                ExtractorRequest(op: "version", deadline: seconds(configuration.startDeadline)),
                limit: configuration.startDeadline)
        } catch {
            process.kill()
            throw .extractorMissing(fix: Self.missingPython)
        }
        let result = try answer.outcome().get()
        guard result.ready == true else {
            await process.terminate(grace: .seconds(1))
            throw .extractorMissing(fix: Self.missingPackage)
        }
        state.withLock { state in
            state.ready += 1
            state.problem = nil
            state.versions = Self.versions(in: result)
        }
        return worker
    }

    private static func versions(in result: ExtractorAnswer.Result) -> ExtractorVersions {
        ExtractorVersions(
            python: result.python, ytDlp: result.yt_dlp, ytDlpEjs: result.yt_dlp_ejs,
            javaScriptRuntime: result.js_runtime)
    }

    private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
