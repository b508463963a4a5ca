internal import CSystem
import Glibc

/// Turns a child's error output into log entries, one a line, long lines cut.
enum ErrorLines {
    /// A longer line is cut here, in bytes: it is for people to read.
    private static let longestLine = 2_000

    /// Reads `descriptor` until its end, then closes it.
    static func follow(_ descriptor: Int32, logger: Logger) {
        // Ends by itself: the descriptor reaches its end when the child's group is gone.
        Task.detached {
            var line: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = unsafe read(descriptor, &buffer, buffer.count)
                if count > 0 {
                    for byte in buffer[..<count] {
                        if byte == UInt8(ascii: "\n") {
                            write(&line, logger)
                        } else if line.count < longestLine {
                            line.append(byte)
                        }
                    }
                } else if count < 0, errno == EAGAIN || errno == EINTR {
                    try? await IOReactor.shared.readable(descriptor)
                } else {
                    break
                }
            }
            write(&line, logger)
            IOReactor.shared.forget(descriptor)
            close(descriptor)
        }
    }

    private static func write(_ line: inout [UInt8], _ logger: Logger) {
        if !line.isEmpty { logger.info(String(decoding: line, as: UTF8.self)) }
        line.removeAll(keepingCapacity: true)
    }
}
