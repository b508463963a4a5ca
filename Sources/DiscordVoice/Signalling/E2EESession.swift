public import DiscordModel

/// End-to-end encryption of one voice connection (DAVE): speaks opcodes 21 to 31 and makes the transform of frames.
///
/// Called by the connection's owner, one call at a time.
public protocol E2EESession: AnyObject, Sendable {
    /// Newest protocol version it can speak; 0 for none. Goes into Identify.
    var maximumProtocolVersion: Int { get }
    /// What happens to outgoing frames; nil leaves them as they are. Asked once per media session.
    var transform: (any FrameTransform)? { get }
    /// A media session began: the server chose `protocolVersion`, 0 for none.
    func begin(protocolVersion: Int, user: UserID, channel: ChannelID, ssrc: UInt32) -> [E2EEReply]
    /// A JSON message: opcodes 21, 22 and 24, and 11 and 13, which say who is there.
    func receive(_ payload: VoiceGatewayPayload) -> [E2EEReply]
    /// A binary message without its sequence number and opcode.
    func receive(opcode: UInt8, _ body: [UInt8]) -> [E2EEReply]
    /// The media session is over; its keys must go.
    func end()
}

/// What end-to-end encryption wants sent on the voice gateway.
public enum E2EEReply: Sendable, Equatable {
    /// A JSON message (23, 31).
    case json(VoiceGatewayPayload)
    /// A binary message (26, 28): opcode, then the body.
    case binary(opcode: UInt8, [UInt8])
}

/// No end-to-end encryption: answers protocol version 0 and ignores its opcodes.
public final class NoE2EE: E2EESession {
    /// Always 0.
    public var maximumProtocolVersion: Int { 0 }
    /// Always nil: frames stay as they are.
    public var transform: (any FrameTransform)? { nil }

    /// One for each connection.
    public init() {}

    /// Nothing to say.
    public func begin(protocolVersion: Int, user: UserID, channel: ChannelID, ssrc: UInt32) -> [E2EEReply] { [] }
    /// Nothing to say.
    public func receive(_ payload: VoiceGatewayPayload) -> [E2EEReply] { [] }
    /// Nothing to say.
    public func receive(opcode: UInt8, _ body: [UInt8]) -> [E2EEReply] { [] }
    /// Nothing to forget.
    public func end() {}
}

/// What the voice machine hands to end-to-end encryption.
package enum E2EEInput: Sendable, Equatable {
    /// A session description arrived.
    case begin(protocolVersion: Int, channel: ChannelID, ssrc: UInt32)
    /// A JSON message it must hear.
    case json(VoiceGatewayPayload)
    /// A binary message, taken apart.
    case binary(opcode: UInt8, [UInt8])
}
