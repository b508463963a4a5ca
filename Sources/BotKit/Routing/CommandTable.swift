import DiscordModel

/// The declared commands and components, looked up by what an interaction names.
struct CommandTable: Sendable {
    /// What is found for a command.
    struct Found: Sendable {
        let command: Command
        let options: [CommandOption]
        let run: InteractionHandler
    }

    let commands: [Command]
    private let byName: [String: Command]
    private let routes: [String: ComponentRoute]

    init(commands: [Command], components: [ComponentRoute]) throws(BotKitError) {
        try CommandRules.check(commands)
        var routes: [String: ComponentRoute] = [:]
        for route in components {
            _ = try CustomID(route.prefix)
            guard routes.updateValue(route, forKey: route.prefix) == nil else { throw .duplicate(route.prefix) }
        }
        self.commands = commands
        byName = Dictionary(uniqueKeysWithValues: commands.map { ($0.name, $0) })
        self.routes = routes
    }

    func find(_ name: String, path: [String]) -> Found? {
        guard let command = byName[name] else { return nil }
        switch command.body {
        case .run(let options, let run):
            return path.isEmpty ? Found(command: command, options: options, run: run) : nil
        case .subcommands(let list):
            var list = list
            for word in path {
                switch list.first(where: { $0.name == word }) {
                case .run(_, _, let options, let run)?: return Found(command: command, options: options, run: run)
                case .group(_, _, let inner)?: list = inner
                case nil: return nil
                }
            }
            return nil
        }
    }

    func route(_ prefix: String) -> ComponentRoute? { routes[prefix] }
}
