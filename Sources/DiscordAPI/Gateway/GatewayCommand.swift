public import DiscordModel

/// What a bot may tell the gateway after it is ready (1.4).
public enum GatewayCommand: Sendable, Hashable {
    /// Op 3; also shown by every later identify.
    case presence(PresenceUpdate)
    /// Op 4.
    case voiceState(VoiceStateUpdateRequest)
    /// Op 8.
    case requestMembers(RequestGuildMembers)
    /// Any other opcode.
    case other(GatewayOpcode, JSONValue)

    /// While they wait, a later command replaces an earlier one of the same subject.
    enum Subject: Hashable {
        case presence
        case voice(GuildID)
    }

    var subject: Subject? {
        switch self {
        case .presence: .presence
        case .voiceState(let request): .voice(request.guildID)
        default: nil
        }
    }

    /// The bytes on the wire.
    func payload() throws(GatewayFailure) -> [UInt8] {
        switch self {
        case .presence(let update): try OutgoingPayload.bytes(.presenceUpdate, update)
        case .voiceState(let request): try OutgoingPayload.bytes(.voiceStateUpdate, request)
        case .requestMembers(let request): try OutgoingPayload.bytes(.requestGuildMembers, request)
        case .other(let opcode, let data): try OutgoingPayload.bytes(opcode, data)
        }
    }
}

/// Payloads from client to server.
enum OutgoingPayload {
    /// The most bytes the server takes; more ends the connection with code 4002.
    static let maximumBytes = 4096

    private struct Envelope<Data: Encodable>: Encodable {
        var op: GatewayOpcode
        var d: Data
    }

    static func bytes(_ opcode: GatewayOpcode, _ data: some Encodable) throws(GatewayFailure) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = try JSON.encode(Envelope(op: opcode, d: data))
        } catch {
            throw .payloadTooLarge(bytes: 0)
        }
        guard bytes.count <= maximumBytes else { throw .payloadTooLarge(bytes: bytes.count) }
        return bytes
    }

    static func heartbeat(sequence: Int?) -> [UInt8] {
        Array(#"{"op":1,"d":\#(sequence.map(String.init) ?? "null")}"#.utf8)
    }
}
