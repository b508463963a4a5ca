package import DiscordModel
internal import MLS

/// What the voice server says about DAVE (5.1): opcodes 21, 22, 24, 25, 27, 29 and 30.
package enum DAVEServerMessage: Sendable, Hashable {
    /// 21: get ready for a version; 0 ends encryption. Transition 0 is executed at once.
    case prepareTransition(id: UInt16, version: Int)
    /// 22: do what was prepared.
    case executeTransition(id: UInt16)
    /// 24: epoch 1 begins a new group, a later one changes the version of the existing group.
    case prepareEpoch(version: Int, epoch: UInt64)
    /// 25: an encoded ExternalSender.
    case externalSender([UInt8])
    /// 27: encoded MLSMessages, each a proposal.
    case appendProposals([[UInt8]])
    /// 27: references of proposals that no longer stand.
    case revokeProposals([[UInt8]])
    /// 29: the encoded commit that won.
    case announceCommit(id: UInt16, commit: [UInt8])
    /// 30: an encoded Welcome.
    case welcome(id: UInt16, welcome: [UInt8])

    /// Takes a JSON message apart; nil when its opcode is none of these.
    package init?(_ payload: VoiceGatewayPayload) throws(VoiceError) {
        switch payload.op {
        case .davePrepareTransition:
            self = .prepareTransition(
                id: try payload.davePart("transition_id"), version: try payload.davePart("protocol_version"))
        case .daveExecuteTransition: self = .executeTransition(id: try payload.davePart("transition_id"))
        case .davePrepareEpoch:
            self = .prepareEpoch(
                version: try payload.davePart("protocol_version"), epoch: try payload.davePart("epoch"))
        default: return nil
        }
    }

    /// Takes a binary message apart, given without sequence number and opcode; nil when its opcode is none of these.
    package init?(opcode: UInt8, _ body: [UInt8]) throws(VoiceError) {
        do throws(MLSError) {
            var reader = MLSReader(body)
            switch VoiceOpcode(rawValue: Int(opcode)) {
            case .daveExternalSender: self = .externalSender(body)
            case .daveProposals: self = try .proposals(&reader)
            case .daveAnnounceCommit:
                self = .announceCommit(id: try reader.uint16(), commit: try reader.fixed(reader.remaining))
            case .daveWelcome: self = .welcome(id: try reader.uint16(), welcome: try reader.fixed(reader.remaining))
            default: return nil
            }
        } catch {
            throw .malformedMessage("DAVE opcode \(opcode), \(body.count) bytes: \(error)")
        }
    }

    private static func proposals(_ reader: inout MLSReader) throws(MLSError) -> DAVEServerMessage {
        let kind = try reader.uint8()
        var items: [[UInt8]] = []
        switch kind {
        case 0:
            // The messages follow one another without lengths of their own.
            let messages: [MLSMessage] = try reader.list()
            try reader.finish()
            items = messages.map(\.encoded)
            return .appendProposals(items)
        case 1:
            let all = try reader.opaque()
            try reader.finish()
            var references = MLSReader(all)
            while references.remaining > 0 { items.append(try references.opaque()) }
            return .revokeProposals(items)
        default: throw .malformed("kind \(kind) of proposals")
        }
    }

    /// The message as the server sends it: JSON without a sequence number, or opcode and body.
    package var wire: E2EEReply {
        switch self {
        case .prepareTransition(let id, let version):
            .json(
                VoiceGatewayPayload(
                    op: .davePrepareTransition,
                    d: ["transition_id": .integer(Int64(id)), "protocol_version": .integer(Int64(version))]))
        case .executeTransition(let id):
            .json(VoiceGatewayPayload(op: .daveExecuteTransition, d: ["transition_id": .integer(Int64(id))]))
        case .prepareEpoch(let version, let epoch):
            .json(
                VoiceGatewayPayload(
                    op: .davePrepareEpoch,
                    d: ["protocol_version": .integer(Int64(version)), "epoch": .integer(Int64(clamping: epoch))]))
        case .externalSender(let body): .binary(opcode: 25, body)
        case .appendProposals(let messages):
            .binary(opcode: 27, [0] + DAVEServerMessage.vector(Array(messages.joined())))
        case .revokeProposals(let references):
            .binary(opcode: 27, [1] + DAVEServerMessage.vector(references.flatMap(DAVEServerMessage.vector)))
        case .announceCommit(let id, let commit): .binary(opcode: 29, [UInt8(id >> 8), UInt8(id & 0xFF)] + commit)
        case .welcome(let id, let welcome): .binary(opcode: 30, [UInt8(id >> 8), UInt8(id & 0xFF)] + welcome)
        }
    }

    private static func vector(_ bytes: [UInt8]) -> [UInt8] {
        var writer = MLSWriter()
        writer.opaque(bytes)
        return writer.bytes
    }
}

/// What a client says about DAVE (5.1): opcodes 23, 26, 28 and 31.
package enum DAVEClientMessage: Sendable, Hashable {
    /// 23: what was prepared can be executed.
    case transitionReady(id: UInt16)
    /// 26: an encoded KeyPackage.
    case keyPackage([UInt8])
    /// 28: an encoded commit, and a Welcome when it adds somebody.
    case commit([UInt8], welcome: [UInt8]?)
    /// 31: a commit or welcome could not be processed.
    case invalidCommitWelcome(id: UInt16)

    /// Takes a JSON message apart; nil when its opcode is none of these.
    package init?(_ payload: VoiceGatewayPayload) throws(VoiceError) {
        switch payload.op {
        case .daveTransitionReady: self = .transitionReady(id: try payload.davePart("transition_id"))
        case .daveInvalidCommitWelcome: self = .invalidCommitWelcome(id: try payload.davePart("transition_id"))
        default: return nil
        }
    }

    /// Takes a binary message apart, given without its opcode; nil when its opcode is none of these.
    ///
    /// A key package may be bare or inside an MLSMessage.
    package init?(opcode: UInt8, _ body: [UInt8]) throws(VoiceError) {
        do throws(MLSError) {
            var reader = MLSReader(body)
            switch VoiceOpcode(rawValue: Int(opcode)) {
            case .daveKeyPackage: self = .keyPackage(body.starts(with: [0, 1, 0, 5]) ? Array(body[4...]) : body)
            case .daveCommitWelcome:
                // Nothing between the two says where the commit ends but the commit itself.
                _ = try MLSMessage(from: &reader)
                let end = reader.consumed
                self = .commit(Array(body[..<end]), welcome: end < body.count ? Array(body[end...]) : nil)
            default: return nil
            }
        } catch {
            throw .malformedMessage("DAVE opcode \(opcode), \(body.count) bytes: \(error)")
        }
    }

    /// The message as the client sends it.
    package var wire: E2EEReply {
        switch self {
        case .transitionReady(let id):
            .json(VoiceGatewayPayload(op: .daveTransitionReady, d: ["transition_id": .integer(Int64(id))]))
        case .invalidCommitWelcome(let id):
            .json(VoiceGatewayPayload(op: .daveInvalidCommitWelcome, d: ["transition_id": .integer(Int64(id))]))
        case .keyPackage(let package): .binary(opcode: 26, package)
        case .commit(let commit, let welcome): .binary(opcode: 28, commit + (welcome ?? []))
        }
    }
}

extension VoiceGatewayPayload {
    /// A whole number of the data, in the range of its type.
    fileprivate func davePart<Number: FixedWidthInteger>(_ name: String) throws(VoiceError) -> Number {
        guard let value = d?[name]?.int, let number = Number(exactly: value) else {
            throw .malformedMessage("DAVE opcode \(op.rawValue) without a usable \(name)")
        }
        return number
    }
}
