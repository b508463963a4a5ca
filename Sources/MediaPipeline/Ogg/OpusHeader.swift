/// The identification header of an Ogg Opus stream (RFC 7845, section 5.1), mapping family 0.
public struct OpusHeader: Sendable, Hashable {
    /// 1 or 2.
    public var channels: Int
    /// Samples at 48 kHz to drop from the start of the decoded sound.
    public var preSkip: Int
    /// The rate of the sound before encoding; of no use for decoding.
    public var inputSampleRate: UInt32
    /// Gain to apply, in 1/256 dB.
    public var gain: Int16

    /// A stereo header as libopus streams have it.
    public init(channels: Int = 2, preSkip: Int = 312, inputSampleRate: UInt32 = 48_000, gain: Int16 = 0) {
        self.channels = channels
        self.preSkip = preSkip
        self.inputSampleRate = inputSampleRate
        self.gain = gain
    }

    /// The header packet.
    var bytes: [UInt8] {
        var bytes = Array("OpusHead".utf8)
        bytes += [1, UInt8(clamping: channels)]
        bytes += littleEndian(UInt16(clamping: preSkip)) + littleEndian(inputSampleRate)
        bytes += littleEndian(UInt16(bitPattern: gain)) + [0]
        return bytes
    }

    /// Reads a header packet.
    init(packet: [UInt8]) throws(MediaError) {
        guard packet.starts(with: "OpusHead".utf8), packet.count >= 19 else {
            throw .broken("the stream does not begin with an Opus header")
        }
        guard packet[8] & 0xF0 == 0, packet[18] == 0, (1...2).contains(packet[9]) else {
            throw .unsupported("an Opus stream with more than two channels or of an unknown version")
        }
        channels = Int(packet[9])
        preSkip = Int(packet[10]) | Int(packet[11]) << 8
        inputSampleRate = packet[12..<16].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        gain = Int16(bitPattern: UInt16(packet[16]) | UInt16(packet[17]) << 8)
    }
}

/// The bytes of an integer, least significant first, as Ogg wants them.
func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
}
