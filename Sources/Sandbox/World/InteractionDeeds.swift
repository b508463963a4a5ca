/// What people do that becomes an interaction: commands, autocomplete, buttons, selects and modals.
extension World {
    /// A command as a person types it: `play` or `ladder join`, with values by option name.
    struct CommandCall: Sendable {
        var application: ID?
        var channel: ID
        var user: ID
        var name: String
        var options: [String: JSON]
        /// The option being typed, for autocomplete.
        var focused: String?
        /// Target of a user or message command.
        var target: ID?
    }

    /// Every command that can be used in a channel, with its application and scope.
    func commands(in channel: Channel) -> [(application: Application, guild: ID?, command: Command)] {
        var found: [(Application, ID?, Command)] = []
        for application in applications.values.sorted(by: { $0.id < $1.id }) {
            if let guild = channel.guild {
                guard guilds[guild]?.members[application.id] != nil else { continue }
                for command in application.commands[.some(guild)] ?? [] { found.append((application, guild, command)) }
            } else if !channel.recipients.contains(application.id) {
                continue
            }
            for command in application.commands[.none] ?? [] { found.append((application, nil, command)) }
        }
        return found
    }

    /// A person uses a command (or, with a focused option, asks for completion).
    mutating func callCommand(_ call: CommandCall) throws(APIError) -> Interaction {
        let channel = try visibleChannel(call.channel, to: call.user)
        if channel.guild != nil { try require(Permission.useCommands, of: call.user, in: channel) }
        let words = call.name.split(separator: " ").map(String.init)
        let candidates = commands(in: channel).filter {
            ($0.command.name == words.first || $0.command.name == call.name)
                && (call.application == nil || $0.application.id == call.application)
        }
        guard let (application, guild, command) = candidates.first else { throw .unknownCommand }
        try checkAccess(command, call.user, channel)
        var resolved: [String: [String: JSON]] = [:]
        var data: JSON = ["id": .id(command.id), "name": .string(command.name), "type": .int(command.type)]
        if let guild { data["guild_id"] = .id(guild) }
        if command.type == 1 {
            var path = words.dropFirst()
            var options = command.options
            var wrappers: [(name: String, type: Int64)] = []
            while let first = options.first, [1, 2].contains(first["type"]?.integer ?? 0) {
                guard let word = path.popFirst(), let next = options.first(where: { $0["name"]?.string == word }) else {
                    throw .form("This command needs a sub-command.")
                }
                wrappers.append((word, next["type"]?.integer ?? 1))
                options = next["options"]?.array ?? []
                if wrappers.last?.type == 1 { break }
            }
            var values = try optionValues(call, options, channel, application.id, &resolved)
            for wrapper in wrappers.reversed() {
                values = [["name": .string(wrapper.name), "type": .int(wrapper.type), "options": .array(values)]]
            }
            data["options"] = .array(values)
        } else if let target = call.target {
            data["target_id"] = .id(target)
            resolve(target, command.type == 2 ? 6 : 0, channel, application.id, &resolved)
        }
        if !resolved.isEmpty { data["resolved"] = .object(resolved.mapValues { .object($0) }) }
        if call.focused == nil, let guild = channel.guild, command.name == "play" {
            emit(.voice(.marked(guild: guild)))
        }
        return startInteraction(
            type: call.focused == nil ? 2 : 4, application: application.id, user: call.user, channel: channel,
            data: data, name: call.name)
    }

    private func checkAccess(_ command: Command, _ user: ID, _ channel: Channel) throws(APIError) {
        guard channel.guild != nil, let bits = command.body["default_member_permissions"]?.snowflake else { return }
        let held = permissions(of: user, in: channel)
        if bits == 0 ? held != Permission.all : held & bits != bits { throw .missingPermissions }
    }

    private func optionValues(
        _ call: CommandCall, _ options: [JSON], _ channel: Channel, _ application: ID,
        _ resolved: inout [String: [String: JSON]]
    ) throws(APIError) -> [JSON] {
        var values: [JSON] = []
        var errors = FormErrors()
        for option in options {
            guard let name = option["name"]?.string else { continue }
            guard let sent = call.options[name], !sent.isNull else {
                if option["required"]?.bool == true && call.focused == nil { errors.required(["options", name]) }
                continue
            }
            let type = option["type"]?.integer ?? 3
            let isFocused = call.focused == name
            guard let value = isFocused ? .string(sent.string ?? sent.text) : Self.value(sent, type) else {
                errors.add(["options", name], "BASE_TYPE_BAD", "The value does not fit the option's type.")
                continue
            }
            if !isFocused { check(value, option, ["options", name], &errors) }
            var json: JSON = ["name": .string(name), "type": .int(type), "value": value]
            if isFocused { json["focused"] = true }
            if let id = value.snowflake, [6, 7, 8, 9].contains(type) {
                guard resolve(id, type, channel, application, &resolved) else {
                    errors.add(["options", name], "BASE_TYPE_BAD", "Nothing here has this id.")
                    continue
                }
            }
            values.append(json)
        }
        try errors.check()
        return values
    }

    private func check(_ value: JSON, _ option: JSON, _ path: [String], _ errors: inout FormErrors) {
        if let choices = option["choices"]?.array, !choices.isEmpty, !choices.contains(where: { $0["value"] == value })
        {
            errors.choice(path, choices.compactMap { $0["name"]?.string }.joined(separator: ", "))
        }
        if let number = value.number {
            if let low = option["min_value"]?.number, number < low {
                errors.add(path, "NUMBER_TYPE_MIN", "The value should be at least \(low).")
            }
            if let high = option["max_value"]?.number, number > high {
                errors.add(path, "NUMBER_TYPE_MAX", "The value should be at most \(high).")
            }
        } else if let text = value.string {
            let count = Int64(text.unicodeScalars.count)
            if let low = option["min_length"]?.integer, count < low {
                errors.add(path, "BASE_TYPE_MIN_LENGTH", "Must be \(low) or more in length.")
            }
            let high = option["max_length"]?.integer ?? 6000
            if count > high { errors.tooLong(path, Int(high)) }
        }
    }

    private static func value(_ sent: JSON, _ type: Int64) -> JSON? {
        switch type {
        case 3: return sent.string.map { .string($0) } ?? sent.number.map { _ in .string(sent.text) }
        case 4: return (sent.integer ?? sent.string.flatMap { Int64($0) }).map { .int($0) }
        case 5: return (sent.bool ?? sent.string.flatMap { Bool($0) }).map { .bool($0) }
        case 6, 7, 8, 9, 11: return sent.snowflake.map { .id($0) }
        case 10: return (sent.number ?? sent.string.flatMap { Double($0) }).map { .double($0) }
        default: return nil
        }
    }

    @discardableResult
    private func resolve(
        _ id: ID, _ type: Int64, _ channel: Channel, _ application: ID, _ resolved: inout [String: [String: JSON]]
    ) -> Bool {
        let key = String(id)
        if [6, 9].contains(type), accounts[id] != nil {
            resolved["users", default: [:]][key] = userJSON(id)
            if let member = channel.guild.flatMap({ guilds[$0]?.members[id] }) {
                resolved["members", default: [:]][key] = memberJSON(member, in: channel, withUser: false)
            }
            return true
        }
        if [8, 9].contains(type), let role = channel.guild.flatMap({ guilds[$0]?.roles[id] }) {
            resolved["roles", default: [:]][key] = roleJSON(role)
            return true
        }
        if type == 7, let other = channels[id] {
            resolved["channels", default: [:]][key] = channelJSON(other, for: application, application: application)
            return true
        }
        if type == 0, let message = message(id, in: channel.id) {
            resolved["messages", default: [:]][key] = messageJSON(message, viewer: application)
            return true
        }
        return false
    }

    /// A person presses a button or chooses from a select.
    mutating func useComponent(message id: ID, user: ID, customID: String, values: [JSON]?) throws(APIError)
        -> Interaction
    {
        guard let message = message(id), message.onlyFor == nil || message.onlyFor == user else {
            throw .unknownMessage
        }
        let channel = try visibleChannel(message.channel, to: user)
        guard let component = Self.find(customID, in: message.components) else {
            throw .form(["custom_id"], "BASE_TYPE_BAD", "The message has no such component.")
        }
        if component["disabled"]?.bool == true {
            throw .form(["custom_id"], "BASE_TYPE_BAD", "The component is disabled.")
        }
        guard let application = message.application ?? (applications[message.author] != nil ? message.author : nil)
        else {
            throw .unknownInteraction
        }
        let type = component["type"]?.integer ?? 2
        var data: JSON = [
            "custom_id": .string(customID), "component_type": .int(type), "id": component["id"] ?? 0,
        ]
        if type != 2 {
            let chosen = values ?? []
            let low = component["min_values"]?.integer ?? 1
            let high = component["max_values"]?.integer ?? 1
            if chosen.count < low || chosen.count > high {
                throw .form(["values"], "BASE_TYPE_BAD_LENGTH", "Must be between \(low) and \(high) in length.")
            }
            data["values"] = .array(chosen)
            var resolved: [String: [String: JSON]] = [:]
            for value in chosen.compactMap(\.snowflake) where type != 3 {
                let kind: Int64 = type == 5 ? 6 : type == 6 ? 8 : type == 7 ? 9 : 7
                resolve(value, kind, channel, application, &resolved)
            }
            if type != 3 { data["resolved"] = .object(resolved.mapValues { .object($0) }) }
            if type == 3 {
                let known = (component["options"]?.array ?? []).compactMap { $0["value"] }
                if !chosen.allSatisfy({ known.contains($0) }) {
                    throw .form(["values"], "BASE_TYPE_CHOICES", "Unknown value.")
                }
            }
        }
        return startInteraction(
            type: 3, application: application, user: user, channel: channel, data: data, source: message)
    }

    private static func find(_ customID: String, in components: [JSON]) -> JSON? {
        for component in components {
            if component["custom_id"]?.string == customID { return component }
            let children =
                (component["components"]?.array ?? [])
                + [component["accessory"], component["component"]].compactMap { $0 }
            if let found = find(customID, in: children) { return found }
        }
        return nil
    }

    /// A person sends a modal that an interaction had opened.
    mutating func submitModal(_ id: ID, user: ID, values: [String: JSON]) throws(APIError) -> Interaction {
        guard let opener = interactions[id], opener.user == user, let modal = opener.modal else {
            throw .unknownInteraction
        }
        let channel = try visibleChannel(opener.channel, to: user)
        let components = (modal["components"]?.array ?? []).map { Self.answer($0, values) }
        interactions[id]?.modal = nil
        let data: JSON = ["custom_id": modal["custom_id"] ?? "", "components": .array(components)]
        let source = opener.sourceMessage.flatMap { message($0, in: opener.channel) }
        return startInteraction(
            type: 5, application: opener.application, user: user, channel: channel, data: data, source: source,
            trigger: metadata(opener))
    }

    private static func answer(_ component: JSON, _ values: [String: JSON]) -> JSON {
        let type = component["type"]?.integer ?? 0
        var json: JSON = ["type": .int(type), "id": component["id"] ?? 0]
        switch type {
        case 1: json["components"] = .array((component["components"]?.array ?? []).map { answer($0, values) })
        case 18: json["component"] = component["component"].map { answer($0, values) }
        case 10: break
        default:
            let key = component["custom_id"]?.string ?? ""
            json["custom_id"] = .string(key)
            let value = values[key]
            switch type {
            case 4: json["value"] = .string(value?.string ?? "")
            case 21: json["value"] = value ?? .null
            case 23: json["value"] = .bool(value?.bool ?? false)
            default: json["values"] = .array(value?.array ?? value.map { $0.isNull ? [] : [$0] } ?? [])
            }
        }
        return json
    }
}
