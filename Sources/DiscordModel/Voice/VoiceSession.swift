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
