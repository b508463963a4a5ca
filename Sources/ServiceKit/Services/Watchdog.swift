internal import CSystem
import Glibc
import Synchronization

/// Ends the process from a thread of its own when a shutdown takes longer than its limit.
///
/// A thread, not a task: the reason for the delay may be that no thread of the pool is free.
final class Watchdog: Sendable {
    private let disarmed = Atomic<Bool>(false)
    private let limit: Duration
    private let logger: Logger

    init(limit: Duration, logger: Logger, exits: Bool) {
        self.limit = limit
        self.logger = logger
        guard exits else { return }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let started = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe backline_name_this_thread("shutdown")
                let watchdog = unsafe Unmanaged<Watchdog>.fromOpaque(context).takeRetainedValue()
                watchdog.watch()
                return nil
            }, context)
        if started == 0 {
            pthread_detach(thread)
        } else {
            unsafe Unmanaged<Watchdog>.fromOpaque(context).release()
        }
    }

    func disarm() {
        disarmed.store(true, ordering: .releasing)
    }

    private func watch() {
        let deadline = SystemTime.shared.now + limit
        while SystemTime.shared.now < deadline {
            if disarmed.load(ordering: .acquiring) { return }
            // 20 ms: fine enough not to be felt at the end of a program.
            usleep(20_000)
        }
        guard !disarmed.load(ordering: .acquiring) else { return }
        logger.error("did not stop in time, ending now", ["limit": "\(limit)"])
        exit(1)
    }
}
