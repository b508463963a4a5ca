public import DiscordAPI
public import DiscordModel

/// Discord's REST interface in the shape that commands, panels and command sync need, with its refusals sorted by what
/// can be done about them (Appendix C).
public struct BotEndpoints: Sendable {
    let rest: DiscordREST

    /// The shape of a REST client.
    public init(_ rest: DiscordREST) { self.rest = rest }
}

extension BotEndpoints: InteractionResponder {
    /// Gives the first answer.
    public func respond(
        to interaction: InteractionID, token: String, with response: InteractionResponse
    ) async throws(ResponderFailure) -> Message? {
        do {
            return try await rest.respond(to: interaction, token: token, with: response)?.resource?.message
        } catch {
            throw ResponderFailure(error)
        }
    }

    /// Changes the first answer, or the message a component sits on.
    public func editOriginal(
        of application: ApplicationID, token: String, to body: MessageBody
    ) async throws(ResponderFailure) -> Message {
        do {
            return try await rest.editOriginalResponse(of: application, token: token, to: body)
        } catch {
            throw ResponderFailure(error)
        }
    }

    /// Deletes the first answer.
    public func deleteOriginal(of application: ApplicationID, token: String) async throws(ResponderFailure) {
        do {
            try await rest.deleteOriginalResponse(of: application, token: token)
        } catch {
            throw ResponderFailure(error)
        }
    }

    /// Says something more.
    public func followUp(
        for application: ApplicationID, token: String, with body: MessageBody
    ) async throws(ResponderFailure) -> Message {
        do {
            return try await rest.createFollowup(of: application, token: token, body)
        } catch {
            throw ResponderFailure(error)
        }
    }
}

extension BotEndpoints: PanelTransport {
    /// Posts a message.
    public func post(_ body: MessageBody, in channel: ChannelID) async throws(PanelFailure) -> MessageID {
        do {
            return try await rest.createMessage(in: channel, body).id
        } catch {
            throw PanelFailure(error)
        }
    }

    /// Replaces what a message shows.
    public func edit(_ message: MessageID, in channel: ChannelID, to body: MessageBody) async throws(PanelFailure) {
        do {
            _ = try await rest.editMessage(message, in: channel, to: body)
        } catch {
            throw PanelFailure(error)
        }
    }

    /// Deletes a message.
    public func delete(_ message: MessageID, in channel: ChannelID) async throws(PanelFailure) {
        do {
            try await rest.deleteMessage(message, in: channel)
        } catch {
            throw PanelFailure(error)
        }
    }
}

extension BotEndpoints: CommandRegistry {
    /// The commands Discord knows, with all their translations.
    public func registeredCommands(
        of application: ApplicationID, in guild: GuildID?
    ) async throws -> [ApplicationCommand] {
        try await rest.commands(of: application, in: guild)
    }

    /// Replaces all of them.
    public func overwriteCommands(
        of application: ApplicationID, in guild: GuildID?, with commands: [ApplicationCommand]
    ) async throws {
        _ = try await rest.overwriteCommands(of: application, in: guild, with: commands)
    }
}

extension ResponderFailure {
    /// Sorts an error: unknown interactions and webhooks and expired tokens are lost, 40060 was answered before.
    public init(_ error: DiscordError) {
        switch (error, error.code) {
        case (.webhookGone, _), (_, 10062), (_, 10015), (_, 50027): self = .lost(error.description)
        case (_, 40060): self = .alreadyAnswered
        default: self = .failed(error.description)
        }
    }
}

extension PanelFailure {
    /// Sorts an error: an unknown message is gone, an unknown channel or missing permission closes the channel.
    public init(_ error: DiscordError) {
        switch error.code {
        case 10008: self = .messageGone
        case 10003, 10004, 50001, 50013: self = .noAccess(error.description)
        default: self = .failed(error.description)
        }
    }
}
