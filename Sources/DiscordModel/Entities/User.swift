/// A Discord account (A.1).
public struct User: Codable, Sendable, Hashable {
    /// The account.
    public var id: UserID
    /// The unique name.
    @Defaulted public var username: String
    /// Four digits on old bot accounts, "0" otherwise.
    @Defaulted public var discriminator: String
    /// The name the person chose to be shown.
    @Nullable public var globalName: String?
    /// Hash of the avatar image.
    @Nullable public var avatar: String?
    /// Whether this is a bot account.
    public var bot: Bool?
    /// Whether Discord itself speaks through this account.
    public var system: Bool?
    /// Badges everybody sees.
    public var publicFlags: Int?
    /// All badges.
    public var flags: Int?
    /// Hash of the banner image.
    @Nullable public var banner: String?
    /// Colour of the profile.
    @Nullable public var accentColor: Int?
    /// Whether the e-mail address is verified (own account).
    public var verified: Bool?
    /// Whether two-factor login is on (own account).
    public var mfaEnabled: Bool?
    /// The e-mail address (own account).
    public var email: String?
    /// Chosen language (own account).
    public var locale: String?
    /// Nitro kind (own account).
    public var premiumType: Int?
    /// The author's membership, inside `mentions` of a message.
    public var member: MessageMember?

    /// Makes one from its parts.
    public init(
        id: UserID, username: String = "", discriminator: String = "0", globalName: String? = nil,
        avatar: String? = nil, bot: Bool? = nil, system: Bool? = nil, publicFlags: Int? = nil,
        flags: Int? = nil, banner: String? = nil, accentColor: Int? = nil, verified: Bool? = nil,
        mfaEnabled: Bool? = nil, email: String? = nil, locale: String? = nil, premiumType: Int? = nil,
        member: MessageMember? = nil
    ) {
        self.id = id
        self.username = username
        self.discriminator = discriminator
        self.globalName = globalName
        self.avatar = avatar
        self.bot = bot
        self.system = system
        self.publicFlags = publicFlags
        self.flags = flags
        self.banner = banner
        self.accentColor = accentColor
        self.verified = verified
        self.mfaEnabled = mfaEnabled
        self.email = email
        self.locale = locale
        self.premiumType = premiumType
        self.member = member
    }

    enum CodingKeys: String, CodingKey {
        case id, username, discriminator, avatar, bot, system, flags, banner, verified, email, locale, member
        case globalName = "global_name"
        case publicFlags = "public_flags"
        case accentColor = "accent_color"
        case mfaEnabled = "mfa_enabled"
        case premiumType = "premium_type"
    }

    /// The name to show when no guild nickname is known.
    public var displayName: String { globalName ?? username }
}
