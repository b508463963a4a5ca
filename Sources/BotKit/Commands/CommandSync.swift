public import DiscordModel
public import ServiceKit

/// What syncing commands needs from Discord.
public protocol CommandRegistry: Sendable {
    /// The commands Discord knows, with all their translations; of a guild, or the global ones.
    func registeredCommands(of application: ApplicationID, in guild: GuildID?) async throws -> [ApplicationCommand]
    /// Replaces all of them.
    func overwriteCommands(
        of application: ApplicationID, in guild: GuildID?, with commands: [ApplicationCommand]
    ) async throws
}

/// Brings the declared commands to Discord, and only when something that matters has changed.
public struct CommandSync: Sendable {
    /// How a sync ended.
    public enum Outcome: Sendable, Hashable {
        /// Discord knew them all.
        case unchanged
        /// They were replaced; the names that are new, changed or gone.
        case replaced([String])
    }

    private let registry: any CommandRegistry
    private let strings: StringTable
    private let logger: Logger

    /// A sync through a registry.
    public init(registry: any CommandRegistry, strings: StringTable = StringTable(), logger: Logger) {
        self.registry = registry
        self.strings = strings
        self.logger = logger
    }

    /// Compares and, if need be, replaces the commands of a guild, or the global ones.
    @discardableResult
    public func sync(
        _ commands: [Command], application: ApplicationID, guild: GuildID? = nil
    ) async throws -> Outcome {
        let declared = commands.map { $0.declaration(strings: strings, forGuild: guild != nil) }
        let registered = try await registry.registeredCommands(of: application, in: guild)
        let changed = Self.differences(declared, registered)
        guard !changed.isEmpty else {
            logger.info("commands unchanged", ["count": "\(declared.count)"])
            return .unchanged
        }
        try await registry.overwriteCommands(of: application, in: guild, with: declared)
        logger.info("commands replaced", ["count": "\(declared.count)", "changed": changed.joined(separator: ",")])
        return .replaced(changed)
    }

    /// The names of commands that are new, different or gone, sorted.
    static func differences(_ declared: [ApplicationCommand], _ registered: [ApplicationCommand]) -> [String] {
        let known = Dictionary(registered.map { (Key($0), $0) }) { first, _ in first }
        var names = declared.filter { command in
            guard let other = known[Key(command)] else { return true }
            return !command.isRegistered(as: other)
        }.map(\.name)
        let wanted = Set(declared.map(Key.init))
        names += registered.filter { !wanted.contains(Key($0)) && $0.type != .primaryEntryPoint }.map(\.name)
        return Set(names).sorted()
    }

    private struct Key: Hashable {
        let name: String
        let type: CommandType

        init(_ command: ApplicationCommand) {
            name = command.name
            type = command.type ?? .chatInput
        }
    }
}
