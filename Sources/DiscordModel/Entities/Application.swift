/// A bot's application (A.12).
public struct Application: Codable, Sendable, Hashable {
    /// The application.
    public var id: ApplicationID
    /// Its name.
    @Defaulted public var name: String
    /// Hash of the icon.
    @Nullable public var icon: String?
    /// What it does.
    @Defaulted public var description: String
    /// Allowed local RPC origins.
    public var rpcOrigins: [String]?
    /// Whether anybody may add it.
    @Defaulted public var botPublic: Bool
    /// Whether adding needs the full OAuth2 flow.
    @Defaulted public var botRequireCodeGrant: Bool
    /// Its bot account.
    public var bot: User?
    /// Who made it.
    public var owner: User?
    /// Ed25519 key of HTTP interactions, hex.
    @Defaulted public var verifyKey: String
    /// The team that owns it.
    @Nullable public var team: JSONValue?
    /// Its support guild.
    public var guildID: GuildID?
    /// Application flags, such as the intents it may use.
    @Defaulted public var flags: Int
    /// Guilds it is in.
    public var approximateGuildCount: Int?
    /// People who installed it.
    public var approximateUserInstallCount: Int?
    /// OAuth2 redirects.
    public var redirectURIs: [String]?
    /// Where interactions are posted instead of the gateway.
    @Nullable public var interactionsEndpointURL: String?
    /// Search tags.
    public var tags: [String]?
    /// How it can be installed.
    public var integrationTypesConfig: [String: JSONValue]?

    /// Makes one from its parts.
    public init(
        id: ApplicationID, name: String = "", icon: String? = nil, description: String = "",
        rpcOrigins: [String]? = nil, botPublic: Bool = true, botRequireCodeGrant: Bool = false,
        bot: User? = nil, owner: User? = nil, verifyKey: String = "", team: JSONValue? = nil,
        guildID: GuildID? = nil, flags: Int = 0, approximateGuildCount: Int? = nil,
        approximateUserInstallCount: Int? = nil, redirectURIs: [String]? = nil,
        interactionsEndpointURL: String? = nil, tags: [String]? = nil,
        integrationTypesConfig: [String: JSONValue]? = nil
    ) {
        self.id = id
        self.name = name
        self.icon = icon
        self.description = description
        self.rpcOrigins = rpcOrigins
        self.botPublic = botPublic
        self.botRequireCodeGrant = botRequireCodeGrant
        self.bot = bot
        self.owner = owner
        self.verifyKey = verifyKey
        self.team = team
        self.guildID = guildID
        self.flags = flags
        self.approximateGuildCount = approximateGuildCount
        self.approximateUserInstallCount = approximateUserInstallCount
        self.redirectURIs = redirectURIs
        self.interactionsEndpointURL = interactionsEndpointURL
        self.tags = tags
        self.integrationTypesConfig = integrationTypesConfig
    }

    enum CodingKeys: String, CodingKey {
        case id, name, icon, description, bot, owner, team, flags, tags
        case rpcOrigins = "rpc_origins"
        case botPublic = "bot_public"
        case botRequireCodeGrant = "bot_require_code_grant"
        case verifyKey = "verify_key"
        case guildID = "guild_id"
        case approximateGuildCount = "approximate_guild_count"
        case approximateUserInstallCount = "approximate_user_install_count"
        case redirectURIs = "redirect_uris"
        case interactionsEndpointURL = "interactions_endpoint_url"
        case integrationTypesConfig = "integration_types_config"
    }
}

/// The application part of READY.
public struct PartialApplication: Codable, Sendable, Hashable {
    /// The application.
    public var id: ApplicationID
    /// Application flags.
    @Defaulted public var flags: Int

    /// Makes one from its parts.
    public init(id: ApplicationID, flags: Int = 0) {
        self.id = id
        self.flags = flags
    }
}
