/// One Opus packet of 20 ms at 48 kHz.
public struct OpusPacket: Sendable, Hashable {
    /// The packet as it is sent.
    public var bytes: [UInt8]
    /// The number of its 20 ms frame, counted from the start of the song.
    public var index: Int

    /// Samples per channel in a packet.
    public static let samples = 960
    /// The length of a packet.
    public static let duration = Duration.milliseconds(20)
    /// 20 ms of silence, as Discord defines it.
    public static let silence: [UInt8] = [0xF8, 0xFF, 0xFE]
    /// The longest Opus packet of one frame, in bytes.
    public static let maximumBytes = 1275

    /// A packet at its place.
    public init(bytes: [UInt8], index: Int) {
        self.bytes = bytes
        self.index = index
    }

    /// Samples per channel at 48 kHz in any Opus packet, from its table-of-contents byte (RFC 6716, section 3.1); nil when
    /// the packet is malformed.
    public static func sampleCount(_ packet: some Collection<UInt8>) -> Int? {
        guard let toc = packet.first else { return nil }
        let configuration = Int(toc >> 3)
        let frame =
            switch configuration {
            case 0..<12: [480, 960, 1920, 2880][configuration & 3]
            case 12..<16: [480, 960][configuration & 1]
            default: [120, 240, 480, 960][configuration & 3]
            }
        let frames: Int
        switch toc & 3 {
        case 0: frames = 1
        case 1, 2: frames = 2
        default:
            guard let second = packet.dropFirst().first, second & 0x3F > 0 else { return nil }
            frames = Int(second & 0x3F)
        }
        let samples = frame * frames
        return samples <= 5760 ? samples : nil
    }
}
