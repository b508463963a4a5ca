public import DiscordModel

/// Answers one use of a command or component.
public typealias InteractionHandler = @Sendable (Invocation) async throws -> Void

/// A slash command, declared as a value: what Discord is told about it and what runs when it is used.
public struct Command: Sendable {
    /// What a command does: run by itself, or offer subcommands.
    public enum Body: Sendable {
        /// Options, and the handler.
        case run([CommandOption], InteractionHandler)
        /// Subcommands.
        case subcommands([Subcommand])
    }

    /// The name people type.
    public let name: String
    /// What it does, 1–100 characters.
    public let description: Phrase
    /// Options and handler, or subcommands.
    public let body: Body
    /// Whether it works in guilds only.
    public let guildOnly: Bool
    /// What a member needs to see and use it; nil means everyone.
    public let memberPermissions: Permissions?
    /// What the bot needs in the channel for it to work; checked before the handler runs.
    public let botPermissions: Permissions
    /// Whether an automatic deferral shows its "thinking" line to the person alone.
    public let isEphemeral: Bool
    /// Translations of the name, locale → name.
    public let localizedNames: [String: String]

    /// A command that runs by itself.
    public init(
        _ name: String, _ description: Phrase, options: [CommandOption] = [], guildOnly: Bool = true,
        memberPermissions: Permissions? = nil, botPermissions: Permissions = [], ephemeral: Bool = false,
        localizedNames: [String: String] = [:], run: @escaping InteractionHandler
    ) {
        self.init(
            name, description, .run(options, run), guildOnly, memberPermissions, botPermissions, ephemeral,
            localizedNames)
    }

    /// A command that only groups subcommands.
    public init(
        _ name: String, _ description: Phrase, subcommands: [Subcommand], guildOnly: Bool = true,
        memberPermissions: Permissions? = nil, botPermissions: Permissions = [], ephemeral: Bool = false,
        localizedNames: [String: String] = [:]
    ) {
        self.init(
            name, description, .subcommands(subcommands), guildOnly, memberPermissions, botPermissions, ephemeral,
            localizedNames)
    }

    private init(
        _ name: String, _ description: Phrase, _ body: Body, _ guildOnly: Bool, _ memberPermissions: Permissions?,
        _ botPermissions: Permissions, _ ephemeral: Bool, _ localizedNames: [String: String]
    ) {
        self.name = name
        self.description = description
        self.body = body
        self.guildOnly = guildOnly
        self.memberPermissions = memberPermissions
        self.botPermissions = botPermissions
        self.isEphemeral = ephemeral
        self.localizedNames = localizedNames
    }
}

/// A subcommand of a command, or a group of them.
public indirect enum Subcommand: Sendable {
    /// Runs: name, description, options, handler.
    case run(String, Phrase, [CommandOption], InteractionHandler)
    /// Groups further subcommands, one level deep: name, description, subcommands.
    case group(String, Phrase, [Subcommand])

    /// The word after the command's name.
    public var name: String {
        switch self {
        case .run(let name, _, _, _), .group(let name, _, _): name
        }
    }
}
