extension World {
    private static let limits: [Int64: Int] = [1: 100, 2: 15, 3: 15, 4: 1]

    /// Replaces all commands of a scope; unchanged ones keep id and version.
    mutating func overwriteCommands(of application: ID, guild: ID?, _ list: [JSON]) throws(APIError) -> [Command] {
        var errors = FormErrors()
        var checked: [[String: JSON]] = []
        var seen: Set<String> = []
        var counts: [Int64: Int] = [:]
        for (index, body) in list.enumerated() {
            guard let fields = CommandForm.check(body, [String(index)], isGuild: guild != nil, &errors) else {
                continue
            }
            let type = fields["type"]?.integer ?? 1
            counts[type, default: 0] += 1
            if !seen.insert("\(type)/\(fields["name"]?.string ?? "")").inserted {
                errors.add(
                    [String(index), "name"], "APPLICATION_COMMANDS_DUPLICATE_NAME",
                    "Application command names must be unique")
            }
            checked.append(fields)
        }
        try errors.check()
        for (type, count) in counts where count > Self.limits[type] ?? 0 {
            throw APIError(
                status: 400, code: 30032,
                message: "Maximum number of application commands reached (\(Self.limits[type] ?? 0))")
        }
        let old = applications[application]?.commands[guild] ?? []
        let commands = checked.map { makeCommand($0, among: old) }
        applications[application]?.commands[guild] = commands
        tellPage(application)
        return commands
    }

    /// Adds or replaces one command; tells whether it is new.
    mutating func putCommand(of application: ID, guild: ID?, _ body: JSON) throws(APIError) -> (Command, isNew: Bool) {
        var errors = FormErrors()
        guard let fields = CommandForm.check(body, [], isGuild: guild != nil, &errors) else { throw errors.error }
        var list = applications[application]?.commands[guild] ?? []
        let command = makeCommand(fields, among: list)
        let place = list.firstIndex { $0.id == command.id }
        if let place { list[place] = command } else { list.append(command) }
        let limit = Self.limits[command.type] ?? 0
        if list.filter({ $0.type == command.type }).count > limit {
            throw APIError(
                status: 400, code: 30032, message: "Maximum number of application commands reached (\(limit))")
        }
        applications[application]?.commands[guild] = list
        tellPage(application)
        return (command, place == nil)
    }

    /// Changes some fields of a command.
    mutating func patchCommand(_ command: Command, of application: ID, guild: ID?, _ body: JSON) throws(APIError)
        -> Command
    {
        var merged = JSON.object(command.body).merging(body.object ?? [:])
        merged["name"] = body["name"] ?? .string(command.name)
        merged["type"] = .int(command.type)
        var errors = FormErrors()
        guard let fields = CommandForm.check(merged, [], isGuild: guild != nil, &errors) else { throw errors.error }
        var changed = command
        changed.name = fields["name"]?.string ?? command.name
        changed.body = fields
        changed.version = newID()
        var list = applications[application]?.commands[guild] ?? []
        if list.contains(where: { $0.id != command.id && $0.name == changed.name && $0.type == changed.type }) {
            throw APIError(status: 400, code: 40041, message: "An application command with that name already exists")
        }
        list = list.map { $0.id == command.id ? changed : $0 }
        applications[application]?.commands[guild] = list
        tellPage(application)
        return changed
    }

    mutating func deleteCommand(_ command: ID, of application: ID, guild: ID?) {
        applications[application]?.commands[guild]?.removeAll { $0.id == command }
        tellPage(application)
    }

    private mutating func makeCommand(_ fields: [String: JSON], among old: [Command]) -> Command {
        let type = fields["type"]?.integer ?? 1
        let name = fields["name"]?.string ?? ""
        if let known = old.first(where: { $0.type == type && $0.name == name }) {
            if known.body == fields { return known }
            return Command(id: known.id, version: newID(), type: type, name: name, body: fields)
        }
        return Command(id: newID(), version: newID(), type: type, name: name, body: fields)
    }

    private mutating func tellPage(_ application: ID) {
        emit(.page(name: "COMMANDS_UPDATE", data: ["application_id": .id(application)], onlyFor: nil))
    }
}
