extension CommandDataOption {
    /// The given text.
    public var string: String? { value?.string }
    /// The given whole number.
    public var integer: Int? { value?.int }
    /// The given number.
    public var number: Double? { value?.double }
    /// The given truth value.
    public var boolean: Bool? { value?.bool }
    /// The given user.
    public var userID: UserID? { value?.snowflake() }
    /// The given channel.
    public var channelID: ChannelID? { value?.snowflake() }
    /// The given role.
    public var roleID: RoleID? { value?.snowflake() }
    /// The given attachment.
    public var attachmentID: AttachmentID? { value?.snowflake() }
}

extension CommandData {
    /// The names of the called subcommand, outermost first; empty for a plain command.
    public var path: [String] {
        var names: [String] = []
        var level = options
        while let step = level.first, step.type == .subcommand || step.type == .subcommandGroup, names.count < 2 {
            names.append(step.name)
            level = step.options ?? []
        }
        return names
    }

    /// The given options of the command or of the called subcommand.
    public var values: [CommandDataOption] {
        var level = options
        var depth = 0
        while let step = level.first, step.type == .subcommand || step.type == .subcommandGroup, depth < 2 {
            level = step.options ?? []
            depth += 1
        }
        return level
    }

    /// The given option of a name.
    public subscript(_ name: String) -> CommandDataOption? { values.first { $0.name == name } }

    /// The option the user is typing now.
    public var focused: CommandDataOption? { values.first { $0.focused == true } }
}
