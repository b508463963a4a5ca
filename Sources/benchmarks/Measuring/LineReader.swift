import Glibc
import ServiceKit

/// Reads this program's input line by line on a thread of its own, because reading it blocks.
enum LineReader {
    /// Starts the thread; it finishes `channel` at the end of the input.
    static func start(into channel: BoundedChannel<String>) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(channel).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let channel = unsafe Unmanaged<BoundedChannel<String>>.fromOpaque(context).takeRetainedValue()
                while let line = readLine() { _ = channel.trySend(line) }
                channel.finish()
                return nil
            }, context)
        if code == 0 { pthread_detach(thread) } else { channel.finish() }
    }
}
