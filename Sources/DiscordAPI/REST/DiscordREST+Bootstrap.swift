public import DiscordModel
internal import Networking

/// What a bot asks first.
extension DiscordREST {
    /// The gateway's address.
    public func gateway() async throws(DiscordError) -> String {
        struct Answer: Decodable { var url: String }
        let answer: Answer = try await send(Route(.get, "/gateway"))
        return answer.url
    }

    /// The gateway's address, how many shards to run, and how many may still start.
    public func gatewayBot() async throws(DiscordError) -> GatewayBot {
        try await send(Route(.get, "/gateway/bot"))
    }

    /// The bot's own user.
    public func currentUser() async throws(DiscordError) -> User {
        try await send(Route(.get, "/users/@me"))
    }

    /// The bot's application.
    public func currentApplication() async throws(DiscordError) -> Application {
        try await send(Route(.get, "/applications/@me"))
    }

    /// The registered commands with all their translations, of a guild or the global ones.
    public func commands(
        of application: ApplicationID, in guild: GuildID? = nil
    ) async throws(DiscordError) -> [ApplicationCommand] {
        try await send(Self.commandsRoute(.get, application, guild, query: [("with_localizations", "true")]))
    }

    /// Replaces all commands, of a guild or the global ones.
    @discardableResult
    public func overwriteCommands(
        of application: ApplicationID, in guild: GuildID? = nil, with commands: [ApplicationCommand]
    ) async throws(DiscordError) -> [ApplicationCommand] {
        try await send(Self.commandsRoute(.put, application, guild), body: .json(commands))
    }

    private static func commandsRoute(
        _ method: HTTPMethod, _ application: ApplicationID, _ guild: GuildID?, query: [(String, String?)] = []
    ) -> Route {
        guard let guild else {
            return Route(method, "/applications/{application}/commands", ["\(application)"], query: query)
        }
        return Route(
            method, "/applications/{application}/guilds/{guild}/commands", ["\(application)", "\(guild)"],
            major: "guild/\(guild)", query: query)
    }
}
