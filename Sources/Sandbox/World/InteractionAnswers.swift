/// What applications answer: callbacks, the original response, follow-ups.
extension World {
    /// The interaction that may get its callback now.
    private func callable(_ id: ID, _ token: String) throws(APIError) -> Interaction {
        guard let interaction = interactions[id], interaction.token == token else { throw .unknownInteraction }
        switch interaction.state {
        case .answered: throw .alreadyAcknowledged
        case .expired: throw .unknownInteraction
        case .waiting:
            if now - interaction.createdAt >= Interaction.answerLimit { throw .unknownInteraction }
            return interaction
        }
    }

    private func origin(_ interaction: Interaction, isFirst: Bool, onlyFor: ID?) -> MessageOrigin {
        var origin = MessageOrigin(author: interaction.application)
        origin.webhook = interaction.application
        origin.application = interaction.application
        origin.interaction = metadata(interaction)
        origin.source = interaction.id
        origin.onlyFor = onlyFor
        if isFirst && interaction.type == 2 {
            origin.type = 20
            origin.legacyInteraction = [
                "id": .id(interaction.id), "type": 2, "name": .string(interaction.commandName),
                "user": userJSON(interaction.user),
            ]
        }
        return origin
    }

    /// A callback; returns the object for `with_response=true`.
    mutating func answer(
        _ id: ID, token: String, body: JSON, files: [UploadedFile]
    ) throws(APIError) -> JSON {
        var interaction = try callable(id, token)
        guard let kind = body["type"]?.integer else {
            throw .form(["type"], "BASE_TYPE_REQUIRED", "This field is required")
        }
        let data = body["data"] ?? .object([:])
        let fromComponent = interaction.sourceMessage != nil
        let allowed: [Int64]
        switch interaction.type {
        case 2: allowed = [4, 5, 9, 10, 12]
        case 3: allowed = [4, 5, 6, 7, 9, 10, 12]
        case 4: allowed = [8]
        default: allowed = fromComponent ? [4, 5, 6, 7, 10] : [4, 5, 10]
        }
        guard allowed.contains(kind) else {
            throw .form(
                ["type"], "INTERACTION_APPLICATION_RESPONSE_TYPE_INVALID",
                "Value must be one of {\(allowed.map(String.init).joined(separator: ", "))}.")
        }
        var made: Message?
        switch kind {
        case 4:
            let form = try MessageForm.read(data, files: files, purpose: .interaction)
            if form.isEmpty { throw .emptyMessage }
            interaction.isEphemeral = (form.flags ?? 0) & MessageFlag.ephemeral != 0
            let reader = interaction.isEphemeral ? interaction.user : nil
            made = try createMessage(form, in: interaction.channel, origin(interaction, isFirst: true, onlyFor: reader))
        case 5:
            interaction.isEphemeral = (data["flags"]?.integer ?? 0) & MessageFlag.ephemeral != 0
            interaction.isLoading = true
            var first = origin(interaction, isFirst: true, onlyFor: interaction.isEphemeral ? interaction.user : nil)
            first.extraFlags = MessageFlag.loading
            made = try createMessage(MessageForm(), in: interaction.channel, first)
        case 6: interaction.response = interaction.sourceMessage
        case 7:
            guard let source = interaction.sourceMessage, let message = message(source, in: interaction.channel) else {
                throw .unknownMessage
            }
            let form = try MessageForm.read(data, files: files, purpose: .edit, existing: message)
            made = try editMessage(message, form)
        case 8: try checkChoices(data)
        case 9: interaction.modal = try checkModal(data)
        default: break
        }
        if let made { interaction.response = made.id }
        interaction.state = .answered(kind)
        interactions[id] = interaction
        emit(.answered(interaction: id, type: kind, data: kind == 9 ? interaction.modal ?? .null : data))
        return callbackObject(interaction, kind, made)
    }

    private func callbackObject(_ interaction: Interaction, _ kind: Int64, _ made: Message?) -> JSON {
        var about: JSON = ["id": .id(interaction.id), "type": .int(interaction.type)]
        if let response = interaction.response {
            about["response_message_id"] = .id(response)
            about["response_message_loading"] = .bool(kind == 5)
            about["response_message_ephemeral"] = .bool(interaction.isEphemeral)
        }
        var json: JSON = ["interaction": about]
        if let made {
            var resource: JSON = ["type": .int(kind)]
            resource["message"] = messageJSON(made, viewer: interaction.application)
            json["resource"] = resource
        }
        return json
    }

    private func checkChoices(_ data: JSON) throws(APIError) {
        var errors = FormErrors()
        guard let choices = data["choices"]?.array else {
            throw .form(["data", "choices"], "BASE_TYPE_REQUIRED", "This field is required")
        }
        if choices.count > 25 { errors.tooLong(["data", "choices"], 25) }
        for (index, choice) in choices.enumerated() {
            let path = ["data", "choices", String(index)]
            if !(1...100).contains(choice["name"]?.string?.unicodeScalars.count ?? 0) {
                errors.length(path + ["name"], 1, 100)
            }
            guard let value = choice["value"], value.string != nil || value.number != nil else {
                errors.required(path + ["value"])
                continue
            }
            if value.string.map({ $0.unicodeScalars.count > 100 }) ?? false { errors.tooLong(path + ["value"], 100) }
        }
        try errors.check()
    }

    private func checkModal(_ data: JSON) throws(APIError) -> JSON {
        var errors = FormErrors()
        var modal = data
        if !(1...100).contains(data["custom_id"]?.string?.unicodeScalars.count ?? 0) {
            errors.length(["data", "custom_id"], 1, 100)
        }
        if !(1...45).contains(data["title"]?.string?.unicodeScalars.count ?? 0) {
            errors.length(["data", "title"], 1, 45)
        }
        var check = ComponentCheck(isV2: true, files: [])
        modal["components"] = .array(check.modal(data["components"]?.array ?? [], &errors))
        try errors.check()
        return modal
    }

    /// The interaction behind a webhook token that is still good.
    func webhookInteraction(_ application: ID, _ token: String) throws(APIError) -> Interaction {
        guard let id = interactionTokens[token], let interaction = interactions[id],
            interaction.application == application
        else { throw .unknownWebhook }
        guard now - interaction.createdAt < Interaction.tokenLife else { throw .invalidWebhookToken }
        guard case .answered = interaction.state else { throw .unknownWebhook }
        return interaction
    }

    /// A message of an interaction: `@original` or an id.
    func webhookMessage(_ interaction: Interaction, _ name: String) throws(APIError) -> Message {
        let id = name == "@original" ? interaction.response : UInt64(name)
        guard let id, let message = message(id, in: interaction.channel),
            message.source == interaction.id || message.id == interaction.response
        else { throw .unknownMessage }
        return message
    }

    /// A follow-up message; straight after a deferral it fills the loading message.
    mutating func followUp(_ interaction: Interaction, _ body: JSON, _ files: [UploadedFile]) throws(APIError)
        -> Message
    {
        if interaction.isLoading, let id = interaction.response, let loading = message(id, in: interaction.channel) {
            return try editOriginal(interaction, loading, body, files)
        }
        let form = try MessageForm.read(body, files: files, purpose: .interaction)
        if form.isEmpty { throw .emptyMessage }
        let hidden = (form.flags ?? 0) & MessageFlag.ephemeral != 0
        var from = origin(interaction, isFirst: false, onlyFor: hidden ? interaction.user : nil)
        from.interaction = from.interaction?.merging(["original_response_message_id": .id(interaction.response)])
        return try createMessage(form, in: interaction.channel, from)
    }

    /// Edits a message of an interaction.
    mutating func editOriginal(
        _ interaction: Interaction, _ message: Message, _ body: JSON, _ files: [UploadedFile]
    ) throws(APIError) -> Message {
        let form = try MessageForm.read(body, files: files, purpose: .edit, existing: message)
        let edited = try editMessage(message, form)
        if message.id == interaction.response { interactions[interaction.id]?.isLoading = false }
        return edited
    }
}
