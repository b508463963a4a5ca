internal import CSystem
internal import Glibc

/// Starts threads with a name.
package enum NamedThread {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs `body` on a new detached thread called `name` (at most 15 bytes); false when the system refuses.
    package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
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
@safe package final class Semaphore: @unchecked Sendable {
    private let handle: UnsafeMutablePointer<sem_t>

    /// With nothing signalled.
    package init() {
        unsafe handle = .allocate(capacity: 1)
        unsafe handle.initialize(to: sem_t())
        unsafe sem_init(handle, 0, 0)
    }

    deinit {
        unsafe sem_destroy(handle)
        unsafe handle.deallocate()
    }

    /// Lets one waiter go on.
    package func signal() {
        unsafe sem_post(handle)
    }

    /// Waits for a signal; only on threads of our own.
    package func wait() {
        while unsafe sem_wait(handle) != 0 && errno == EINTR {}
    }
}
