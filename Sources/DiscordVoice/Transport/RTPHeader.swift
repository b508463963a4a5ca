/// The clear part of an RTP packet (RFC 3550, 5.1), as Discord uses it: Opus is payload type 120.
public struct RTPHeader: Sendable, Hashable {
    /// Bytes of the fixed part.
    public static let byteCount = 12
    /// Payload type of Opus audio.
    public static let opusPayloadType: UInt8 = 0x78
    /// Samples in one frame of 20 ms at 48 kHz: the step of `timestamp`.
    public static let samplesPerFrame: UInt32 = 960

    /// Whether the payload ends in padding, its length in the last byte.
    public var hasPadding = false
    /// Whether a header extension follows.
    public var hasExtension = false
    /// Contributing sources listed after the fixed part, 0...15.
    public var contributorCount: UInt8 = 0
    /// The marker bit, unused for audio.
    public var marker = false
    /// Payload type, 7 bits.
    public var payloadType = RTPHeader.opusPayloadType
    /// Packet number, wrapping.
    public var sequence: UInt16
    /// Sample clock at 48 kHz, wrapping.
    public var timestamp: UInt32
    /// The sender's stream.
    public var ssrc: UInt32

    /// A plain Opus header.
    public init(sequence: UInt16, timestamp: UInt32, ssrc: UInt32) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
    }

    /// Reads the fixed part; refuses RTCP, other versions and short packets.
    public init(_ packet: [UInt8]) throws(VoiceError) {
        let parsed = unsafe packet.withUnsafeBytes { bytes in
            Result { () throws(VoiceError) in try unsafe RTPHeader(parsing: bytes) }
        }
        self = try parsed.get()
    }

    /// Reads the fixed part from memory; refuses RTCP, other versions and short packets.
    public init(parsing packet: UnsafeRawBufferPointer) throws(VoiceError) {
        guard packet.count >= RTPHeader.byteCount else { throw .malformedPacket(.tooShort) }
        let first = unsafe packet[0]
        let second = unsafe packet[1]
        guard first >> 6 == 2 else { throw .malformedPacket(.wrongVersion) }
        guard !(200...206).contains(second) else { throw .malformedPacket(.controlPacket) }
        hasPadding = first & 0x20 != 0
        hasExtension = first & 0x10 != 0
        contributorCount = first & 0x0F
        marker = second & 0x80 != 0
        payloadType = second & 0x7F
        sequence = unsafe packet.bigEndian16(at: 2)
        timestamp = unsafe packet.bigEndian32(at: 4)
        ssrc = unsafe packet.bigEndian32(at: 8)
    }

    /// Bytes before the encrypted part: fixed part, contributors, and the extension's preamble if there is one.
    public var authenticatedByteCount: Int {
        RTPHeader.byteCount + 4 * Int(contributorCount) + (hasExtension ? 4 : 0)
    }

    /// Writes the fixed part into the first twelve bytes of `packet`.
    public func write(to packet: UnsafeMutableRawBufferPointer) {
        precondition(packet.count >= RTPHeader.byteCount)
        unsafe packet[0] = 0x80 | (hasPadding ? 0x20 : 0) | (hasExtension ? 0x10 : 0) | (contributorCount & 0x0F)
        unsafe packet[1] = (marker ? 0x80 : 0) | (payloadType & 0x7F)
        unsafe packet.storeBigEndian(sequence, at: 2)
        unsafe packet.storeBigEndian(timestamp, at: 4)
        unsafe packet.storeBigEndian(ssrc, at: 8)
    }

    /// The fixed part as bytes.
    public var bytes: [UInt8] {
        var result = [UInt8](repeating: 0, count: RTPHeader.byteCount)
        unsafe result.withUnsafeMutableBytes { unsafe write(to: $0) }
        return result
    }
}

extension UnsafeRawBufferPointer {
    /// Two bytes, most significant first.
    func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: unsafe loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }
    /// Four bytes, most significant first.
    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: unsafe loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores an integer most significant byte first.
    func storeBigEndian(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
        unsafe storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value).self)
    }
}
