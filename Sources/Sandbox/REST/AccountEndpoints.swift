extension Endpoint {
    /// Users, applications and the facts libraries fetch at start.
    static let account: [Endpoint] = [
        Endpoint("GET", "/users/@me") { world, call throws(APIError) in .ok(world.ownUserJSON(call.me)) },
        Endpoint("PATCH", "/users/@me") { world, call throws(APIError) in
            if let name = call.body["username"]?.string {
                guard (2...32).contains(name.count) else {
                    throw .form(["username"], "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 32 in length.")
                }
                world.accounts[call.me]?.username = name
            }
            let user = world.ownUserJSON(call.me)
            world.emit(.dispatch(Dispatch(name: "USER_UPDATE", data: user, audience: .bot(call.me, nil), intent: 0)))
            return .ok(user)
        },
        Endpoint("GET", "/users/{user}") { world, call throws(APIError) in
            let id = try call.id("user")
            guard world.accounts[id] != nil else { throw .unknownUser }
            return .ok(world.userJSON(id))
        },
        Endpoint("GET", "/users/@me/guilds") { world, call throws(APIError) in
            let limit = try call.count("limit", 1...200, default: 200)
            let after = call.query["after"].flatMap { UInt64($0) } ?? 0
            let before = call.query["before"].flatMap { UInt64($0) } ?? .max
            let guilds = world.guilds(of: call.me).filter { $0.id > after && $0.id < before }.prefix(limit)
            return .ok(
                .array(
                    guilds.map { guild in
                        [
                            "id": .id(guild.id), "name": .string(guild.name), "icon": nil, "banner": nil,
                            "owner": .bool(guild.owner == call.me), "features": [],
                            "permissions": .string(String(guild.permissions(of: call.me))),
                            "approximate_member_count": .number(guild.members.count),
                            "approximate_presence_count": .number(guild.members.count),
                        ]
                    }))
        },
        Endpoint("DELETE", "/users/@me/guilds/{guild}") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            world.removeMember(call.me, from: guild.id)
            return .empty
        },
        Endpoint("POST", "/users/@me/channels") { world, call throws(APIError) in
            guard let id = call.body["recipient_id"]?.snowflake, let account = world.accounts[id], !account.isBot else {
                throw APIError(status: 400, code: 50033, message: "Invalid Recipient(s)")
            }
            return .ok(world.channelJSON(world.openDirect(call.me, id)))
        },
        Endpoint("GET", "/applications/@me") { world, call throws(APIError) in try application(world, call) },
        Endpoint("GET", "/oauth2/applications/@me") { world, call throws(APIError) in try application(world, call) },
        Endpoint("PATCH", "/applications/@me") { world, call throws(APIError) in try application(world, call) },
        Endpoint("GET", "/voice/regions") { _, _ throws(APIError) in
            .ok([
                ["id": "sandbox-a", "name": "Sandbox A", "optimal": true, "deprecated": false, "custom": false],
                ["id": "sandbox-b", "name": "Sandbox B", "optimal": false, "deprecated": false, "custom": false],
            ])
        },
        Endpoint("GET", "/soundboard-default-sounds") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/sticker-packs") { _, _ throws(APIError) in .ok(["sticker_packs": []]) },
        Endpoint("GET", "/applications/{application}/emojis") { _, _ throws(APIError) in .ok(["items": []]) },
        Endpoint("GET", "/applications/{application}/entitlements") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/applications/{application}/skus") { _, _ throws(APIError) in .ok([]) },
    ]

    private static func application(_ world: World, _ call: RESTCall) throws(APIError) -> RESTAnswer {
        guard let application = world.applications[call.me] else { throw .unauthorized }
        return .ok(world.applicationJSON(application))
    }
}
