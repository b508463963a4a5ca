/// One message on the pipe between `backline` and `media-worker`. Each is a 32-bit length of what follows, a type byte, a
/// 32-bit session number (0 for the worker as a whole) and the content, all in network byte order.
package enum MediaMessage: Sendable, Hashable {
    /// Worker: first message; the version of this protocol it speaks.
    case hello(version: UInt16)
    /// Parent: open a song under a new session number; a probe only wants to know what it is.
    case open(session: UInt32, request: MediaRequest, probe: Bool)
    /// Parent: this many more packets are wanted.
    case credit(session: UInt32, packets: UInt32)
    /// Parent: the session is not needed any more.
    case close(session: UInt32)
    /// Parent: answer with the same number.
    case ping(nonce: UInt64)
    /// Worker: the song is open; packets come as credits allow.
    case opened(session: UInt32, info: MediaInfo)
    /// Worker: consecutive packets, the first of them with this index.
    case packets(session: UInt32, firstIndex: UInt64, packets: [[UInt8]])
    /// Worker: the song is over; the session is gone.
    case end(session: UInt32)
    /// Worker: the song cannot go on; the session is gone.
    case failed(session: UInt32, error: MediaError)
    /// Worker: the answer to a ping.
    case pong(nonce: UInt64)

    /// The version of the protocol in this build; both sides come from the same build, so only equality counts.
    package static let version: UInt16 = 2
    /// The longest message after its length field, in bytes.
    package static let maximumBytes = 256 << 10
    /// The most packets in one message.
    package static let maximumBatch = 50
}
