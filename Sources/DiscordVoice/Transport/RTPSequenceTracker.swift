/// Counts what happened to a stream on its way, from the sequence numbers that arrived.
public struct RTPSequenceTracker: Sendable, Equatable {
    /// What one sequence number meant.
    public enum Arrival: Sendable, Equatable {
        /// The first packet, or the first after a restart of the stream.
        case first
        /// The expected one.
        case next
        /// Newer than expected: this many are missing before it, for now.
        case gap(Int)
        /// Arrived before already.
        case doubled
        /// Missing until now: out of order.
        case reordered
    }

    /// Packets that arrived, doubled ones not counted.
    public private(set) var received = 0
    /// Packets that are missing (a late arrival takes itself off again).
    public private(set) var lost = 0
    /// Packets that arrived more than once.
    public private(set) var doubled = 0
    /// Packets that arrived after a newer one.
    public private(set) var reordered = 0
    /// Jumps too large to be loss: the sender started anew.
    public private(set) var restarts = 0

    /// A jump of this many numbers or more, in either direction, is a restart and not loss: one minute of audio.
    private static let restartDistance = 3_000

    private var highest: UInt16 = 0
    /// Bit n: `highest - n` has arrived.
    private var window: UInt128 = 0

    /// A tracker that has seen nothing.
    public init() {}

    /// Enters one arrived sequence number.
    @discardableResult
    public mutating func record(_ sequence: UInt16) -> Arrival {
        guard window != 0 else { return start(at: sequence) }
        let distance = Int(Int16(bitPattern: sequence &- highest))
        if abs(distance) >= RTPSequenceTracker.restartDistance {
            restarts += 1
            return start(at: sequence)
        }
        if distance > 0 {
            window = distance < 128 ? window << UInt128(distance) | 1 : 1
            highest = sequence
            received += 1
            lost += distance - 1
            return distance == 1 ? .next : .gap(distance - 1)
        }
        let age = -distance
        guard age < 128 else {
            reordered += 1
            return .reordered
        }
        let bit = UInt128(1) << UInt128(age)
        guard window & bit == 0 else {
            doubled += 1
            return .doubled
        }
        window |= bit
        received += 1
        reordered += 1
        if lost > 0 { lost -= 1 }
        return .reordered
    }

    private mutating func start(at sequence: UInt16) -> Arrival {
        highest = sequence
        window = 1
        received += 1
        return .first
    }
}
