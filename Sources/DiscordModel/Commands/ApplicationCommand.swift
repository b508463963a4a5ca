/// A declared command (3.2, A.13).
public struct ApplicationCommand: Codable, Sendable {
    /// Lower case for slash commands.
    public var name: String
    /// 1 to 100 characters; empty for user and message commands.
    @Defaulted public var description: String
    /// At most 25.
    public var options: [ApplicationCommandOption]?
    /// Its kind; absent is a slash command.
    public var type: CommandType?
    /// Names by locale.
    public var nameLocalizations: [String: String]?
    /// Descriptions by locale.
    public var descriptionLocalizations: [String: String]?
    /// Who may use it unless the guild says otherwise.
    public var defaultMemberPermissions: Permissions?
    /// Where it can be used: 0 guild, 1 bot's direct messages, 2 other private channels.
    public var contexts: [Int]?
    /// 0 installed in a guild, 1 by a user.
    public var integrationTypes: [Int]?
    /// Whether it is age-restricted.
    public var nsfw: Bool?
    /// Old form of `contexts`.
    public var dmPermission: Bool?
    /// Set by the server.
    public var id: CommandID?
    /// Set by the server.
    public var applicationID: ApplicationID?
    /// Set by the server, guild commands only.
    public var guildID: GuildID?
    /// Set by the server, grows with each change.
    public var version: Snowflake<AnyTag>?

    /// Makes one from its parts.
    public init(
        name: String, description: String = "", options: [ApplicationCommandOption]? = nil,
        type: CommandType? = nil, nameLocalizations: [String: String]? = nil,
        descriptionLocalizations: [String: String]? = nil, defaultMemberPermissions: Permissions? = nil,
        contexts: [Int]? = nil, integrationTypes: [Int]? = nil, nsfw: Bool? = nil, dmPermission: Bool? = nil,
        id: CommandID? = nil, applicationID: ApplicationID? = nil, guildID: GuildID? = nil,
        version: Snowflake<AnyTag>? = nil
    ) {
        self.name = name
        self.description = description
        self.options = options
        self.type = type
        self.nameLocalizations = nameLocalizations
        self.descriptionLocalizations = descriptionLocalizations
        self.defaultMemberPermissions = defaultMemberPermissions
        self.contexts = contexts
        self.integrationTypes = integrationTypes
        self.nsfw = nsfw
        self.dmPermission = dmPermission
        self.id = id
        self.applicationID = applicationID
        self.guildID = guildID
        self.version = version
    }

    enum CodingKeys: String, CodingKey {
        case name, description, options, type, contexts, nsfw, id, version
        case nameLocalizations = "name_localizations"
        case descriptionLocalizations = "description_localizations"
        case defaultMemberPermissions = "default_member_permissions"
        case integrationTypes = "integration_types"
        case dmPermission = "dm_permission"
        case applicationID = "application_id"
        case guildID = "guild_id"
    }
}

extension ApplicationCommand: Equatable {
    /// Whether both declare the same command; what the server sets does not count, and absent is the server's default.
    public static func == (left: ApplicationCommand, right: ApplicationCommand) -> Bool {
        left.name == right.name && left.description == right.description
            && (left.type ?? .chatInput) == (right.type ?? .chatInput)
            && (left.options ?? []).map(\.normalized) == (right.options ?? []).map(\.normalized)
            && (left.nameLocalizations ?? [:]) == (right.nameLocalizations ?? [:])
            && (left.descriptionLocalizations ?? [:]) == (right.descriptionLocalizations ?? [:])
            && left.defaultMemberPermissions == right.defaultMemberPermissions
            && (left.nsfw ?? false) == (right.nsfw ?? false)
            && Set(left.integrationTypes ?? [0]) == Set(right.integrationTypes ?? [0])
            && left.contexts.map(Set.init) == right.contexts.map(Set.init)
    }

    /// Whether the server's copy says what this declaration says; what the declaration leaves open does not count.
    public func isRegistered(as registered: ApplicationCommand) -> Bool {
        var copy = registered
        if contexts == nil { copy.contexts = nil }
        if integrationTypes == nil { copy.integrationTypes = nil }
        return self == copy
    }
}

extension ApplicationCommandOption {
    /// The option with absent fields in place of the server's defaults.
    var normalized: ApplicationCommandOption {
        var option = self
        if option.required == false { option.required = nil }
        if option.autocomplete == false { option.autocomplete = nil }
        if option.choices?.isEmpty == true { option.choices = nil }
        if option.channelTypes?.isEmpty == true { option.channelTypes = nil }
        if option.nameLocalizations?.isEmpty == true { option.nameLocalizations = nil }
        if option.descriptionLocalizations?.isEmpty == true { option.descriptionLocalizations = nil }
        option.options = option.options?.map(\.normalized)
        if option.options?.isEmpty == true { option.options = nil }
        return option
    }
}
