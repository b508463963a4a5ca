extension Endpoint {
    /// Callbacks and the webhook of an interaction; the token in the path authorises.
    static let interactions: [Endpoint] = [
        Endpoint("POST", "/interactions/{interaction}/{token}/callback", needsBot: false) {
            world, call throws(APIError) in
            let answer = try world.answer(
                try call.id("interaction"), token: call.parameters["token"] ?? "", body: call.body, files: call.files)
            return call.flag("with_response") ? .ok(answer) : .empty
        },
        Endpoint("POST", "/webhooks/{webhook}/{token}", needsBot: false) { world, call throws(APIError) in
            let interaction = try interaction(world, call)
            let message = try world.followUp(interaction, call.body, call.files)
            return .ok(world.messageJSON(message, viewer: interaction.application))
        },
        Endpoint("GET", "/webhooks/{webhook}/{token}/messages/{message}", needsBot: false) {
            world, call throws(APIError) in
            let interaction = try interaction(world, call)
            let message = try world.webhookMessage(interaction, call.parameters["message"] ?? "")
            return .ok(world.messageJSON(message, viewer: interaction.application))
        },
        Endpoint("PATCH", "/webhooks/{webhook}/{token}/messages/{message}", needsBot: false) {
            world, call throws(APIError) in
            let interaction = try interaction(world, call)
            let message = try world.webhookMessage(interaction, call.parameters["message"] ?? "")
            let edited = try world.editOriginal(interaction, message, call.body, call.files)
            return .ok(world.messageJSON(edited, viewer: interaction.application))
        },
        Endpoint("DELETE", "/webhooks/{webhook}/{token}/messages/{message}", needsBot: false) {
            world, call throws(APIError) in
            let interaction = try interaction(world, call)
            world.deleteMessage(try world.webhookMessage(interaction, call.parameters["message"] ?? ""))
            return .empty
        },
    ]

    private static func interaction(_ world: World, _ call: RESTCall) throws(APIError) -> Interaction {
        try world.webhookInteraction(try call.id("webhook"), call.parameters["token"] ?? "")
    }
}
