public import DiscordModel

/// End-to-end encryption of one voice connection (DAVE): speaks opcodes 21 to 31 and makes the transform of frames.
///
/// `handle` is called by the connection's owner, one call at a time; the rest from any thread.
public protocol E2EESession: AnyObject, Sendable {
    /// Newest protocol version it can speak; 0 for none. Goes into Identify.
    var maximumProtocolVersion: Int { get }
    /// What happens to outgoing frames; nil leaves them as they are. Asked once per media session.
    var transform: (any FrameTransform)? { get }
    /// The next moment at which `.tick` is due; nil while nothing is.
    var nextDeadline: Duration? { get }
    /// Takes in what happened and says what to send.
    func handle(_ input: E2EEInput, now: Duration) -> [E2EEReply]
    /// A received frame, decrypted; nil when it cannot be.
    func open(_ frame: [UInt8], ssrc: UInt32, now: Duration) -> [UInt8]?
    /// How things stand, for people.
    var report: E2EEReport { get }
    /// The media session is over; its keys must go.
    func end()
}

/// What end-to-end encryption hears.
public enum E2EEInput: Sendable, Equatable {
    /// A fresh voice session is being made; who is in the channel will be told anew.
    case opened
    /// A session description arrived: the server chose `protocolVersion`, 0 for none.
    case begin(protocolVersion: Int, user: UserID, channel: ChannelID, ssrc: UInt32)
    /// The voice gateway is back after a resume; what was missed follows.
    case resumed
    /// A JSON message: opcodes 21, 22 and 24; 11 and 13, which say who is there; 5, which says whose stream is whose.
    case json(VoiceGatewayPayload)
    /// A binary message without its sequence number and opcode.
    case binary(opcode: UInt8, [UInt8])
    /// `nextDeadline` has come.
    case tick
}

/// What end-to-end encryption wants done.
public enum E2EEReply: Sendable, Hashable {
    /// Send a JSON message (23, 31).
    case json(VoiceGatewayPayload)
    /// Send a binary message (26, 28): opcode, then the body.
    case binary(opcode: UInt8, [UInt8])
    /// The voice session is stuck beyond mending: make a fresh one. The sentence says what happened.
    case renew(String)
}

/// Where end-to-end encryption stands.
public enum E2EEStatus: Sendable, Hashable {
    /// Not spoken.
    case off
    /// No key yet: alone in the channel, or the group is being made.
    case waiting
    /// Frames are encrypted; the epoch of the group, and its members, ourselves included.
    case encrypted(epoch: UInt64, members: [UserID])
    /// The server chose version 0: frames go unencrypted.
    case passthrough
}

/// How end-to-end encryption stands and what it has done, for people and metrics.
public struct E2EEReport: Sendable, Hashable {
    /// Where it stands.
    public var status = E2EEStatus.off
    /// The protocol version in force; 0 for none.
    public var version = 0
    /// The voice privacy code of the epoch in use: 30 digits in groups of five; nil while there is no group.
    public var privacyCode: String?
    /// Epochs entered.
    public var epochs = 0
    /// Times the server began the group anew.
    public var resets = 0
    /// Times a stuck or undecryptable state was mended by asking to be added anew.
    public var recoveries = 0
    /// Fresh voice sessions asked for because nothing else helped.
    public var renewals = 0
    /// Messages of the server that were refused.
    public var refused = 0
    /// Received frames that could not be decrypted.
    public var undecryptable: UInt64 = 0
    /// What became of outgoing frames.
    public var frames = DAVEFrameCounters()

    /// Off, with nothing done.
    public init() {}
}

/// No end-to-end encryption: answers protocol version 0 and ignores its opcodes.
public final class NoE2EE: E2EESession {
    /// Always 0.
    public var maximumProtocolVersion: Int { 0 }
    /// Always nil: frames stay as they are.
    public var transform: (any FrameTransform)? { nil }
    /// Always nil.
    public var nextDeadline: Duration? { nil }
    /// Always off.
    public var report: E2EEReport { E2EEReport() }

    /// One for each connection.
    public init() {}

    /// Nothing to say.
    public func handle(_ input: E2EEInput, now: Duration) -> [E2EEReply] { [] }
    /// The frame as it is.
    public func open(_ frame: [UInt8], ssrc: UInt32, now: Duration) -> [UInt8]? { frame }
    /// Nothing to forget.
    public func end() {}
}
