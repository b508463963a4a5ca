/// Kinds of answer to an interaction (3.4).
public struct InteractionCallbackType: OpenEnum {
    /// The value on the wire.
    public let rawValue: Int
    /// Keeps any value, known or not.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Answer to a ping.
    public static let pong = InteractionCallbackType(rawValue: 1)
    /// A new message.
    public static let message = InteractionCallbackType(rawValue: 4)
    /// A new message later.
    public static let deferredMessage = InteractionCallbackType(rawValue: 5)
    /// An edit of the component's message later.
    public static let deferredUpdate = InteractionCallbackType(rawValue: 6)
    /// An edit of the component's message.
    public static let updateMessage = InteractionCallbackType(rawValue: 7)
    /// Choices for the option being typed.
    public static let autocomplete = InteractionCallbackType(rawValue: 8)
    /// A form.
    public static let modal = InteractionCallbackType(rawValue: 9)
}

/// The first answer to an interaction (3.4).
public enum InteractionResponse: Sendable, Hashable {
    /// Answer to a ping.
    case pong
    /// A new message.
    case message(MessageBody)
    /// A new message later; only `.ephemeral` counts in `flags`.
    case deferredMessage(flags: MessageFlags)
    /// An edit of the component's message later.
    case deferredUpdate
    /// An edit of the component's message.
    case updateMessage(MessageBody)
    /// At most 25 choices for the option being typed.
    case autocomplete([CommandChoice])
    /// A form.
    case modal(Modal)
    /// A kind that is not known.
    case unknown(InteractionCallbackType, JSONValue?)

    /// Its kind.
    public var type: InteractionCallbackType {
        switch self {
        case .pong: .pong
        case .message: .message
        case .deferredMessage: .deferredMessage
        case .deferredUpdate: .deferredUpdate
        case .updateMessage: .updateMessage
        case .autocomplete: .autocomplete
        case .modal: .modal
        case .unknown(let type, _): type
        }
    }
}

extension InteractionResponse: Codable {
    private enum CodingKeys: String, CodingKey { case type, data }
    private struct Flags: Codable { var flags: MessageFlags? }
    private struct Choices: Codable { var choices: [CommandChoice]? }

    /// Reads an answer, as the sandbox does.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(InteractionCallbackType.self, forKey: .type)
        switch type {
        case .pong: self = .pong
        case .message: self = .message(try container.decodeIfPresent(MessageBody.self, forKey: .data) ?? MessageBody())
        case .deferredMessage:
            let flags = try container.decodeIfPresent(Flags.self, forKey: .data)?.flags
            self = .deferredMessage(flags: flags ?? [])
        case .deferredUpdate: self = .deferredUpdate
        case .updateMessage:
            self = .updateMessage(try container.decodeIfPresent(MessageBody.self, forKey: .data) ?? MessageBody())
        case .autocomplete:
            self = .autocomplete(try container.decodeIfPresent(Choices.self, forKey: .data)?.choices ?? [])
        case .modal: self = .modal(try container.decode(Modal.self, forKey: .data))
        default: self = .unknown(type, try container.decodeIfPresent(JSONValue.self, forKey: .data))
        }
    }

    /// Writes type and data.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        switch self {
        case .pong, .deferredUpdate: break
        case .message(let body), .updateMessage(let body): try container.encode(body, forKey: .data)
        case .deferredMessage(let flags):
            if !flags.isEmpty { try container.encode(Flags(flags: flags), forKey: .data) }
        case .autocomplete(let choices): try container.encode(Choices(choices: choices), forKey: .data)
        case .modal(let modal): try container.encode(modal, forKey: .data)
        case .unknown(_, let data): try container.encodeIfPresent(data, forKey: .data)
        }
    }
}
