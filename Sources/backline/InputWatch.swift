import Glibc

/// Ends this program in good order when its standard input ends: whoever started it is gone, however that ended.
enum InputWatch {
    /// Watches from now on, on a thread of its own that waits in `read`.
    static func start() {
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { _ in
                var byte: UInt8 = 0
                var count = 0
                repeat { count = unsafe read(STDIN_FILENO, &byte, 1) } while count > 0 || (count < 0 && errno == EINTR)
                kill(getpid(), SIGTERM)
                return nil
            }, nil)
        if code == 0 { pthread_detach(thread) }
    }
}
