/// Discord's rules for declared commands (section 3.2), checked when the program starts rather than by a refused sync.
public enum CommandRules {
    /// Most commands of one application and scope.
    public static let maximumCommands = 100
    /// Most options, choices or subcommands in one list.
    public static let maximumEntries = 25
    /// Most characters of names, descriptions and values of one command together.
    public static let maximumTextTotal = 8000

    /// Throws the first rule that a set of commands breaks.
    public static func check(_ commands: [Command]) throws(BotKitError) {
        guard commands.count <= maximumCommands else {
            throw .invalidCommand("\(commands.count) commands", "Discord takes at most \(maximumCommands)")
        }
        var names: Set<String> = []
        for command in commands {
            try check(command)
            guard names.insert(command.name).inserted else { throw .duplicate(command.name) }
        }
    }

    /// Throws the first rule that a command breaks.
    public static func check(_ command: Command) throws(BotKitError) {
        try checkName(command.name, of: command.name)
        try checkDescription(command.description, of: command.name)
        for name in command.localizedNames.values { try checkName(name, of: command.name) }
        switch command.body {
        case .run(let options, _): try check(options, of: command.name)
        case .subcommands(let list): try check(list, of: command.name, depth: 0)
        }
        let total = textTotal(command)
        guard total <= maximumTextTotal else {
            throw .invalidCommand(command.name, "its texts have \(total) characters, Discord takes \(maximumTextTotal)")
        }
    }

    private static func check(_ list: [Subcommand], of path: String, depth: Int) throws(BotKitError) {
        guard (1...maximumEntries).contains(list.count) else {
            throw .invalidCommand(path, "it has \(list.count) subcommands; it needs 1 to \(maximumEntries)")
        }
        var names: Set<String> = []
        for subcommand in list {
            let inner = "\(path) \(subcommand.name)"
            try checkName(subcommand.name, of: inner)
            guard names.insert(subcommand.name).inserted else { throw .duplicate(inner) }
            switch subcommand {
            case .run(_, let description, let options, _):
                try checkDescription(description, of: inner)
                try check(options, of: inner)
            case .group(_, let description, let nested):
                guard depth == 0 else { throw .invalidCommand(inner, "groups cannot hold groups") }
                try checkDescription(description, of: inner)
                try check(nested, of: inner, depth: 1)
            }
        }
    }

    private static func check(_ options: [CommandOption], of path: String) throws(BotKitError) {
        guard options.count <= maximumEntries else {
            throw .invalidCommand(path, "it has \(options.count) options, Discord takes \(maximumEntries)")
        }
        var names: Set<String> = []
        var optionalSeen = false
        for option in options {
            let inner = "\(path) \(option.name)"
            try checkName(option.name, of: inner)
            try checkDescription(option.description, of: inner)
            guard names.insert(option.name).inserted else { throw .duplicate(inner) }
            guard !(option.isRequired && optionalSeen) else {
                throw .invalidCommand(inner, "required options come before optional ones")
            }
            optionalSeen = optionalSeen || !option.isRequired
            try checkValues(option, inner)
        }
    }

    private static func checkValues(_ option: CommandOption, _ path: String) throws(BotKitError) {
        let takesChoices: Bool
        switch option.kind {
        case .string(let length):
            takesChoices = true
            if let length, length.lowerBound < 0 || length.upperBound > 6000 || length.upperBound < 1 {
                throw .invalidCommand(path, "its length must lie between 0 and 6000")
            }
        case .integer(let bounds):
            takesChoices = true
            let limit: Int64 = 9_007_199_254_740_991
            if let bounds, bounds.lowerBound < -limit || bounds.upperBound > limit {
                throw .invalidCommand(path, "its bounds must lie within ±(2^53 − 1)")
            }
        case .number: takesChoices = true
        default: takesChoices = false
        }
        if !takesChoices, !option.choices.isEmpty || option.autocomplete != nil {
            throw .invalidCommand(path, "only text and numbers take choices or autocomplete")
        }
        if option.autocomplete != nil, !option.choices.isEmpty {
            throw .invalidCommand(path, "it has both choices and autocomplete; keep one")
        }
        guard option.choices.count <= maximumEntries else {
            throw .invalidCommand(path, "it has \(option.choices.count) choices, Discord takes \(maximumEntries)")
        }
        for choice in option.choices {
            try checkChoice(choice, kind: option.kind, path)
        }
    }

    private static func checkChoice(
        _ choice: CommandOption.Choice, kind: CommandOption.Kind, _ path: String
    ) throws(BotKitError) {
        guard (1...100).contains(choice.name.english.unicodeScalars.count) else {
            throw .invalidCommand(path, "the choice '\(choice.name.english)' must have 1 to 100 characters")
        }
        switch (kind, choice.value) {
        case (.string, .string(let text)):
            guard text.unicodeScalars.count <= 100 else {
                throw .invalidCommand(path, "a choice's value has over 100 characters")
            }
        case (.integer, .integer), (.number, .number), (.number, .integer): break
        default: throw .invalidCommand(path, "the choice '\(choice.name.english)' has another type than the option")
        }
    }

    private static func checkDescription(_ description: Phrase, of path: String) throws(BotKitError) {
        guard (1...100).contains(description.english.unicodeScalars.count) else {
            throw .invalidCommand(path, "its description must have 1 to 100 characters")
        }
    }

    /// The names Discord takes: `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, lower-case where that exists.
    private static func checkName(_ name: String, of path: String) throws(BotKitError) {
        guard (1...32).contains(name.unicodeScalars.count) else {
            throw .invalidCommand(path, "names have 1 to 32 characters")
        }
        guard name.unicodeScalars.allSatisfy(isNameScalar) else {
            throw .invalidCommand(path, "names hold only letters, digits, '-', '_' and \"'\"; no spaces")
        }
        guard name == name.lowercased() else {
            throw .invalidCommand(path, "names are written in lower case")
        }
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-", "_", "'": return true
        case "\u{0900}"..."\u{097F}", "\u{0E01}"..."\u{0E3A}", "\u{0E40}"..."\u{0E5B}": return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    private static func textTotal(_ command: Command) -> Int {
        let own = command.name.unicodeScalars.count + command.description.english.unicodeScalars.count
        switch command.body {
        case .run(let options, _): return own + textTotal(options)
        case .subcommands(let list): return own + list.reduce(0) { $0 + textTotal($1) }
        }
    }

    private static func textTotal(_ subcommand: Subcommand) -> Int {
        switch subcommand {
        case .run(let name, let description, let options, _):
            name.unicodeScalars.count + description.english.unicodeScalars.count + textTotal(options)
        case .group(let name, let description, let list):
            name.unicodeScalars.count + description.english.unicodeScalars.count + list.reduce(0) { $0 + textTotal($1) }
        }
    }

    private static func textTotal(_ options: [CommandOption]) -> Int {
        options.reduce(0) { sum, option in
            sum + option.name.unicodeScalars.count + option.description.english.unicodeScalars.count
                + option.choices.reduce(0) { total, choice in
                    if case .string(let text) = choice.value {
                        return total + choice.name.english.unicodeScalars.count + text.unicodeScalars.count
                    }
                    return total + choice.name.english.unicodeScalars.count
                }
        }
    }
}
