public import DiscordModel

extension Command {
    /// What Discord is told about the command. `contexts` is for global commands only.
    public func declaration(strings: StringTable, forGuild: Bool = false) -> ApplicationCommand {
        let options: [ApplicationCommandOption]
        switch body {
        case .run(let list, _): options = list.map { $0.declaration(strings) }
        case .subcommands(let list): options = list.map { $0.declaration(strings) }
        }
        return ApplicationCommand(
            name: name, description: description.english, options: options.isEmpty ? nil : options, type: .chatInput,
            nameLocalizations: localizedNames.isEmpty ? nil : localizedNames,
            descriptionLocalizations: strings.localizations(of: description).nilIfEmpty,
            defaultMemberPermissions: memberPermissions, contexts: !forGuild && guildOnly ? [0] : nil)
    }
}

extension Subcommand {
    fileprivate func declaration(_ strings: StringTable) -> ApplicationCommandOption {
        switch self {
        case .run(let name, let description, let options, _):
            ApplicationCommandOption(
                type: .subcommand, name: name, description: description.english,
                descriptionLocalizations: strings.localizations(of: description).nilIfEmpty,
                options: options.isEmpty ? nil : options.map { $0.declaration(strings) })
        case .group(let name, let description, let list):
            ApplicationCommandOption(
                type: .subcommandGroup, name: name, description: description.english,
                descriptionLocalizations: strings.localizations(of: description).nilIfEmpty,
                options: list.map { $0.declaration(strings) })
        }
    }
}

extension CommandOption {
    fileprivate func declaration(_ strings: StringTable) -> ApplicationCommandOption {
        var option = ApplicationCommandOption(
            type: .string, name: name, description: description.english,
            descriptionLocalizations: strings.localizations(of: description).nilIfEmpty,
            required: isRequired ? true : nil,
            choices: choices.isEmpty ? nil : choices.map { $0.declaration(strings) },
            autocomplete: autocomplete == nil ? nil : true)
        switch kind {
        case .string(let length):
            option.minLength = length?.lowerBound
            option.maxLength = length?.upperBound
        case .integer(let bounds):
            option.type = .integer
            option.minValue = bounds.map { Double($0.lowerBound) }
            option.maxValue = bounds.map { Double($0.upperBound) }
        case .number(let bounds):
            option.type = .number
            option.minValue = bounds?.lowerBound
            option.maxValue = bounds?.upperBound
        case .boolean: option.type = .boolean
        case .user: option.type = .user
        case .channel(let types):
            option.type = .channel
            option.channelTypes = types.isEmpty ? nil : types.map { ChannelType(rawValue: $0) }
        case .role: option.type = .role
        case .mentionable: option.type = .mentionable
        case .attachment: option.type = .attachment
        }
        return option
    }
}

extension CommandOption.Choice {
    fileprivate func declaration(_ strings: StringTable) -> CommandChoice {
        CommandChoice(
            name: name.english, nameLocalizations: strings.localizations(of: name).nilIfEmpty, value: value.json)
    }
}

extension CommandOption.ChoiceValue {
    /// The value as Discord takes it.
    var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        }
    }
}

extension Suggestion {
    /// The suggestion as Discord takes it, cut to its limits.
    var choice: CommandChoice {
        CommandChoice(name: name.isEmpty ? "…" : name.shortened(to: 100), value: value.json)
    }
}

extension JSONValue {
    /// The text of a value that is being typed, whatever its type.
    var plainText: String {
        switch self {
        case .string(let text): text
        case .integer(let number): String(number)
        case .unsigned(let number): String(number)
        case .number(let number): String(number)
        default: ""
        }
    }
}

extension Dictionary {
    /// The dictionary, or nil when it has no entry.
    fileprivate var nilIfEmpty: Self? { isEmpty ? nil : self }
}
