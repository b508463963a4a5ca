/// One message of the delivery service to one member of a call.
struct DeliveryMessage: Sendable, Equatable {
    /// What travels: JSON opcodes 21, 22 and 24, or binary ones 25, 27, 29 and 30 (section 5.1).
    enum Content: Sendable, Equatable {
        /// The opcode and `d`.
        case json(Int64, JSON)
        /// The opcode and what follows it.
        case binary(UInt8, [UInt8])
    }

    /// The member.
    var to: ID
    /// What it gets.
    var content: Content

    /// Opcode 21: get ready for another protocol version.
    static func prepareTransition(_ user: ID, _ transition: UInt16, version: Int) -> DeliveryMessage {
        DeliveryMessage(
            to: user,
            content: .json(21, ["transition_id": .number(transition), "protocol_version": .number(version)]))
    }

    /// Opcode 22: what was prepared begins.
    static func executeTransition(_ user: ID, _ transition: UInt16) -> DeliveryMessage {
        DeliveryMessage(to: user, content: .json(22, ["transition_id": .number(transition)]))
    }

    /// Opcode 24 with epoch 1: forget the group and send a new key package.
    static func prepareEpoch(_ user: ID, version: Int) -> DeliveryMessage {
        DeliveryMessage(to: user, content: .json(24, ["protocol_version": .number(version), "epoch": 1]))
    }

    /// Opcode 29: a commit for those who are in the group.
    static func announceCommit(_ user: ID, _ transition: UInt16, _ commit: [UInt8]) -> DeliveryMessage {
        DeliveryMessage(to: user, content: .binary(29, big(transition) + commit))
    }

    /// Opcode 30: the way into the group.
    static func welcome(_ user: ID, _ transition: UInt16, _ welcome: [UInt8]) -> DeliveryMessage {
        DeliveryMessage(to: user, content: .binary(30, big(transition) + welcome))
    }

    private static func big(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }
}
