/// What a bot sends to create or edit a message; what is nil is left out (kept, in an edit).
public struct MessageBody: Codable, Sendable, Hashable {
    /// Text, at most 2000 characters; "" clears it in an edit.
    public var content: String?
    /// At most 10; [] clears them in an edit.
    public var embeds: [Embed]?
    /// Rows, or any layout with `componentsV2`; [] clears them in an edit.
    public var components: [Component]?
    /// Such as `.ephemeral` or `.componentsV2`.
    public var flags: MessageFlags?
    /// Who is notified by mentions.
    public var allowedMentions: AllowedMentions?
    /// Files to keep or upload.
    public var attachments: [AttachmentReference]?
    /// Whether it is read aloud.
    public var tts: Bool?
    /// Comes back in MESSAGE_CREATE.
    public var nonce: JSONValue?
    /// Whether the nonce makes sending idempotent.
    public var enforceNonce: Bool?
    /// The message it answers.
    public var messageReference: MessageReference?
    /// Stickers.
    public var stickerIDs: [Snowflake<StickerTag>]?
    /// A poll.
    public var poll: JSONValue?
    /// Shown sender, webhooks only.
    public var username: String?
    /// Shown avatar, webhooks only.
    public var avatarURL: String?

    /// Makes one from its parts.
    public init(
        content: String? = nil, embeds: [Embed]? = nil, components: [Component]? = nil,
        flags: MessageFlags? = nil, allowedMentions: AllowedMentions? = nil,
        attachments: [AttachmentReference]? = nil, tts: Bool? = nil, nonce: JSONValue? = nil,
        enforceNonce: Bool? = nil, messageReference: MessageReference? = nil,
        stickerIDs: [Snowflake<StickerTag>]? = nil, poll: JSONValue? = nil, username: String? = nil,
        avatarURL: String? = nil
    ) {
        self.content = content
        self.embeds = embeds
        self.components = components
        self.flags = flags
        self.allowedMentions = allowedMentions
        self.attachments = attachments
        self.tts = tts
        self.nonce = nonce
        self.enforceNonce = enforceNonce
        self.messageReference = messageReference
        self.stickerIDs = stickerIDs
        self.poll = poll
        self.username = username
        self.avatarURL = avatarURL
    }

    enum CodingKeys: String, CodingKey {
        case content, embeds, components, flags, attachments, tts, nonce, poll, username
        case allowedMentions = "allowed_mentions"
        case enforceNonce = "enforce_nonce"
        case messageReference = "message_reference"
        case stickerIDs = "sticker_ids"
        case avatarURL = "avatar_url"
    }
}

/// A file to keep (by id) or upload (by index of the multipart part).
public struct AttachmentReference: Codable, Sendable, Hashable {
    /// Snowflake string of a kept file, or the index of a new one.
    public var id: JSONValue
    /// Name of a new file.
    public var filename: String?
    /// Alternative text.
    public var description: String?

    /// Makes one from its parts.
    public init(id: JSONValue, filename: String? = nil, description: String? = nil) {
        self.id = id
        self.filename = filename
        self.description = description
    }
}

/// Who may be notified by the mentions in a message.
public struct AllowedMentions: Codable, Sendable, Hashable {
    /// "users", "roles", "everyone".
    public var parse: [String]?
    /// These roles only.
    public var roles: [RoleID]?
    /// These users only.
    public var users: [UserID]?
    /// Whether the author of the answered message is.
    public var repliedUser: Bool?

    /// Makes one from its parts.
    public init(parse: [String]? = nil, roles: [RoleID]? = nil, users: [UserID]? = nil, repliedUser: Bool? = nil) {
        self.parse = parse
        self.roles = roles
        self.users = users
        self.repliedUser = repliedUser
    }

    enum CodingKeys: String, CodingKey {
        case parse, roles, users
        case repliedUser = "replied_user"
    }

    /// Nobody is notified.
    public static let none = AllowedMentions(parse: [])
}
