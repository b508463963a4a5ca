import Glibc
import MediaPipeline
import Synchronization

/// The standard output: one message at a time, from any thread.
final class OutputPipe: Sendable {
    private let lock = Mutex(())

    /// Writes a whole message. When the parent is gone the process has no purpose and ends.
    func send(_ message: MediaMessage) {
        let bytes = message.encoded
        lock.withLock { _ in
            var offset = 0
            while offset < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe write(STDOUT_FILENO, buffer.baseAddress! + offset, buffer.count - offset)
                }
                if count > 0 {
                    offset += count
                } else if errno != EINTR {
                    _exit(0)
                }
            }
        }
    }
}
