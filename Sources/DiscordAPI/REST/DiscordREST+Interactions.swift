public import DiscordModel
internal import Networking

/// Answering interactions: authorised by the interaction's token, outside the global limit (2.2).
extension DiscordREST {
    /// Gives the first answer, which must reach Discord within three seconds of the event; returns what it made, if the
    /// server tells.
    @discardableResult
    public func respond(
        to interaction: InteractionID, token: String, with response: InteractionResponse, files: [UploadFile] = []
    ) async throws(DiscordError) -> InteractionCallbackResponse? {
        var response = response
        switch response {
        case .message(let body): response = .message(body.announcing(files))
        case .updateMessage(let body): response = .updateMessage(body.announcing(files))
        default: break
        }
        let route = Route(
            .post, "/interactions/{interaction}/{token}/callback", ["\(interaction)", token],
            major: "interaction/\(interaction)", query: [("with_response", "true")], isInteraction: true)
        let answer = try await perform(
            route, body: .json(response, files: files),
            // An answer that did arrive makes the repetition an error of its own (40060), which does no harm.
            options: RequestOptions(priority: .interaction, timeout: .seconds(3), isRepeatable: true))
        return answer.body.isEmpty ? nil : try? JSON.decode(InteractionCallbackResponse.self, from: answer.body)
    }

    /// The first answer's message.
    public func originalResponse(
        of application: ApplicationID, token: String
    ) async throws(DiscordError) -> Message {
        try await send(Self.original(.get, application, token), options: Self.urgent)
    }

    /// Changes the first answer, or the message a component sits on.
    @discardableResult
    public func editOriginalResponse(
        of application: ApplicationID, token: String, to body: MessageBody, files: [UploadFile] = []
    ) async throws(DiscordError) -> Message {
        try await send(
            Self.original(.patch, application, token), body: .json(body, files: files), options: Self.urgent)
    }

    /// Deletes the first answer.
    public func deleteOriginalResponse(of application: ApplicationID, token: String) async throws(DiscordError) {
        try await perform(Self.original(.delete, application, token), options: Self.urgent)
    }

    /// Says something more.
    @discardableResult
    public func createFollowup(
        of application: ApplicationID, token: String, _ body: MessageBody, files: [UploadFile] = []
    ) async throws(DiscordError) -> Message {
        let route = Route(
            .post, "/webhooks/{application}/{token}", ["\(application)", token],
            major: Self.webhook(application, token), query: [("wait", "true")], isInteraction: true)
        return try await send(route, body: .json(body.announcing(files), files: files), options: Self.urgent)
    }

    /// Changes what was said more.
    @discardableResult
    public func editFollowup(
        _ message: MessageID, of application: ApplicationID, token: String, to body: MessageBody,
        files: [UploadFile] = []
    ) async throws(DiscordError) -> Message {
        try await send(
            Self.followup(.patch, message, application, token), body: .json(body, files: files), options: Self.urgent)
    }

    /// Deletes what was said more.
    public func deleteFollowup(
        _ message: MessageID, of application: ApplicationID, token: String
    ) async throws(DiscordError) {
        try await perform(Self.followup(.delete, message, application, token), options: Self.urgent)
    }

    private static let urgent = RequestOptions(priority: .interaction)

    private static func webhook(_ application: ApplicationID, _ token: String) -> String {
        "webhook/\(application)/\(token)"
    }

    private static func original(_ method: HTTPMethod, _ application: ApplicationID, _ token: String) -> Route {
        Route(
            method, "/webhooks/{application}/{token}/messages/@original", ["\(application)", token],
            major: webhook(application, token), isInteraction: true)
    }

    private static func followup(
        _ method: HTTPMethod, _ message: MessageID, _ application: ApplicationID, _ token: String
    ) -> Route {
        Route(
            method, "/webhooks/{application}/{token}/messages/{message}", ["\(application)", token, "\(message)"],
            major: webhook(application, token), isInteraction: true)
    }
}
