/// Opcodes of the voice gateway, version 8 (4.2, 5.1).
public struct VoiceOpcode: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Identify.
    public static let identify = VoiceOpcode(rawValue: 0)
    /// Select protocol.
    public static let selectProtocol = VoiceOpcode(rawValue: 1)
    /// Ready.
    public static let ready = VoiceOpcode(rawValue: 2)
    /// Heartbeat.
    public static let heartbeat = VoiceOpcode(rawValue: 3)
    /// Session description.
    public static let sessionDescription = VoiceOpcode(rawValue: 4)
    /// Speaking.
    public static let speaking = VoiceOpcode(rawValue: 5)
    /// Heartbeat ack.
    public static let heartbeatACK = VoiceOpcode(rawValue: 6)
    /// Resume.
    public static let resume = VoiceOpcode(rawValue: 7)
    /// Hello.
    public static let hello = VoiceOpcode(rawValue: 8)
    /// Resumed.
    public static let resumed = VoiceOpcode(rawValue: 9)
    /// Clients connect.
    public static let clientsConnect = VoiceOpcode(rawValue: 11)
    /// Video.
    public static let video = VoiceOpcode(rawValue: 12)
    /// Client disconnect.
    public static let clientDisconnect = VoiceOpcode(rawValue: 13)
    /// Session update.
    public static let sessionUpdate = VoiceOpcode(rawValue: 14)
    /// Media sink wants.
    public static let mediaSinkWants = VoiceOpcode(rawValue: 15)
    /// Backend version.
    public static let backendVersion = VoiceOpcode(rawValue: 16)
    /// Channel options update.
    public static let channelOptionsUpdate = VoiceOpcode(rawValue: 17)
    /// Client flags.
    public static let clientFlags = VoiceOpcode(rawValue: 18)
    /// Client platform.
    public static let clientPlatform = VoiceOpcode(rawValue: 20)
    /// Dave prepare transition.
    public static let davePrepareTransition = VoiceOpcode(rawValue: 21)
    /// Dave execute transition.
    public static let daveExecuteTransition = VoiceOpcode(rawValue: 22)
    /// Dave transition ready.
    public static let daveTransitionReady = VoiceOpcode(rawValue: 23)
    /// Dave prepare epoch.
    public static let davePrepareEpoch = VoiceOpcode(rawValue: 24)
    /// Dave external sender.
    public static let daveExternalSender = VoiceOpcode(rawValue: 25)
    /// Dave key package.
    public static let daveKeyPackage = VoiceOpcode(rawValue: 26)
    /// Dave proposals.
    public static let daveProposals = VoiceOpcode(rawValue: 27)
    /// Dave commit welcome.
    public static let daveCommitWelcome = VoiceOpcode(rawValue: 28)
    /// Dave announce commit.
    public static let daveAnnounceCommit = VoiceOpcode(rawValue: 29)
    /// Dave welcome.
    public static let daveWelcome = VoiceOpcode(rawValue: 30)
    /// Dave invalid commit welcome.
    public static let daveInvalidCommitWelcome = VoiceOpcode(rawValue: 31)
    /// No route.
    public static let noRoute = VoiceOpcode(rawValue: 32)
}

/// One JSON message of the voice gateway.
public struct VoiceGatewayPayload: Codable, Sendable, Hashable {
    /// What it is.
    public var op: VoiceOpcode
    /// Its data; the key is always there.
    @Nullable public var d: JSONValue?
    /// Sequence number, from the server only.
    public var seq: Int?

    /// Makes one from its parts.
    public init(op: VoiceOpcode, d: JSONValue? = nil, seq: Int? = nil) {
        self.op = op
        self.d = d
        self.seq = seq
    }
}
