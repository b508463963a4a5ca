internal import Synchronization

/// An executor with a thread of its own, for an actor whose work blocks: files, databases.
///
/// Jobs run in the order they came; the thread ends with the executor.
public final class ThreadExecutor: SerialExecutor {
    private struct Job: Sendable {
        let job: UnownedJob
        /// Kept until the job is done.
        let executor: ThreadExecutor
    }

    /// What the thread and the callers share; it lives as long as either.
    private final class Line: Sendable {
        private struct State {
            var jobs: [Job] = []
            var isClosed = false
        }

        private let state = Mutex(State())
        private let arrived = Semaphore()

        func add(_ job: Job) {
            let isFirst = state.withLock { state in
                state.jobs.append(job)
                return state.jobs.count == 1
            }
            if isFirst { arrived.signal() }
        }

        func close() {
            state.withLock { $0.isClosed = true }
            arrived.signal()
        }

        /// Runs on the thread until closed.
        func work() {
            while true {
                arrived.wait()
                let (jobs, isClosed) = state.withLock { state in
                    defer { state.jobs = [] }
                    return (state.jobs, state.isClosed)
                }
                for job in jobs { unsafe job.job.runSynchronously(on: job.executor.asUnownedSerialExecutor()) }
                if isClosed { return }
            }
        }
    }

    private let line = Line()

    /// Starts the thread; `name` is what `top -H` shows of it (at most 15 bytes). Nil when the system has no room for one.
    public init?(name: String) {
        guard NamedThread.start(name, { [line] in line.work() }) else { return nil }
    }

    deinit {
        line.close()
    }

    /// Puts a job at the end of the line.
    public func enqueue(_ job: consuming ExecutorJob) {
        line.add(Job(job: UnownedJob(job), executor: self))
    }

    /// The executor as actors name it.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }
}
