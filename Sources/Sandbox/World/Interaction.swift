/// An interaction on its way, from the person's deed to fifteen minutes later.
struct Interaction: Sendable {
    enum State: Sendable, Equatable {
        /// No callback yet; three seconds are running.
        case waiting
        /// Answered with a callback of this type.
        case answered(Int64)
        /// Not answered in time; the token is dead for callbacks.
        case expired
    }
    var id: ID
    var token: String
    var application: ID
    var type: Int64
    var user: ID
    var channel: ID
    var guild: ID?
    var createdAt: Int64
    var state: State = .waiting
    /// `play`, `ladder join`; empty for components and modals.
    var commandName = ""
    /// The first response's message, once there is one.
    var response: ID?
    /// The message whose component was used.
    var sourceMessage: ID?
    var isEphemeral = false
    /// A type-5 response not yet filled by an edit or a follow-up.
    var isLoading = false
    /// The modal shown as answer.
    var modal: JSON?
    /// Metadata of the interaction that opened the modal.
    var trigger: JSON?

    static let answerLimit: Int64 = 3000
    static let tokenLife: Int64 = 15 * 60 * 1000
}

extension World {
    /// The data for `interaction_metadata`.
    func metadata(_ interaction: Interaction) -> JSON {
        var json: JSON = [
            "id": .id(interaction.id), "type": .int(interaction.type), "user": userJSON(interaction.user),
            "authorizing_integration_owners": owners(interaction),
        ]
        if let message = interaction.sourceMessage, interaction.type == 3 {
            json["interacted_message_id"] = .id(message)
        }
        if let trigger = interaction.trigger { json["triggering_interaction_metadata"] = trigger }
        return json
    }

    private func owners(_ interaction: Interaction) -> JSON {
        ["0": interaction.guild.map { .id($0) } ?? "0"]
    }

    /// Registers an interaction and sends INTERACTION_CREATE to the application.
    mutating func startInteraction(
        type: Int64, application: ID, user: ID, channel: Channel, data: JSON, name: String = "", source: Message? = nil,
        trigger: JSON? = nil
    ) -> Interaction {
        var interaction = Interaction(
            id: newID(), token: "aW50ZXJhY3Rpb24" + newSecret(6), application: application, type: type, user: user,
            channel: channel.id, guild: channel.guild, createdAt: now)
        interaction.commandName = name
        interaction.sourceMessage = source?.id
        interaction.trigger = trigger
        interactions[interaction.id] = interaction
        interactionTokens[interaction.token] = interaction.id
        var event: JSON = [
            "id": .id(interaction.id), "application_id": .id(application), "type": .int(type), "data": data,
            "channel": channelJSON(channel, for: user, application: application), "channel_id": .id(channel.id),
            "token": .string(interaction.token), "version": 1, "locale": "en-US", "entitlements": [],
            "entitlement_sku_ids": [], "attachment_size_limit": 10_485_760,
        ]
        event["app_permissions"] = .string(String(permissions(of: application, in: channel)))
        event["authorizing_integration_owners"] = owners(interaction)
        event["context"] = channel.guild == nil ? 1 : 0
        if let guildID = channel.guild, let guild = guilds[guildID], let member = guild.members[user] {
            event["guild_id"] = .id(guildID)
            event["guild"] = ["id": .id(guildID), "locale": "en-US", "features": []]
            event["guild_locale"] = "en-US"
            event["member"] = memberJSON(member, in: channel, withUser: true)
        } else {
            event["user"] = userJSON(user)
        }
        if let source { event["message"] = messageJSON(source, viewer: application) }
        emit(
            .dispatch(
                Dispatch(
                    name: "INTERACTION_CREATE", data: event, audience: .bot(application, channel.guild), intent: 0)))
        return interaction
    }

    /// Kills interactions unanswered for three seconds and forgets those older than their tokens.
    mutating func expireInteractions() {
        for interaction in interactions.values.sorted(by: { $0.id < $1.id }) {
            let age = now - interaction.createdAt
            if interaction.state == .waiting && age >= Interaction.answerLimit {
                interactions[interaction.id]?.state = .expired
                emit(
                    .failed(
                        interaction: interaction.id, user: interaction.user, channel: interaction.channel,
                        sentence: "The application did not respond"))
            }
            if age >= Interaction.tokenLife + 60_000 {
                interactions[interaction.id] = nil
                interactionTokens[interaction.token] = nil
            }
        }
    }

    /// Makes every interaction as old as its token may get.
    mutating func ageInteractions() {
        for id in interactions.keys { interactions[id]?.createdAt -= Interaction.tokenLife }
        expireInteractions()
    }

    /// When `expireInteractions` next has something to do.
    var nextInteractionDeadline: Int64? {
        interactions.values.filter { $0.state == .waiting }.map { $0.createdAt + Interaction.answerLimit }.min()
    }
}
