public import DiscordModel

/// The options a command was used with, by name and with their types.
public struct OptionValues: Sendable, Hashable {
    /// Names of the subcommand group and subcommand, outermost first; empty for a plain command.
    public let path: [String]
    private let values: [String: CommandDataOption]
    private let resolved: ResolvedData?

    /// The options of a command's data: subcommands are unwrapped.
    public init(_ data: CommandData) {
        path = data.path
        values = Dictionary(data.values.map { ($0.name, $0) }) { first, _ in first }
        resolved = data.resolved
    }

    private init() {
        path = []
        values = [:]
        resolved = nil
    }

    /// No options, as components have.
    public static let none = OptionValues()

    /// The option that is being typed, in an autocomplete request.
    public var focused: CommandDataOption? { values.values.first { $0.focused == true } }

    /// A text.
    public func string(_ name: String) -> String? { values[name]?.string }

    /// A whole number.
    public func integer(_ name: String) -> Int? { values[name]?.integer }

    /// A number.
    public func number(_ name: String) -> Double? { values[name]?.number }

    /// Yes or no.
    public func boolean(_ name: String) -> Bool? { values[name]?.boolean }

    /// A channel's id.
    public func channel(_ name: String) -> ChannelID? { values[name]?.channelID }

    /// A user's id.
    public func user(_ name: String) -> UserID? { values[name]?.userID }

    /// A role's id.
    public func role(_ name: String) -> RoleID? { values[name]?.roleID }

    /// A file.
    public func attachment(_ name: String) -> Attachment? {
        values[name]?.attachmentID.flatMap { resolved?.attachments?[$0] }
    }

    /// What Discord sent along about a channel.
    public func resolvedChannel(_ name: String) -> Channel? { channel(name).flatMap { resolved?.channels?[$0] } }

    /// What Discord sent along about a user.
    public func resolvedUser(_ name: String) -> User? { user(name).flatMap { resolved?.users?[$0] } }

    /// A text that the handler cannot do without.
    public func requiredString(_ name: String) throws(BotKitError) -> String {
        guard let value = string(name) else { throw .missingOption(name) }
        return value
    }
}
