extension Endpoint {
    /// Application commands, global and per guild.
    static let commands: [Endpoint] =
        scope("/applications/{application}/commands")
        + scope("/applications/{application}/guilds/{guild}/commands") + [
            Endpoint("GET", "/applications/{application}/guilds/{guild}/commands/permissions") {
                world, call throws(APIError) in
                _ = try owner(world, call)
                return .ok([])
            },
            Endpoint("GET", "/applications/{application}/guilds/{guild}/commands/{command}/permissions") {
                world, call throws(APIError) in
                _ = try owner(world, call)
                throw .unknownCommandPermissions
            },
        ]

    private static func scope(_ base: String) -> [Endpoint] {
        [
            Endpoint("GET", base) { world, call throws(APIError) in
                let (application, guild) = try owner(world, call)
                let full = call.flag("with_localizations")
                let list = world.applications[application]?.commands[guild] ?? []
                return .ok(.array(list.map { render($0, application, guild, world, full: full) }))
            },
            Endpoint("POST", base) { world, call throws(APIError) in
                let (application, guild) = try owner(world, call)
                let (command, isNew) = try world.putCommand(of: application, guild: guild, call.body)
                let json = render(command, application, guild, world, full: true)
                return isNew ? .created(json) : .ok(json)
            },
            Endpoint("PUT", base) { world, call throws(APIError) in
                let (application, guild) = try owner(world, call)
                guard let list = call.body.array else {
                    throw .form("Only lists may be used here.", code: "LIST_TYPE_CONVERT")
                }
                let commands = try world.overwriteCommands(of: application, guild: guild, list)
                return .ok(.array(commands.map { render($0, application, guild, world, full: true) }))
            },
            Endpoint("GET", base + "/{command}") { world, call throws(APIError) in
                let (application, guild, command) = try find(world, call)
                return .ok(render(command, application, guild, world, full: true))
            },
            Endpoint("PATCH", base + "/{command}") { world, call throws(APIError) in
                let (application, guild, command) = try find(world, call)
                let changed = try world.patchCommand(command, of: application, guild: guild, call.body)
                return .ok(render(changed, application, guild, world, full: true))
            },
            Endpoint("DELETE", base + "/{command}") { world, call throws(APIError) in
                let (application, guild, command) = try find(world, call)
                world.deleteCommand(command.id, of: application, guild: guild)
                return .empty
            },
        ]
    }

    private static func owner(_ world: World, _ call: RESTCall) throws(APIError) -> (ID, ID?) {
        let application = try call.id("application")
        guard application == call.me else { throw .notOwnApplication }
        guard call.parameters["guild"] != nil else { return (application, nil) }
        let guild = try call.id("guild")
        _ = try world.guild(guild, for: application)
        return (application, guild)
    }

    private static func find(_ world: World, _ call: RESTCall) throws(APIError) -> (ID, ID?, Command) {
        let (application, guild) = try owner(world, call)
        let id = try call.id("command")
        guard let command = world.applications[application]?.commands[guild]?.first(where: { $0.id == id }) else {
            throw .unknownCommand
        }
        return (application, guild, command)
    }

    private static func render(_ command: Command, _ application: ID, _ guild: ID?, _ world: World, full: Bool) -> JSON
    {
        let json = world.commandJSON(command, application: application, guild: guild)
        return full ? json : json.removing("name_localizations", "description_localizations")
    }
}
