internal import Synchronization

/// A thread that performs the jobs of an actor: what blocks there (SQLite, fdatasync) blocks nothing else.
final class WorkThread: SerialExecutor {
    private enum Item: Sendable {
        case job(UnownedJob)
        case stop
    }

    private let items = Mutex<[Item]>([])
    private let semaphore = Semaphore()

    /// Starts a thread called `name` (at most 15 bytes); throws when the system has no room for one more.
    init(_ name: String) throws(StoreError) {
        guard NamedThread.start(name, { [self] in work() }) else {
            throw .unavailable("the system refuses to start a thread")
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        post(.job(UnownedJob(job)))
    }

    /// Ends the thread after the jobs already there; its actor must get no job any more.
    func stop() { post(.stop) }

    private func post(_ item: Item) {
        let wasEmpty = items.withLock { items in
            items.append(item)
            return items.count == 1
        }
        if wasEmpty { semaphore.signal() }
    }

    private func work() {
        var taken: [Item] = []
        while true {
            semaphore.wait()
            items.withLock { swap(&$0, &taken) }
            for item in taken {
                switch item {
                case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
                case .stop: return
                }
            }
            taken.removeAll(keepingCapacity: true)
        }
    }
}
