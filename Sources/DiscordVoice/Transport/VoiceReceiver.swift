/// The receiving side of a media session: opens packets and keeps count per stream; pure, no socket.
public struct VoiceReceiver: Sendable {
    private let cipher: TransportCipher
    private let maximumStreams: Int
    /// What arrived, per SSRC.
    public private(set) var streams: [UInt32: RTPSequenceTracker] = [:]
    /// Packets refused because they were malformed or not authentic.
    public private(set) var refused = 0

    /// A receiver for packets sealed under `cipher`'s key; streams beyond `maximumStreams` are opened but not counted.
    public init(_ cipher: TransportCipher, maximumStreams: Int = 128) {
        self.cipher = cipher
        self.maximumStreams = maximumStreams
    }

    /// Opens one datagram and counts it under its SSRC.
    public mutating func receive(_ datagram: [UInt8]) throws(VoiceError) -> RTPPacket {
        let packet: RTPPacket
        do { packet = try cipher.open(datagram) } catch {
            refused += 1
            throw error
        }
        if streams[packet.header.ssrc] != nil || streams.count < maximumStreams {
            streams[packet.header.ssrc, default: RTPSequenceTracker()].record(packet.header.sequence)
        }
        return packet
    }

    /// Forgets a stream whose sender has left.
    public mutating func forget(ssrc: UInt32) {
        streams[ssrc] = nil
    }
}
