public import Networking

/// A media socket on UDP.
public final class UDPDatagrams: VoiceDatagrams {
    /// Makes UDP media sockets.
    public struct Connector: VoiceDatagramConnector {
        /// The one kind there is.
        public init() {}

        /// A UDP socket connected to this numeric address.
        public func connect(address: String, port: UInt16) throws(VoiceError) -> any VoiceDatagrams {
            guard let peer = SocketAddress(address, port: port) else {
                throw .malformedMessage("a media address that is no IP address")
            }
            do throws(NetworkError) {
                return UDPDatagrams(try UDPSocket.connected(to: peer))
            } catch {
                guard case .system(let function, let code) = error else { throw .system(call: "socket", code: 0) }
                throw .system(call: function, code: code)
            }
        }
    }

    private let socket: UDPSocket
    /// Where the sender thread puts packets.
    public let sink: any PacketSink

    /// A media socket on a connected UDP socket.
    public init(_ socket: UDPSocket) {
        self.socket = socket
        sink = DatagramSink(descriptor: socket.fileDescriptor, owner: socket)
    }

    /// Sends one datagram; a failure is a loss, which UDP allows.
    public func send(_ datagram: [UInt8]) {
        _ = try? socket.send(datagram)
    }

    /// The next datagram; nil when the socket is closed or the task cancelled.
    public func receive() async -> [UInt8]? {
        try? await socket.receive().bytes
    }

    /// Closes the socket. No stream may use `sink` any more: its descriptor number may come back as another file.
    public func close() {
        socket.close()
    }
}
