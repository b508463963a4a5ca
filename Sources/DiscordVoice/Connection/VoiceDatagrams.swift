/// The media socket of one voice connection: UDP to one address.
public protocol VoiceDatagrams: AnyObject, Sendable {
    /// Where the sender thread puts packets.
    var sink: any PacketSink { get }
    /// Sends one datagram without waiting; a loss is as good as one on the way.
    func send(_ datagram: [UInt8])
    /// The next datagram; nil when the socket is closed or the task cancelled.
    func receive() async -> [UInt8]?
    /// Closes the socket; a waiting `receive` returns nil.
    func close()
}

/// Makes media sockets.
public protocol VoiceDatagramConnector: Sendable {
    /// A socket that exchanges datagrams with this numeric address and no other.
    func connect(address: String, port: UInt16) throws(VoiceError) -> any VoiceDatagrams
}
