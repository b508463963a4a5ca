internal import ServiceKit
internal import Synchronization

/// Work that the sender thread must not do itself: resuming tasks, running destructors, reporting.
protocol SideWork: AnyObject, Sendable {
    /// Does it, on the side thread.
    func performSideWork()
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
