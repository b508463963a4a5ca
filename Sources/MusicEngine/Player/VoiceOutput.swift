public import DiscordVoice

/// The output of a player into one voice connection: the ring that its sender takes frames from.
public final class VoiceOutput: PlayerOutput {
    /// Frames held in front of the sender: all that the player has (up to 2 s), which shares their memory with it. This
    /// hides a busy moment of the machine. Everything a person does empties it, so it costs no delay.
    public static let capacity = 100

    /// The ring to be set as the connection's source.
    public let ring: OpusFrameRing
    private let wake: @Sendable () -> Void

    /// An output whose parked sender is woken with `wake`.
    public init(wake: @escaping @Sendable () -> Void) {
        ring = OpusFrameRing(
            capacity: Self.capacity, byteCapacity: Self.capacity * OpusFrameRing.maximumFrameBytes)
        self.wake = wake
    }

    /// Appends one Opus frame of 20 ms; false when there is no room.
    public func push(_ frame: [UInt8]) -> Bool { ring.push(frame) }

    /// Frames taken by the sender since the output exists; asking lets go of them.
    public var playedFrames: Int { ring.releaseTaken() }

    /// Throws away all frames not yet taken, and takes back `end`.
    public func clear() { ring.clear() }

    /// Holds or continues playing at once.
    public func setPaused(_ paused: Bool) {
        ring.setPaused(paused)
        if !paused { wake() }
    }

    /// Wakes the sender if it is parked.
    public func begin() { wake() }

    /// Lets the sender park once the ring is empty.
    public func end() { ring.markEnded() }
}
