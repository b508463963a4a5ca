/// What a source answers when the sender asks for one frame.
public enum FramePull: Sendable, Equatable {
    /// A frame of this many bytes was written to the buffer.
    case frame(byteCount: Int)
    /// Nothing is ready yet: silence is sent, and counted.
    case starved
    /// Paused or ended: the sender sends five silence frames, then parks the stream until it is woken.
    case idle
}

/// Where the sender takes Opus frames of 20 ms from.
///
/// Asked on the sender thread at most every 20 ms: no await, no allocation, no lock that is held for long.
public protocol OpusFrameSource: AnyObject, Sendable {
    /// Writes the next frame into `buffer`, which has at least 1,400 bytes.
    func nextFrame(into buffer: UnsafeMutableRawBufferPointer) -> FramePull
}

/// What became of a frame on its way to transport encryption.
public enum FrameTransformation: Sendable, Equatable {
    /// The buffer now holds a frame of this many bytes.
    case ready(byteCount: Int)
    /// Not possible yet (no key): the frame is kept untouched and offered again on the next tick.
    case hold
}

/// The place of end-to-end encryption: changes one frame in place before transport encryption.
///
/// Called on the sender thread under the same rules as `OpusFrameSource`. Silence frames do not come here.
public protocol FrameTransform: AnyObject, Sendable {
    /// Transforms the frame in `buffer[0..<byteCount]`; the rest of the buffer is room to grow.
    func transform(_ buffer: UnsafeMutableRawBufferPointer, byteCount: Int) -> FrameTransformation
}

/// Where finished packets go; a UDP socket outside tests.
public protocol PacketSink: AnyObject, Sendable {
    /// Sends one packet without waiting, on the sender thread; false when it could not be sent.
    func send(_ packet: UnsafeRawBufferPointer) -> Bool
}
