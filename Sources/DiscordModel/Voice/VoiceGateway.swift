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

/// Op 0: starts a voice session.
public struct VoiceIdentify: Codable, Sendable, Hashable {
    /// The guild.
    public var serverID: GuildID
    /// The bot.
    public var userID: UserID
    /// From the own voice state.
    public var sessionID: String
    /// From VOICE_SERVER_UPDATE.
    public var token: String
    /// Newest end-to-end encryption version; 0 or nil for none.
    public var maxDaveProtocolVersion: Int?
    /// Whether video is wanted.
    public var video: Bool?
    /// Version 9 only.
    public var channelID: ChannelID?

    /// Makes one from its parts.
    public init(
        serverID: GuildID, userID: UserID, sessionID: String, token: String,
        maxDaveProtocolVersion: Int? = nil, video: Bool? = nil, channelID: ChannelID? = nil
    ) {
        self.serverID = serverID
        self.userID = userID
        self.sessionID = sessionID
        self.token = token
        self.maxDaveProtocolVersion = maxDaveProtocolVersion
        self.video = video
        self.channelID = channelID
    }

    enum CodingKeys: String, CodingKey {
        case token, video
        case serverID = "server_id"
        case userID = "user_id"
        case sessionID = "session_id"
        case maxDaveProtocolVersion = "max_dave_protocol_version"
        case channelID = "channel_id"
    }
}

/// Op 1: where the client's audio comes from and how it is sealed.
public struct VoiceSelectProtocol: Codable, Sendable, Hashable {
    /// Always "udp" for bots.
    @Defaulted public var `protocol`: String
    /// Address and mode.
    public var data: VoiceSelectProtocolData

    /// Makes one from its parts.
    public init(`protocol`: String = "udp", data: VoiceSelectProtocolData) {
        self.`protocol` = `protocol`
        self.data = data
    }

    enum CodingKeys: String, CodingKey {
        case data
        case `protocol` = "protocol"
    }
}

/// Address and mode of op 1.
public struct VoiceSelectProtocolData: Codable, Sendable, Hashable {
    /// External address, found by IP discovery.
    public var address: String
    /// External port.
    public var port: Int
    /// One of `modes` of op 2.
    public var mode: String

    /// Makes one from its parts.
    public init(address: String, port: Int, mode: String) {
        self.address = address
        self.port = port
        self.mode = mode
    }
}

/// Op 2: where the audio server is.
public struct VoiceReady: Codable, Sendable, Hashable {
    /// Stream id of the client.
    public var ssrc: UInt32
    /// Address for UDP.
    @Defaulted public var ip: String
    /// Port for UDP.
    @Defaulted public var port: Int
    /// Sealing modes to choose from.
    @Lossy public var modes: [String]
    /// Ignored.
    @Lossy public var experiments: [String]
    /// Video slots; empty for bots.
    @Lossy public var streams: [JSONValue]

    /// Makes one from its parts.
    public init(
        ssrc: UInt32, ip: String = "", port: Int = 0, modes: [String] = [], experiments: [String] = [],
        streams: [JSONValue] = []
    ) {
        self.ssrc = ssrc
        self.ip = ip
        self.port = port
        self.modes = modes
        self.experiments = experiments
        self.streams = streams
    }
}

/// Op 3 and 6: beat and its echo.
public struct VoiceHeartbeat: Codable, Sendable, Hashable {
    /// Any number; echoed.
    @Defaulted public var t: Int64
    /// Newest sequence number that was received, -1 for none.
    public var seqACK: Int?

    /// Makes one from its parts.
    public init(t: Int64 = 0, seqACK: Int? = nil) {
        self.t = t
        self.seqACK = seqACK
    }

    enum CodingKeys: String, CodingKey {
        case t
        case seqACK = "seq_ack"
    }
}

/// Op 4: the sealing key.
public struct VoiceSessionDescription: Codable, Sendable, Hashable {
    /// The chosen mode.
    @Defaulted public var mode: String
    /// 32 bytes.
    @Defaulted public var secretKey: [UInt8]
    /// Always "opus".
    @Defaulted public var audioCodec: String
    /// Ignored.
    public var videoCodec: String?
    /// Id of the media session.
    public var mediaSessionID: String?
    /// End-to-end encryption version, 0 for none.
    @Defaulted public var daveProtocolVersion: Int

    /// Makes one from its parts.
    public init(
        mode: String = "", secretKey: [UInt8] = [], audioCodec: String = "opus", videoCodec: String? = nil,
        mediaSessionID: String? = nil, daveProtocolVersion: Int = 0
    ) {
        self.mode = mode
        self.secretKey = secretKey
        self.audioCodec = audioCodec
        self.videoCodec = videoCodec
        self.mediaSessionID = mediaSessionID
        self.daveProtocolVersion = daveProtocolVersion
    }

    enum CodingKeys: String, CodingKey {
        case mode
        case secretKey = "secret_key"
        case audioCodec = "audio_codec"
        case videoCodec = "video_codec"
        case mediaSessionID = "media_session_id"
        case daveProtocolVersion = "dave_protocol_version"
    }
}

/// What a speaker sends (op 5).
public struct SpeakingFlags: BitSet {
    /// The bits.
    public var rawValue: UInt64
    /// Keeps every bit, known or not.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Microphone.
    public static let microphone = SpeakingFlags(rawValue: 1 << 0)
    /// Sound without an indicator.
    public static let soundshare = SpeakingFlags(rawValue: 1 << 1)
    /// Others are made quieter.
    public static let priority = SpeakingFlags(rawValue: 1 << 2)
}

/// Op 5: who speaks with which stream.
public struct VoiceSpeaking: Codable, Sendable, Hashable {
    /// What is sent.
    @Defaulted public var speaking: SpeakingFlags
    /// Always 0 from bots.
    public var delay: Int?
    /// The stream.
    public var ssrc: UInt32?
    /// The speaker, from the server only.
    public var userID: UserID?

    /// Makes one from its parts.
    public init(speaking: SpeakingFlags = [], delay: Int? = nil, ssrc: UInt32? = nil, userID: UserID? = nil) {
        self.speaking = speaking
        self.delay = delay
        self.ssrc = ssrc
        self.userID = userID
    }

    enum CodingKeys: String, CodingKey {
        case speaking, delay, ssrc
        case userID = "user_id"
    }
}

/// Op 7: goes on with a voice session.
public struct VoiceResume: Codable, Sendable, Hashable {
    /// The guild.
    public var serverID: GuildID
    /// The voice session.
    public var sessionID: String
    /// From VOICE_SERVER_UPDATE.
    public var token: String
    /// Newest sequence number that was received.
    public var seqACK: Int?

    /// Makes one from its parts.
    public init(serverID: GuildID, sessionID: String, token: String, seqACK: Int? = nil) {
        self.serverID = serverID
        self.sessionID = sessionID
        self.token = token
        self.seqACK = seqACK
    }

    enum CodingKeys: String, CodingKey {
        case token
        case serverID = "server_id"
        case sessionID = "session_id"
        case seqACK = "seq_ack"
    }
}

/// Op 8: sent at once on connect.
public struct VoiceHello: Codable, Sendable, Hashable {
    /// Version.
    @Defaulted public var v: Int
    /// Milliseconds between beats.
    @Defaulted public var heartbeatInterval: Double

    /// Makes one from its parts.
    public init(v: Int = 8, heartbeatInterval: Double = 13750) {
        self.v = v
        self.heartbeatInterval = heartbeatInterval
    }

    enum CodingKeys: String, CodingKey {
        case v
        case heartbeatInterval = "heartbeat_interval"
    }
}

/// Op 11: who is in the session.
public struct VoiceClientsConnect: Codable, Sendable, Hashable {
    /// The users.
    @Lossy public var userIDs: [UserID]

    /// Makes one from its parts.
    public init(userIDs: [UserID] = []) {
        self.userIDs = userIDs
    }

    enum CodingKeys: String, CodingKey {
        case userIDs = "user_ids"
    }
}

/// Op 13: who left the session.
public struct VoiceClientDisconnect: Codable, Sendable, Hashable {
    /// The user.
    public var userID: UserID

    /// Makes one from its parts.
    public init(userID: UserID) {
        self.userID = userID
    }

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
    }
}

/// Op 18: flags of a user.
public struct VoiceClientFlags: Codable, Sendable, Hashable {
    /// The user.
    public var userID: UserID
    /// The flags.
    @Nullable public var flags: Int?

    /// Makes one from its parts.
    public init(userID: UserID, flags: Int? = nil) {
        self.userID = userID
        self.flags = flags
    }

    enum CodingKeys: String, CodingKey {
        case flags
        case userID = "user_id"
    }
}

/// Op 20: platform of a user.
public struct VoiceClientPlatform: Codable, Sendable, Hashable {
    /// The user.
    public var userID: UserID
    /// 0 desktop, 1 mobile, 2 Xbox, 3 PlayStation.
    @Nullable public var platform: Int?

    /// Makes one from its parts.
    public init(userID: UserID, platform: Int? = nil) {
        self.userID = userID
        self.platform = platform
    }

    enum CodingKeys: String, CodingKey {
        case platform
        case userID = "user_id"
    }
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
