/// Encrypted frames of one sender that cannot be opened yet: its key may come with the next message of the voice server,
/// which travels by TCP while they do not.
struct HeldFrames: Sendable {
    /// One of them.
    struct Frame: Sendable {
        var sequence: UInt16
        var timestamp: UInt32
        var payload: [UInt8]
        /// Nanoseconds of the monotonic clock.
        var time: Int64
    }

    private(set) var frames: [Frame] = []
    /// Nanoseconds a frame waits.
    static let patience: Int64 = 1_000_000_000
    /// Frames that wait at most.
    private static let limit = 100

    /// Takes a frame in; returns how many were given up for it.
    mutating func add(_ frame: Frame) -> Int {
        frames.append(frame)
        guard frames.count > Self.limit else { return 0 }
        frames.removeFirst()
        return 1
    }

    /// Takes out, in order, what `open` opens and what waited too long.
    mutating func drain(now: Int64, _ open: (Frame) -> Bool) -> (opened: [Frame], givenUp: Int) {
        var opened: [Frame] = []
        var givenUp = 0
        while let first = frames.first {
            if open(first) {
                opened.append(first)
            } else if now - first.time >= Self.patience {
                givenUp += 1
            } else {
                break
            }
            frames.removeFirst()
        }
        return (opened, givenUp)
    }
}
