/// A role (A.3); @everyone has the guild's id.
public struct Role: Codable, Sendable, Hashable {
    /// The role.
    public var id: RoleID
    /// Its name.
    @Defaulted public var name: String
    /// RGB colour, 0 for none.
    @Defaulted public var color: Int
    /// Colours of a gradient role.
    public var colors: RoleColors?
    /// Whether members are listed under this role.
    @Defaulted public var hoist: Bool
    /// Hash of the icon.
    @Nullable public var icon: String?
    /// Emoji shown as the icon.
    @Nullable public var unicodeEmoji: String?
    /// Rank, higher stands above.
    @Defaulted public var position: Int
    /// What the role allows everywhere.
    @Defaulted public var permissions: Permissions
    /// Whether an integration owns the role.
    @Defaulted public var managed: Bool
    /// Whether everybody may mention it.
    @Defaulted public var mentionable: Bool
    /// Role flags.
    @Defaulted public var flags: Int
    /// What the role belongs to.
    public var tags: RoleTags?

    /// Makes one from its parts.
    public init(
        id: RoleID, name: String = "", color: Int = 0, colors: RoleColors? = nil, hoist: Bool = false,
        icon: String? = nil, unicodeEmoji: String? = nil, position: Int = 0, permissions: Permissions = [],
        managed: Bool = false, mentionable: Bool = false, flags: Int = 0, tags: RoleTags? = nil
    ) {
        self.id = id
        self.name = name
        self.color = color
        self.colors = colors
        self.hoist = hoist
        self.icon = icon
        self.unicodeEmoji = unicodeEmoji
        self.position = position
        self.permissions = permissions
        self.managed = managed
        self.mentionable = mentionable
        self.flags = flags
        self.tags = tags
    }

    enum CodingKeys: String, CodingKey {
        case id, name, color, colors, hoist, icon, position, permissions, managed, mentionable, flags, tags
        case unicodeEmoji = "unicode_emoji"
    }
}

/// Colours of a role.
public struct RoleColors: Codable, Sendable, Hashable {
    /// First colour.
    @Defaulted public var primaryColor: Int
    /// Second colour of a gradient.
    @Nullable public var secondaryColor: Int?
    /// Third colour, holographic roles only.
    @Nullable public var tertiaryColor: Int?

    /// Makes one from its parts.
    public init(primaryColor: Int = 0, secondaryColor: Int? = nil, tertiaryColor: Int? = nil) {
        self.primaryColor = primaryColor
        self.secondaryColor = secondaryColor
        self.tertiaryColor = tertiaryColor
    }

    enum CodingKeys: String, CodingKey {
        case primaryColor = "primary_color"
        case secondaryColor = "secondary_color"
        case tertiaryColor = "tertiary_color"
    }
}

/// What a managed role belongs to.
public struct RoleTags: Codable, Sendable, Hashable {
    /// The bot whose own role this is.
    public var botID: UserID?
    /// The integration that owns the role.
    public var integrationID: Snowflake<IntegrationTag>?

    /// Makes one from its parts.
    public init(botID: UserID? = nil, integrationID: Snowflake<IntegrationTag>? = nil) {
        self.botID = botID
        self.integrationID = integrationID
    }

    enum CodingKeys: String, CodingKey {
        case botID = "bot_id"
        case integrationID = "integration_id"
    }
}
