import Testing

@testable import Sandbox

@Suite struct WorldTests {
    @Test func idsGrowAndTellTheTime() {
        var world = seededWorld()
        let first = world.newID()
        let ids = (0..<5000).map { _ in world.newID() }
        #expect(ids.first ?? 0 > first)
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
        #expect(abs(Int64(first >> 22) + 1_420_070_400_000 - world.now) < 5)
    }

    @Test(arguments: [(0, "1970-01-01T00:00:00.000000+00:00"), (1_790_000_000_123, "2026-09-21T14:13:20.123000+00:00")])
    func timestamps(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp.text(milliseconds) == text)
        #expect(Timestamp.parse(text) == milliseconds / 1000 * 1000)
    }

    @Test func overwritesAndTimeoutsLimitPermissions() {
        var world = seededWorld()
        #expect(world.permissions(of: Seed.alice, in: world.channels[Seed.general]!) == Permission.all)
        world.channels[Seed.general]?.overwrites = [
            Overwrite(id: Seed.guild, type: 0, allow: 0, deny: Permission.sendMessages),
            Overwrite(id: Seed.cleo, type: 1, allow: Permission.sendMessages, deny: 0),
        ]
        let channel = world.channels[Seed.general]!
        #expect(world.permissions(of: Seed.bob, in: channel) & Permission.sendMessages == 0)
        #expect(world.permissions(of: Seed.bob, in: channel) & Permission.attachFiles == 0)
        #expect(world.permissions(of: Seed.cleo, in: channel) & Permission.sendMessages != 0)
        world.guilds[Seed.guild]?.members[Seed.cleo]?.timedOutUntil = world.now + 1000
        #expect(world.permissions(of: Seed.cleo, in: channel) == Permission.viewChannel | Permission.readHistory)
    }

    @Test func messagesAreCreatedEditedAndDeleted() throws {
        var world = seededWorld()
        let sent = try world.rest("POST", "/channels/\(Seed.general)/messages", ["content": "hi <@\(Seed.alice)>"])
        let id = try #require(sent.body?["id"]?.snowflake)
        #expect(sent.body?["mentions"]?[0]?["id"] == .id(Seed.alice))
        let edited = try world.rest("PATCH", "/channels/\(Seed.general)/messages/\(id)", ["content": "new"])
        #expect(edited.body?["content"] == "new")
        #expect(edited.body?["edited_timestamp"]?.isNull == false)
        #expect(try world.rest("DELETE", "/channels/\(Seed.general)/messages/\(id)").status == 204)
        let gone = #expect(throws: APIError.self) { try world.rest("GET", "/channels/\(Seed.general)/messages/\(id)") }
        #expect(gone?.code == 10008)
    }

    @Test func sameNonceMakesOneMessage() throws {
        var world = seededWorld()
        let body: JSON = ["content": "x", "nonce": "1", "enforce_nonce": true]
        let first = try world.rest("POST", "/channels/\(Seed.general)/messages", body)
        let second = try world.rest("POST", "/channels/\(Seed.general)/messages", body)
        #expect(first.body?["id"] == second.body?["id"])
        #expect(world.channels[Seed.general]?.messages.count == 1)
    }

    @Test func keepsABoundedNumberOfMessages() throws {
        var world = seededWorld()
        world.messagesKept = 10
        for number in 0..<25 {
            _ = try world.rest("POST", "/channels/\(Seed.general)/messages", ["content": .string("\(number)")])
        }
        #expect(world.channels[Seed.general]?.messages.map(\.content) == (15..<25).map(String.init))
    }

    @Test(arguments: [
        ("GET", "/nowhere", 404, 0), ("PUT", "/users/@me", 405, 0), ("GET", "/channels/1", 404, 10003),
        ("GET", "/guilds/1", 404, 10004), ("GET", "/users/1", 404, 10013), ("GET", "/channels/x", 400, 50035),
        ("GET", "/guilds/1000000000000000100/members/1", 404, 10007),
        ("GET", "/guilds/1000000000000000100/voice-states/@me", 404, 10065),
        ("GET", "/applications/1000000000000000002/commands", 403, 20012),
        ("POST", "/channels/1000000000000000111/messages", 400, 50006),
        ("POST", "/channels/1000000000000000120/messages", 400, 50008),
        ("PATCH", "/guilds/1000000000000000100/members/1000000000000000202", 400, 40032),
    ])
    func errors(_ method: String, _ path: String, _ status: Int, _ code: Int64) {
        var world = seededWorld()
        let body: JSON = method == "PATCH" ? ["channel_id": nil] : [:]
        let error = #expect(throws: APIError.self) { try world.rest(method, path, body) }
        #expect(error?.status == status)
        #expect(error?.code == code)
    }

    @Test func bulkOverwriteKeepsUnchangedCommands() throws {
        var world = seededWorld()
        let before = try world.register([playCommand, ["name": "stop", "description": "Stops"]])
        let after = try world.register([playCommand, ["name": "skip", "description": "Skips"]])
        #expect(before[0].id == after[0].id)
        #expect(before[0].version == after[0].version)
        #expect(before[1].id != after[1].id)
        #expect(try world.rest("GET", "/applications/\(Seed.bot)/commands").body?.array?.count == 2)
        let changed = try world.register([playCommand.merging(["description": "Other"])])
        #expect(changed[0].id == before[0].id)
        #expect(changed[0].version != before[0].version)
    }

    @Test func voiceNeedsPermissionAndRoom() throws {
        var world = seededWorld()
        func join(_ user: ID, _ world: inout World) -> [WorldEvent] {
            world.apply(at: world.now) { (world: inout World) throws(APIError) in
                world.changeVoice(
                    user: user, guild: Seed.guild, channel: Seed.lounge, selfMute: false, selfDeaf: false, session: "s")
            }.1
        }
        world.channels[Seed.lounge]?.userLimit = 1
        #expect(names(join(Seed.bob, &world)) == ["VOICE_STATE_UPDATE"])
        #expect(join(Seed.cleo, &world).isEmpty)
        #expect(names(join(Seed.bot, &world)) == ["VOICE_STATE_UPDATE", "VOICE_SERVER_UPDATE"])
        world.channels[Seed.lounge]?.overwrites = [
            Overwrite(id: Seed.guild, type: 0, allow: 0, deny: Permission.connect)
        ]
        world.channels[Seed.lounge]?.userLimit = 0
        #expect(join(Seed.cleo, &world).isEmpty)
    }

    @Test func movingABotGivesItANewToken() throws {
        var world = seededWorld()
        let place = VoicePlace(guild: Seed.guild, user: Seed.bot)
        _ = try world.must { (world: inout World) throws(APIError) in
            world.changeVoice(
                user: Seed.bot, guild: Seed.guild, channel: Seed.lounge, selfMute: false, selfDeaf: true, session: "s")
        }
        let first = world.voiceGrants[place]
        let (_, events) = try world.must { (world: inout World) throws(APIError) in
            try world.editMember(Seed.bot, in: Seed.guild, ["channel_id": .id(Seed.studio)], by: Seed.alice)
        }
        #expect(names(events) == ["VOICE_STATE_UPDATE", "VOICE_SERVER_UPDATE"])
        #expect(world.voiceGrants[place]?.token != first?.token)
        #expect(data("VOICE_STATE_UPDATE", events)?["self_deaf"] == true)
    }
}
