import MusicEngine
import ServiceKit
import Synchronization

/// A ring whose sender is the test.
final class FakeOutput: PlayerOutput {
    private struct State {
        var frames: [[UInt8]] = []
        var taken: [[UInt8]] = []
        var isPaused = false
        var hasEnded = true
        var begins = 0
        var peak = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int = 50) {
        self.capacity = capacity
    }

    func push(_ frame: [UInt8]) -> Bool {
        state.withLock { state in
            guard state.frames.count < capacity else { return false }
            state.frames.append(frame)
            state.peak = max(state.peak, state.frames.count)
            return true
        }
    }

    var playedFrames: Int { state.withLock { $0.taken.count } }

    func clear() {
        state.withLock { state in
            state.frames = []
            state.hasEnded = false
        }
    }

    func setPaused(_ paused: Bool) { state.withLock { $0.isPaused = paused } }
    func begin() { state.withLock { $0.begins += 1 } }
    func end() { state.withLock { $0.hasEnded = true } }

    /// Takes one frame, as the sender does each 20 ms; nil when there is none or the output is held.
    @discardableResult
    func tick() -> [UInt8]? {
        state.withLock { state in
            guard !state.isPaused, !state.frames.isEmpty else { return nil }
            let frame = state.frames.removeFirst()
            state.taken.append(frame)
            return frame
        }
    }

    var count: Int { state.withLock { $0.frames.count } }
    var isPaused: Bool { state.withLock { $0.isPaused } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var begins: Int { state.withLock { $0.begins } }
    /// All frames taken.
    var taken: [[UInt8]] { state.withLock { $0.taken } }
    /// What was heard, as song and frame.
    var heard: [[Int]] { taken.map { [Int($0[0]), Int($0[1]) << 16 | Int($0[2]) << 8 | Int($0[3])] } }
}
