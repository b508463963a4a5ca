/// Encrypted frames of one sender that cannot be opened yet: its key may come with the next message of the voice server,
/// which travels by TCP while they do not.
struct HeldFrames: Sendable {
    /// One of them.
    struct Frame: Sendable, Equatable {
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

    /// Takes a frame in; returns the one that is given up for it.
    mutating func add(_ frame: Frame) -> Frame? {
        frames.append(frame)
        return frames.count > Self.limit ? frames.removeFirst() : nil
    }

    /// Whether a packet of this number waits.
    func has(_ sequence: UInt16) -> Bool { frames.contains { $0.sequence == sequence } }

    /// Takes out, in order, what `open` opens, and what it never will: a sender's keys only get newer, so when its
    /// newest frame opens, an older one that does not is lost.
    mutating func drain<Sound>(now: Int64, _ open: (Frame) -> Sound?) -> (opened: [(Frame, Sound)], givenUp: [Frame]) {
        var opened: [(Frame, Sound)] = []
        var givenUp: [Frame] = []
        func settle(_ frame: Frame) {
            if let sound = open(frame) { opened.append((frame, sound)) } else { givenUp.append(frame) }
        }
        if let newest = frames.last, let sound = open(newest) {
            frames.dropLast().forEach(settle)
            opened.append((newest, sound))
            frames = []
        }
        while let first = frames.first, now - first.time >= Self.patience {
            settle(first)
            frames.removeFirst()
        }
        return (opened, givenUp)
    }
}
