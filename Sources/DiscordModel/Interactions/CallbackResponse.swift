/// Answer to a callback with `with_response=true` (3.5).
public struct InteractionCallbackResponse: Codable, Sendable, Hashable {
    /// The interaction.
    public var interaction: InteractionCallback
    /// What was made.
    public var resource: InteractionCallbackResource?

    /// Makes one from its parts.
    public init(interaction: InteractionCallback, resource: InteractionCallbackResource? = nil) {
        self.interaction = interaction
        self.resource = resource
    }
}

/// State of an answered interaction.
public struct InteractionCallback: Codable, Sendable, Hashable {
    /// The interaction.
    public var id: InteractionID
    /// Its kind.
    public var type: InteractionType
    /// A launched activity.
    public var activityInstanceID: String?
    /// The message that was made.
    public var responseMessageID: MessageID?
    /// Whether it is deferred.
    public var responseMessageLoading: Bool?
    /// Whether only the invoker sees it.
    public var responseMessageEphemeral: Bool?

    /// Makes one from its parts.
    public init(
        id: InteractionID, type: InteractionType, activityInstanceID: String? = nil,
        responseMessageID: MessageID? = nil, responseMessageLoading: Bool? = nil,
        responseMessageEphemeral: Bool? = nil
    ) {
        self.id = id
        self.type = type
        self.activityInstanceID = activityInstanceID
        self.responseMessageID = responseMessageID
        self.responseMessageLoading = responseMessageLoading
        self.responseMessageEphemeral = responseMessageEphemeral
    }

    enum CodingKeys: String, CodingKey {
        case id, type
        case activityInstanceID = "activity_instance_id"
        case responseMessageID = "response_message_id"
        case responseMessageLoading = "response_message_loading"
        case responseMessageEphemeral = "response_message_ephemeral"
    }
}

/// What a callback made.
public struct InteractionCallbackResource: Codable, Sendable, Hashable {
    /// The callback's kind.
    public var type: InteractionCallbackType
    /// The message.
    public var message: Message?

    /// Makes one from its parts.
    public init(type: InteractionCallbackType, message: Message? = nil) {
        self.type = type
        self.message = message
    }
}

/// A form that is shown to a user.
public struct Modal: Codable, Sendable, Hashable {
    /// The bot's own name, 1 to 100 characters.
    public var customID: String
    /// At most 45 characters.
    public var title: String
    /// 1 to 5 labels or text displays.
    @Lossy public var components: [Component]

    /// Makes one from its parts.
    public init(customID: String, title: String, components: [Component] = []) {
        self.customID = customID
        self.title = title
        self.components = components
    }

    enum CodingKeys: String, CodingKey {
        case title, components
        case customID = "custom_id"
    }
}
