import Testing

@testable import Sandbox

@Suite struct InteractionTests {
    private func started(_ world: inout World) throws -> Interaction {
        _ = try world.register([playCommand])
        return try world.must { (world: inout World) throws(APIError) in
            try world.callCommand(
                World.CommandCall(channel: Seed.general, user: Seed.alice, name: "play", options: ["query": "song"]))
        }.0
    }

    private func answer(_ interaction: Interaction, _ body: JSON, _ world: inout World, after wait: Int64 = 100)
        -> Result<JSON, APIError>
    {
        world.apply(at: interaction.createdAt + wait) { (world: inout World) throws(APIError) in
            try world.answer(interaction.id, token: interaction.token, body: body, files: [])
        }.0
    }

    @Test func threeSecondsAreTheLimit() throws {
        var world = seededWorld()
        let interaction = try started(&world)
        let (_, early) = world.apply(at: interaction.createdAt + 2999) { (world: inout World) throws(APIError) in
            world.expireInteractions()
        }
        #expect(early.isEmpty)
        let (_, events) = world.apply(at: interaction.createdAt + 3000) { (world: inout World) throws(APIError) in
            world.expireInteractions()
        }
        guard case .failed(_, let user, _, let sentence) = events.first else {
            Issue.record("no failure")
            return
        }
        #expect(user == Seed.alice)
        #expect(sentence == "The application did not respond")
        guard case .failure(let error) = answer(interaction, ["type": 5], &world, after: 3001) else {
            Issue.record("the dead token was accepted")
            return
        }
        #expect(error.code == 10062)
    }

    @Test func secondCallbackIsRefused() throws {
        var world = seededWorld()
        let interaction = try started(&world)
        _ = try answer(interaction, ["type": 4, "data": ["content": "x"]], &world).get()
        guard case .failure(let error) = answer(interaction, ["type": 5], &world) else {
            Issue.record("acknowledged twice")
            return
        }
        #expect(error.code == 40060)
    }

    @Test func deferralIsFilledByFollowUp() throws {
        var world = seededWorld()
        let interaction = try started(&world)
        let made = try answer(interaction, ["type": 5], &world).get()
        #expect(made["interaction"]?["response_message_loading"] == true)
        let id = try #require(made["interaction"]?["response_message_id"]?.snowflake)
        #expect(world.message(id, in: Seed.general)?.isLoading == true)
        let path = "/webhooks/\(Seed.bot)/\(interaction.token)"
        let follow = try world.rest("POST", path, ["content": "done"])
        #expect(follow.body?["id"] == .id(id))
        #expect(follow.body?["flags"] == 0)
        let another = try world.rest("POST", path, ["content": "more"])
        #expect(another.body?["id"] != .id(id))
        #expect(try world.rest("DELETE", path + "/messages/@original").status == 204)
        let gone = #expect(throws: APIError.self) { try world.rest("GET", path + "/messages/@original") }
        #expect(gone?.code == 10008)
    }

    @Test func tokenLivesFifteenMinutes() throws {
        var world = seededWorld()
        let interaction = try started(&world)
        _ = try answer(interaction, ["type": 5], &world).get()
        _ = world.apply(at: interaction.createdAt + 15 * 60_000) { (world: inout World) throws(APIError) in
            world.expireInteractions()
        }
        let error = #expect(throws: APIError.self) {
            try world.rest(
                "PATCH", "/webhooks/\(Seed.bot)/\(interaction.token)/messages/@original", ["content": "late"])
        }
        #expect(error?.code == 50027)
    }

    @Test func ephemeralAnswersStayOutOfTheChannel() throws {
        var world = seededWorld()
        let interaction = try started(&world)
        _ = try answer(interaction, ["type": 4, "data": ["content": "psst", "flags": 64]], &world).get()
        #expect(try world.rest("GET", "/channels/\(Seed.general)/messages").body?.array?.isEmpty == true)
        #expect(world.channels[Seed.general]?.messages.first?.onlyFor == Seed.alice)
    }

    @Test func componentsAndModals() throws {
        var world = seededWorld()
        let interaction = try started(&world)
        let row: JSON = ["type": 1, "components": [["type": 2, "style": 1, "label": "L", "custom_id": "go"]]]
        let made = try answer(interaction, ["type": 4, "data": ["content": "x", "components": [row]]], &world).get()
        let message = try #require(made["resource"]?["message"]?["id"]?.snowflake)
        let (press, events) = try world.must { (world: inout World) throws(APIError) in
            try world.useComponent(message: message, user: Seed.bob, customID: "go", values: nil)
        }
        #expect(data("INTERACTION_CREATE", events)?["data"]?["component_type"] == 2)
        #expect(data("INTERACTION_CREATE", events)?["message"]?["interaction_metadata"]?["type"] == 2)
        let modal: JSON = [
            "custom_id": "m", "title": "T",
            "components": [["type": 18, "label": "Name", "component": ["type": 4, "style": 1, "custom_id": "name"]]],
        ]
        _ = try answer(press, ["type": 9, "data": modal], &world).get()
        let (_, sent) = try world.must { (world: inout World) throws(APIError) in
            try world.submitModal(press.id, user: Seed.bob, values: ["name": "Bob"])
        }
        let field = data("INTERACTION_CREATE", sent)?["data"]?["components"]?[0]?["component"]
        #expect(field?["value"] == "Bob")
        #expect(field?["custom_id"] == "name")
    }

    @Test func requiredOptionsAndChoices() throws {
        var world = seededWorld()
        _ = try world.register([playCommand])
        let error = world.fails { (world: inout World) throws(APIError) in
            try world.callCommand(
                World.CommandCall(channel: Seed.general, user: Seed.alice, name: "play", options: [:]))
        }
        #expect(error?.errors?["options"]?["query"] != nil)
        let unknown = world.fails { (world: inout World) throws(APIError) in
            try world.callCommand(
                World.CommandCall(channel: Seed.general, user: Seed.alice, name: "nope", options: [:]))
        }
        #expect(unknown?.code == 10063)
    }
}
