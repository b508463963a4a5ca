/// Where a player's frames go: the ring in front of the packet sender of one voice connection.
///
/// The player is the only one who pushes and clears; the sender takes one frame each 20 ms from its own thread.
public protocol PlayerOutput: AnyObject, Sendable {
    /// Appends one Opus frame of 20 ms; false when there is no room.
    func push(_ frame: [UInt8]) -> Bool
    /// Frames taken by the sender since the output exists; frames thrown away by `clear` do not count.
    var playedFrames: Int { get }
    /// Throws away all frames not yet taken, and takes back `end`.
    func clear()
    /// Holds or continues playing at once; while held no frame is taken.
    func setPaused(_ paused: Bool)
    /// Frames are there again after `clear` or `end`: wakes the sender if it is parked.
    func begin()
    /// No frames will follow after those pushed so far, unless `clear` is called: the sender may park once they are played.
    func end()
}
