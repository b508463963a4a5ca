/// Close codes of the voice gateway (4.3).
public struct VoiceCloseCode: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Normal end.
    public static let normal = VoiceCloseCode(rawValue: 1000)
    /// The server goes away.
    public static let goingAway = VoiceCloseCode(rawValue: 1001)
    /// Unknown opcode.
    public static let unknownOpcode = VoiceCloseCode(rawValue: 4001)
    /// A payload that cannot be read.
    public static let decodeError = VoiceCloseCode(rawValue: 4002)
    /// A payload before identify.
    public static let notAuthenticated = VoiceCloseCode(rawValue: 4003)
    /// The voice token is wrong.
    public static let authenticationFailed = VoiceCloseCode(rawValue: 4004)
    /// A second identify on one connection.
    public static let alreadyAuthenticated = VoiceCloseCode(rawValue: 4005)
    /// The session is no longer valid.
    public static let sessionInvalid = VoiceCloseCode(rawValue: 4006)
    /// The session is too old.
    public static let sessionTimedOut = VoiceCloseCode(rawValue: 4009)
    /// The voice server does not exist.
    public static let serverNotFound = VoiceCloseCode(rawValue: 4011)
    /// The protocol is not "udp".
    public static let unknownProtocol = VoiceCloseCode(rawValue: 4012)
    /// The server's media worker crashed.
    public static let workerCrashed = VoiceCloseCode(rawValue: 4013)
    /// Kicked, moved, channel deleted or main session lost.
    public static let disconnected = VoiceCloseCode(rawValue: 4014)
    /// The voice server crashed.
    public static let serverCrashed = VoiceCloseCode(rawValue: 4015)
    /// The encryption mode is not known.
    public static let unknownEncryptionMode = VoiceCloseCode(rawValue: 4016)
    /// End-to-end encryption is required.
    public static let endToEndEncryptionRequired = VoiceCloseCode(rawValue: 4017)
    /// A request that makes no sense.
    public static let badRequest = VoiceCloseCode(rawValue: 4020)
    /// Too many requests.
    public static let rateLimited = VoiceCloseCode(rawValue: 4021)
    /// The call was ended: channel deleted, region change.
    public static let callTerminated = VoiceCloseCode(rawValue: 4022)

    /// What a client does after the code.
    public enum Recovery: Sendable, Hashable {
        /// Connect again and go on with the session (op 7).
        case resume
        /// Connect again to the same server with a fresh identify.
        case identify
        /// Ask the main gateway for a new voice server (op 4) and start over.
        case rejoin
        /// Connect only when a new VOICE_SERVER_UPDATE comes by itself.
        case awaitServer
        /// Stop.
        case stop
    }

    /// What a client does after this code; a vanished server (1006) and unknown codes are resumed.
    public var recovery: Recovery {
        switch self {
        case .normal, .rateLimited, .endToEndEncryptionRequired: .stop
        case .disconnected, .callTerminated: .awaitServer
        case .authenticationFailed, .sessionInvalid, .sessionTimedOut, .serverNotFound, .workerCrashed: .rejoin
        case .unknownOpcode, .decodeError, .notAuthenticated, .alreadyAuthenticated, .unknownProtocol,
            .unknownEncryptionMode, .badRequest:
            .identify
        default: .resume
        }
    }
}
