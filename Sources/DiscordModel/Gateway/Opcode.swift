/// Opcodes of the main gateway (1.2).
public struct GatewayOpcode: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Dispatch.
    public static let dispatch = GatewayOpcode(rawValue: 0)
    /// Heartbeat.
    public static let heartbeat = GatewayOpcode(rawValue: 1)
    /// Identify.
    public static let identify = GatewayOpcode(rawValue: 2)
    /// Presence update.
    public static let presenceUpdate = GatewayOpcode(rawValue: 3)
    /// Voice state update.
    public static let voiceStateUpdate = GatewayOpcode(rawValue: 4)
    /// Resume.
    public static let resume = GatewayOpcode(rawValue: 6)
    /// Reconnect.
    public static let reconnect = GatewayOpcode(rawValue: 7)
    /// Request guild members.
    public static let requestGuildMembers = GatewayOpcode(rawValue: 8)
    /// Invalid session.
    public static let invalidSession = GatewayOpcode(rawValue: 9)
    /// Hello.
    public static let hello = GatewayOpcode(rawValue: 10)
    /// Heartbeat ack.
    public static let heartbeatACK = GatewayOpcode(rawValue: 11)
    /// Request soundboard sounds.
    public static let requestSoundboardSounds = GatewayOpcode(rawValue: 31)
    /// Request channel info.
    public static let requestChannelInfo = GatewayOpcode(rawValue: 43)
}

/// One message of the main gateway (1.1).
public struct GatewayPayload: Codable, Sendable, Hashable {
    /// What it is.
    public var op: GatewayOpcode
    /// Its data.
    @Nullable public var d: JSONValue?
    /// Sequence number of a dispatch.
    @Nullable public var s: Int?
    /// Event name of a dispatch.
    @Nullable public var t: String?

    /// Makes one from its parts.
    public init(op: GatewayOpcode, d: JSONValue? = nil, s: Int? = nil, t: String? = nil) {
        self.op = op
        self.d = d
        self.s = s
        self.t = t
    }
}
