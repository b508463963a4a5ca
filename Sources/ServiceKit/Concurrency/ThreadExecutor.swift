import CSystem
import Glibc
import Synchronization

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
        private let arrived = ArrivalSignal()

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

    /// Starts the thread; `name` is what `top -H` shows of it (at most 15 bytes).
    public init(name: String) {
        let thread = NamedThreadBody(name: name) { [line] in line.work() }
        precondition(thread.start(), "the system refuses to start a thread: raise its limit of threads")
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

/// What a new thread is given.
private final class NamedThreadBody: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
        self.name = name
        self.run = run
    }

    /// Starts the thread; false when the system refuses.
    func start() -> Bool {
        let box = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<NamedThreadBody>.fromOpaque(argument).takeRetainedValue()
                unsafe backline_name_this_thread(body.name)
                body.run()
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}

/// A semaphore of the system.
@safe private final class ArrivalSignal: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<sem_t>

    init() {
        unsafe handle = .allocate(capacity: 1)
        unsafe handle.initialize(to: sem_t())
        unsafe sem_init(handle, 0, 0)
    }

    deinit {
        unsafe sem_destroy(handle)
        unsafe handle.deallocate()
    }

    func signal() { unsafe sem_post(handle) }
    func wait() { while unsafe sem_wait(handle) != 0 && errno == EINTR {} }
}
