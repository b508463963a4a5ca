/// The packet with which a client learns its outside address (Discord voice, "IP discovery"): 74 bytes, big-endian.
public struct IPDiscovery: Sendable, Hashable {
    /// Which way the packet goes.
    public enum Kind: UInt16, Sendable {
        /// Client to server, address empty.
        case request = 1
        /// Server to client.
        case reply = 2
    }

    /// Bytes on the wire.
    public static let byteCount = 74
    /// Bytes after the length field, as it says.
    private static let bodyByteCount: UInt16 = 70
    private static let addressByteCount = 64

    /// Which way the packet goes.
    public var kind: Kind
    /// The client's stream, from Ready.
    public var ssrc: UInt32
    /// The client's outside address as text; empty in a request.
    public var address: String
    /// The client's outside port; 0 in a request.
    public var port: UInt16

    /// A packet of either kind.
    public init(_ kind: Kind, ssrc: UInt32, address: String = "", port: UInt16 = 0) {
        self.kind = kind
        self.ssrc = ssrc
        self.address = address
        self.port = port
    }

    /// Reads a packet; the address must end inside its field and be made of address characters.
    public init(_ bytes: [UInt8]) throws(VoiceError) {
        guard bytes.count == IPDiscovery.byteCount else { throw .malformedPacket(.tooShort) }
        func sixteen(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) }
        guard let kind = Kind(rawValue: sixteen(0)), sixteen(2) == IPDiscovery.bodyByteCount else {
            throw .malformedPacket(.unexpectedKind)
        }
        let field = bytes[8..<8 + IPDiscovery.addressByteCount]
        let text = field.prefix { $0 != 0 }
        guard text.count < IPDiscovery.addressByteCount, text.allSatisfy(IPDiscovery.isAddressCharacter) else {
            throw .malformedPacket(.unexpectedKind)
        }
        self.kind = kind
        ssrc = UInt32(sixteen(4)) << 16 | UInt32(sixteen(6))
        address = String(decoding: text, as: UTF8.self)
        port = sixteen(72)
        guard kind == .request || (!address.isEmpty && port != 0) else { throw .malformedPacket(.unexpectedKind) }
    }

    /// The packet as bytes; an address longer than its field is cut.
    public var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(IPDiscovery.byteCount)
        for value in [kind.rawValue, IPDiscovery.bodyByteCount, UInt16(ssrc >> 16), UInt16(truncatingIfNeeded: ssrc)] {
            result += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        result += address.utf8.prefix(IPDiscovery.addressByteCount - 1)
        result += [UInt8](repeating: 0, count: IPDiscovery.byteCount - 2 - result.count)
        return result + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    }

    private static func isAddressCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}

/// The keep-alive packet of the media socket (Discord voice, "Ping"): a magic word and a number that comes back.
public struct VoicePing: Sendable, Hashable {
    /// Bytes on the wire.
    public static let byteCount = 8
    private static let requestMagic: UInt32 = 0x1337_CAFE
    private static let replyMagic: UInt32 = 0x1337_F00D

    /// Whether this is the server's answer.
    public var isReply: Bool
    /// The number, the same in request and answer.
    public var sequence: UInt32

    /// A ping or its answer.
    public init(sequence: UInt32, isReply: Bool = false) {
        self.sequence = sequence
        self.isReply = isReply
    }

    /// Reads a packet.
    public init(_ bytes: [UInt8]) throws(VoiceError) {
        guard bytes.count == VoicePing.byteCount else { throw .malformedPacket(.tooShort) }
        let words = (0..<2).map { word in bytes[word * 4..<word * 4 + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        guard words[0] == VoicePing.requestMagic || words[0] == VoicePing.replyMagic else {
            throw .malformedPacket(.unexpectedKind)
        }
        isReply = words[0] == VoicePing.replyMagic
        sequence = words[1]
    }

    /// The packet as bytes.
    public var bytes: [UInt8] {
        [isReply ? VoicePing.replyMagic : VoicePing.requestMagic, sequence].flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
        }
    }
}

/// The Opus frame that says "silence": five of them end every stretch of audio.
public enum OpusSilence {
    /// The three bytes.
    public static let frame: [UInt8] = [0xF8, 0xFF, 0xFE]
    /// How many are sent before a stream goes quiet.
    public static let framesBeforeQuiet = 5
}
