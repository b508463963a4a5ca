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
