/// An emoji: custom ones have an id, unicode ones only a name (A.11).
public struct Emoji: Codable, Sendable, Hashable {
    /// The custom emoji.
    @Nullable public var id: EmojiID?
    /// Its name, or the unicode emoji itself.
    @Nullable public var name: String?
    /// Whether it moves.
    public var animated: Bool?
    /// Roles that may use it.
    public var roles: [RoleID]?
    /// Whether it is written between colons.
    public var requireColons: Bool?
    /// Whether an integration owns it.
    public var managed: Bool?
    /// Whether it can be used now.
    public var available: Bool?

    /// Makes one from its parts.
    public init(
        id: EmojiID? = nil, name: String? = nil, animated: Bool? = nil, roles: [RoleID]? = nil,
        requireColons: Bool? = nil, managed: Bool? = nil, available: Bool? = nil
    ) {
        self.id = id
        self.name = name
        self.animated = animated
        self.roles = roles
        self.requireColons = requireColons
        self.managed = managed
        self.available = available
    }

    enum CodingKeys: String, CodingKey {
        case id, name, animated, roles, managed, available
        case requireColons = "require_colons"
    }

    /// A unicode emoji such as "⏸️".
    public static func unicode(_ text: String) -> Emoji { Emoji(name: text) }
}
