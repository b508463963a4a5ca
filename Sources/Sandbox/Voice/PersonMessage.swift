/// What one of the sandbox's people hears of the voice server of their channel.
struct PersonMessage: Sendable {
    /// The message.
    enum Content: Sendable {
        /// The call begins with this protocol version; who else is there.
        case begin(version: Int, present: [ID])
        /// A JSON message: opcode and `d`.
        case json(Int64, JSON)
        /// A binary message.
        case binary(UInt8, [UInt8])
        /// They left.
        case end
    }

    var user: ID
    var guild: ID
    var channel: ID
    var content: Content
}

/// What the voice clients of the sandbox's people take, in order.
enum PersonEvent: Sendable {
    case message(PersonMessage)
    case tick
}

/// What one of the sandbox's people answers.
enum PersonReply: Sendable {
    /// A JSON message: 23 or 31.
    case json(Int64, JSON)
    /// A binary message: 26 or 28.
    case binary(UInt8, [UInt8])
    /// A wish for a fresh voice session: nothing else helped.
    case renew
}
