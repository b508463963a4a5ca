/// Somebody used the bot: a command, a component, a modal, or typing an option (3.1).
public struct Interaction: Codable, Sendable, Hashable {
    /// The interaction.
    public var id: InteractionID
    /// The bot's application.
    public var applicationID: ApplicationID
    /// Its kind.
    public var type: InteractionType
    /// What was used, by kind.
    public var data: InteractionData?
    /// Its guild.
    public var guild: PartialGuild?
    /// Its guild.
    public var guildID: GuildID?
    /// Where it happened, partial.
    public var channel: Channel?
    /// Where it happened.
    public var channelID: ChannelID?
    /// Who did it, in guilds.
    public var member: Member?
    /// Who did it, in direct messages.
    public var user: User?
    /// Needed to answer; valid 15 minutes.
    public var token: String
    /// Always 1.
    @Defaulted public var version: Int
    /// The message of a component.
    public var message: Message?
    /// What the bot may do there.
    public var appPermissions: Permissions?
    /// The user's language.
    public var locale: String?
    /// The guild's language.
    public var guildLocale: String?
    /// What was bought.
    @Lossy public var entitlements: [JSONValue]
    /// The same by product.
    @Lossy public var entitlementSKUIDs: [JSONValue]
    /// Who installed the application.
    public var authorizingIntegrationOwners: [String: String]?
    /// 0 guild, 1 bot's direct messages, 2 other private channels.
    public var context: Int?
    /// Bytes.
    public var attachmentSizeLimit: Int?

    /// Makes one from its parts.
    public init(
        id: InteractionID, applicationID: ApplicationID, type: InteractionType, data: InteractionData? = nil,
        guild: PartialGuild? = nil, guildID: GuildID? = nil, channel: Channel? = nil,
        channelID: ChannelID? = nil, member: Member? = nil, user: User? = nil, token: String, version: Int = 1,
        message: Message? = nil, appPermissions: Permissions? = nil, locale: String? = nil,
        guildLocale: String? = nil, entitlements: [JSONValue] = [], entitlementSKUIDs: [JSONValue] = [],
        authorizingIntegrationOwners: [String: String]? = nil, context: Int? = nil,
        attachmentSizeLimit: Int? = nil
    ) {
        self.id = id
        self.applicationID = applicationID
        self.type = type
        self.data = data
        self.guild = guild
        self.guildID = guildID
        self.channel = channel
        self.channelID = channelID
        self.member = member
        self.user = user
        self.token = token
        self.version = version
        self.message = message
        self.appPermissions = appPermissions
        self.locale = locale
        self.guildLocale = guildLocale
        self.entitlements = entitlements
        self.entitlementSKUIDs = entitlementSKUIDs
        self.authorizingIntegrationOwners = authorizingIntegrationOwners
        self.context = context
        self.attachmentSizeLimit = attachmentSizeLimit
    }

    enum CodingKeys: String, CodingKey {
        case id, type, data, guild, channel, member, user, token, version, message, locale, entitlements
        case context
        case applicationID = "application_id"
        case guildID = "guild_id"
        case channelID = "channel_id"
        case appPermissions = "app_permissions"
        case guildLocale = "guild_locale"
        case entitlementSKUIDs = "entitlement_sku_ids"
        case authorizingIntegrationOwners = "authorizing_integration_owners"
        case attachmentSizeLimit = "attachment_size_limit"
    }

    /// Who did it.
    public var invoker: User? { member?.user ?? user }
}

/// What an interaction is about, by its kind.
public enum InteractionData: Sendable, Hashable {
    /// A command was called, or an option of it is being typed.
    case command(CommandData)
    /// A button or select was used.
    case component(ComponentData)
    /// A modal was sent.
    case modal(ModalData)
    /// Something of a kind that is not known.
    case unknown(JSONValue)
}

extension InteractionData: Encodable {
    /// Writes the data as Discord does.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .command(let data): try data.encode(to: encoder)
        case .component(let data): try data.encode(to: encoder)
        case .modal(let data): try data.encode(to: encoder)
        case .unknown(let data): try data.encode(to: encoder)
        }
    }
}

extension Interaction {
    /// Reads an interaction; `type` decides how `data` is read.
    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        let type = try c.decode(InteractionType.self, forKey: .type)
        let data: InteractionData? =
            switch type {
            case .command, .autocomplete: try c.decodeIfPresent(CommandData.self, forKey: .data).map { .command($0) }
            case .component: try c.decodeIfPresent(ComponentData.self, forKey: .data).map { .component($0) }
            case .modal: try c.decodeIfPresent(ModalData.self, forKey: .data).map { .modal($0) }
            default: try c.decodeIfPresent(JSONValue.self, forKey: .data).map { .unknown($0) }
            }
        self.init(
            id: try c.decode(InteractionID.self, forKey: .id),
            applicationID: try c.decode(ApplicationID.self, forKey: .applicationID),
            type: type, data: data,
            guild: try c.decodeIfPresent(PartialGuild.self, forKey: .guild),
            guildID: try c.decodeIfPresent(GuildID.self, forKey: .guildID),
            channel: try c.decodeIfPresent(Channel.self, forKey: .channel),
            channelID: try c.decodeIfPresent(ChannelID.self, forKey: .channelID),
            member: try c.decodeIfPresent(Member.self, forKey: .member),
            user: try c.decodeIfPresent(User.self, forKey: .user),
            token: try c.decode(String.self, forKey: .token),
            version: try c.decodeIfPresent(Int.self, forKey: .version) ?? 1,
            message: try c.decodeIfPresent(Message.self, forKey: .message),
            appPermissions: try c.decodeIfPresent(Permissions.self, forKey: .appPermissions),
            locale: try c.decodeIfPresent(String.self, forKey: .locale),
            guildLocale: try c.decodeIfPresent(String.self, forKey: .guildLocale),
            entitlements: try c.decode(Lossy<JSONValue>.self, forKey: .entitlements).wrappedValue,
            entitlementSKUIDs: try c.decode(Lossy<JSONValue>.self, forKey: .entitlementSKUIDs).wrappedValue,
            authorizingIntegrationOwners: try c.decodeIfPresent(
                [String: String].self, forKey: .authorizingIntegrationOwners),
            context: try c.decodeIfPresent(Int.self, forKey: .context),
            attachmentSizeLimit: try c.decodeIfPresent(Int.self, forKey: .attachmentSizeLimit))
    }
}
