internal import CSystem
internal import Glibc
internal import Synchronization

/// Work that the sender thread must not do itself: resuming tasks, running destructors, reporting.
protocol SideWork: AnyObject, Sendable {
    /// Does it, on the side thread.
    func performSideWork()
}

/// Starts threads with a name.
enum NamedThread {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs `body` on a new detached thread called `name` (at most 15 bytes); false when the system refuses.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Body(name: name, run: body))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
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

/// A counting semaphore that can be signalled without allocating or waiting.
@safe final class Semaphore: @unchecked Sendable {
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

    /// Lets one waiter go on.
    func signal() {
        unsafe sem_post(handle)
    }

    /// Waits for a signal; only on threads of our own.
    func wait() {
        while unsafe sem_wait(handle) != 0 && errno == EINTR {}
    }
}

/// The thread next to the sender thread that does its slow work.
///
/// Posting neither waits nor allocates: each poster has at most one entry waiting, in room made beforehand.
final class SideThread: Sendable {
    /// The one of this process.
    static let shared = SideThread()

    private static let roomFor = 8_192
    private let posted = Mutex<[any SideWork]>([])
    private let semaphore = Semaphore()

    private init() {
        posted.withLock { $0.reserveCapacity(SideThread.roomFor) }
        let started = NamedThread.start("voice-side") { [self] in
            var work: [any SideWork] = []
            work.reserveCapacity(SideThread.roomFor)
            while true {
                semaphore.wait()
                posted.withLock { swap(&$0, &work) }
                for item in work { item.performSideWork() }
                work.removeAll(keepingCapacity: true)
            }
        }
        precondition(started, "the system refuses to start a thread")
    }

    /// Has `work` performed soon; the poster sees to it that it has at most one entry waiting.
    func post(_ work: consuming any SideWork) {
        let item = work
        posted.withLock { $0.append(item) }
        semaphore.signal()
    }
}
