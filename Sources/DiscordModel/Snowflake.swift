/// A Discord id: an unsigned 64-bit number carried as a string; `Tag` keeps ids of different things apart.
public struct Snowflake<Tag>: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number itself.
    public var rawValue: UInt64

    /// Makes an id from its number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// Reads an id from decimal digits; nil for anything else.
    public init?(_ text: String) {
        guard let value = UInt64(text) else { return nil }
        rawValue = value
    }

    /// Takes over an id of another kind, such as a guild's id as the id of its @everyone role.
    public init<Other>(_ other: Snowflake<Other>) { rawValue = other.rawValue }

    /// Makes the id of a moment: milliseconds since 1970 and a counter below 2²².
    public init(milliseconds: Int64, counter: UInt32 = 0) {
        rawValue = UInt64(max(0, milliseconds - 1_420_070_400_000)) << 22 | UInt64(counter & 0x3F_FFFF)
    }

    /// When it was made, milliseconds since 1970.
    public var milliseconds: Int64 { Int64(rawValue >> 22) + 1_420_070_400_000 }

    /// The decimal digits.
    public var description: String { String(rawValue) }

    /// Orders by age.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Snowflake: ExpressibleByIntegerLiteral {
    /// Makes an id from a literal number.
    public init(integerLiteral value: UInt64) { rawValue = value }
}

extension Snowflake: Codable {
    /// Reads a string of digits or an integer.
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? NodeDecoder {
            guard let number: UInt64 = decoder.document.integer(at: decoder.index) else {
                throw decoder.document.mismatch("a snowflake", at: decoder.index)
            }
            rawValue = number
            return
        }
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self) {
            rawValue = number
            return
        }
        let text = try container.decode(String.self)
        guard let number = UInt64(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "A snowflake is made of digits.")
        }
        rawValue = number
    }

    /// Writes a string of digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Snowflake: CodingKeyRepresentable {
    /// The id as a key of a JSON object.
    public var codingKey: any CodingKey { TextKey(stringValue: description) }

    /// Reads a key of a JSON object.
    public init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}

/// Any text as a coding key.
struct TextKey: CodingKey {
    let stringValue: String
    init(stringValue: String) { self.stringValue = stringValue }
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
}

/// Marks ids of users.
public enum UserTag {}
/// Marks ids of guilds.
public enum GuildTag {}
/// Marks ids of channels and threads.
public enum ChannelTag {}
/// Marks ids of messages.
public enum MessageTag {}
/// Marks ids of roles.
public enum RoleTag {}
/// Marks ids of applications.
public enum ApplicationTag {}
/// Marks ids of interactions.
public enum InteractionTag {}
/// Marks ids of commands.
public enum CommandTag {}
/// Marks ids of attachments.
public enum AttachmentTag {}
/// Marks ids of custom emoji.
public enum EmojiTag {}
/// Marks ids of webhooks.
public enum WebhookTag {}
/// Marks ids of stickers.
public enum StickerTag {}
/// Marks ids of integrations.
public enum IntegrationTag {}
/// Marks ids whose kind another field tells.
public enum AnyTag {}

/// Id of a user.
public typealias UserID = Snowflake<UserTag>
/// Id of a guild.
public typealias GuildID = Snowflake<GuildTag>
/// Id of a channel or thread.
public typealias ChannelID = Snowflake<ChannelTag>
/// Id of a message.
public typealias MessageID = Snowflake<MessageTag>
/// Id of a role.
public typealias RoleID = Snowflake<RoleTag>
/// Id of an application.
public typealias ApplicationID = Snowflake<ApplicationTag>
/// Id of an interaction.
public typealias InteractionID = Snowflake<InteractionTag>
/// Id of a command.
public typealias CommandID = Snowflake<CommandTag>
/// Id of an attachment.
public typealias AttachmentID = Snowflake<AttachmentTag>
/// Id of a custom emoji.
public typealias EmojiID = Snowflake<EmojiTag>
/// Id of a webhook.
public typealias WebhookID = Snowflake<WebhookTag>
