internal import CSystem
import Glibc
import Synchronization

/// SIGINT and SIGTERM as values: while one lives, they no longer end the process by themselves.
public final class SignalWatch: Sendable {
    private static let pipe: (read: Int32, write: Int32) = {
        var reader: Int32 = -1
        var writer: Int32 = -1
        _ = unsafe backline_pipe(&reader, &writer)
        return (reader, writer)
    }()

    /// Starts to catch the signals.
    public init() {
        _ = Self.pipe
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                // The one thing that is allowed in a handler: leave a byte for the watcher.
                _ = unsafe write(SignalWatch.pipe.write, &byte, 1)
            }
        }
        _ = BrokenPipe.isIgnored
    }

    /// The next signal's number; nil when the task is cancelled.
    public func next() async -> Int32? {
        while true {
            var byte: UInt8 = 0
            if unsafe read(Self.pipe.read, &byte, 1) == 1 { return Int32(byte) }
            do {
                try await IOReactor.shared.readable(Self.pipe.read)
            } catch {
                return nil
            }
        }
    }

    /// Gives the signals their default meaning back: the next one ends the process.
    public func stop() {
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}
