extension Endpoint {
    /// Guilds, members, roles, bans and voice states.
    static let guilds: [Endpoint] = [
        Endpoint("GET", "/guilds/{guild}") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            var json = world.guildJSON(guild)
            if call.flag("with_counts") {
                json["approximate_member_count"] = .number(guild.members.count)
                json["approximate_presence_count"] = .number(guild.members.count)
            }
            return .ok(json)
        },
        Endpoint("GET", "/guilds/{guild}/preview") { world, call throws(APIError) in
            .ok(world.guildJSON(try world.guild(try call.id("guild"), for: call.me)))
        },
        Endpoint("GET", "/guilds/{guild}/channels") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            let list = guild.channels.compactMap { world.channels[$0] }.filter { !$0.isThread }
            return .ok(.array(list.map { world.channelJSON($0) }))
        },
        Endpoint("POST", "/guilds/{guild}/channels") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            try world.require(Permission.manageChannels, of: call.me, in: guild)
            return .created(world.channelJSON(try world.createChannel(in: guild.id, call.body)))
        },
        Endpoint("PATCH", "/guilds/{guild}/channels") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            try world.require(Permission.manageChannels, of: call.me, in: guild)
            for item in call.body.array ?? [] {
                guard let id = item["id"]?.snowflake, guild.channels.contains(id) else { throw .unknownChannel }
                if let position = item["position"]?.integer { world.channels[id]?.position = position }
                if let parent = item["parent_id"] { world.channels[id]?.parent = parent.snowflake }
                world.announceChannel(id)
            }
            return .empty
        },
        Endpoint("GET", "/guilds/{guild}/members/{user}") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            guard let member = guild.members[try call.id("user")] else { throw .unknownMember }
            return .ok(world.memberJSON(member))
        },
        Endpoint("GET", "/guilds/{guild}/members") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            let limit = try call.count("limit", 1...1000, default: 1)
            let after = call.query["after"].flatMap { UInt64($0) } ?? 0
            let list = guild.members.values.sorted { $0.user < $1.user }.filter { $0.user > after }.prefix(limit)
            return .ok(.array(list.map { world.memberJSON($0) }))
        },
        Endpoint("GET", "/guilds/{guild}/members/search") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            let limit = try call.count("limit", 1...1000, default: 1)
            let list = world.members(of: guild, named: call.query["query"] ?? "").prefix(limit)
            return .ok(.array(list.map { world.memberJSON($0) }))
        },
        Endpoint("PATCH", "/guilds/{guild}/members/@me") { world, call throws(APIError) in
            .ok(
                world.memberJSON(
                    try world.editMember(
                        call.me, in: try call.id("guild"), ["nick": call.body["nick"] ?? .null], by: call.me)))
        },
        Endpoint("PATCH", "/guilds/{guild}/members/{user}") { world, call throws(APIError) in
            .ok(
                world.memberJSON(
                    try world.editMember(try call.id("user"), in: try call.id("guild"), call.body, by: call.me)))
        },
        Endpoint("PUT", "/guilds/{guild}/members/{user}/roles/{role}") { world, call throws(APIError) in
            try changeRole(&world, call, true)
        },
        Endpoint("DELETE", "/guilds/{guild}/members/{user}/roles/{role}") { world, call throws(APIError) in
            try changeRole(&world, call, false)
        },
        Endpoint("DELETE", "/guilds/{guild}/members/{user}") { world, call throws(APIError) in
            let guild = try below(world, call, Permission.kickMembers)
            guard guild.members[try call.id("user")] != nil else { throw .unknownMember }
            world.removeMember(try call.id("user"), from: guild.id)
            return .empty
        },
        Endpoint("PUT", "/guilds/{guild}/bans/{user}") { world, call throws(APIError) in
            let guild = try below(world, call, Permission.banMembers)
            let user = try call.id("user")
            guard world.accounts[user] != nil else { throw .unknownUser }
            world.guilds[guild.id]?.bans[user] = .some(nil)
            world.tell(
                guild: guild.id, "GUILD_BAN_ADD", intent: Intent.moderation,
                ["guild_id": .id(guild.id), "user": world.userJSON(user)])
            if guild.members[user] != nil { world.removeMember(user, from: guild.id) }
            return .empty
        },
        Endpoint("DELETE", "/guilds/{guild}/bans/{user}") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            try world.require(Permission.banMembers, of: call.me, in: guild)
            let user = try call.id("user")
            guard guild.bans[user] != nil else { throw .unknownBan }
            world.guilds[guild.id]?.bans[user] = nil
            world.tell(
                guild: guild.id, "GUILD_BAN_REMOVE", intent: Intent.moderation,
                ["guild_id": .id(guild.id), "user": world.userJSON(user)])
            return .empty
        },
        Endpoint("GET", "/guilds/{guild}/bans") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            try world.require(Permission.banMembers, of: call.me, in: guild)
            return .ok(
                .array(
                    guild.bans.sorted { $0.key < $1.key }.map {
                        ["user": world.userJSON($0.key), "reason": .text($0.value)]
                    }))
        },
        Endpoint("GET", "/guilds/{guild}/roles") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            return .ok(.array(guild.roles.values.sorted { $0.position < $1.position }.map { world.roleJSON($0) }))
        },
        Endpoint("POST", "/guilds/{guild}/roles") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            try world.require(Permission.manageRoles, of: call.me, in: guild)
            if guild.roles.count >= 250 {
                throw APIError(status: 400, code: 30005, message: "Maximum number of guild roles reached (250)")
            }
            return .ok(world.roleJSON(world.createRole(in: guild.id, call.body)))
        },
        Endpoint("PATCH", "/guilds/{guild}/roles") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            try world.require(Permission.manageRoles, of: call.me, in: guild)
            for item in call.body.array ?? [] {
                guard let id = item["id"]?.snowflake, guild.roles[id] != nil else { throw .unknownRole }
                if let position = item["position"]?.integer { world.guilds[guild.id]?.roles[id]?.position = position }
            }
            let roles = (world.guilds[guild.id]?.roles ?? [:]).values.sorted { $0.position < $1.position }
            return .ok(.array(roles.map { world.roleJSON($0) }))
        },
        Endpoint("PATCH", "/guilds/{guild}/roles/{role}") { world, call throws(APIError) in
            var (guild, role) = try ownedRole(world, call)
            world.apply(call.body, to: &role)
            guild.roles[role.id] = role
            world.guilds[guild.id]?.roles[role.id] = role
            world.announceRole(role, in: guild.id, "GUILD_ROLE_UPDATE")
            return .ok(world.roleJSON(role))
        },
        Endpoint("DELETE", "/guilds/{guild}/roles/{role}") { world, call throws(APIError) in
            let (guild, role) = try ownedRole(world, call)
            world.deleteRole(role.id, in: guild.id)
            return .empty
        },
        Endpoint("GET", "/guilds/{guild}/voice-states/{user}") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            let user = call.parameters["user"] == "@me" ? call.me : try call.id("user")
            guard let state = guild.voiceStates[user] else { throw .unknownVoiceState }
            return .ok(world.voiceStateJSON(state, channel: state.channel))
        },
        Endpoint("PATCH", "/guilds/{guild}/voice-states/{user}") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            let user = call.parameters["user"] == "@me" ? call.me : try call.id("user")
            guard var state = guild.voiceStates[user] else { throw .unknownVoiceState }
            guard let channel = world.channels[state.channel], channel.type == ChannelType.stage else {
                throw .wrongChannelType
            }
            if user != call.me || call.body["suppress"]?.bool == false {
                try world.require(Permission.muteMembers, of: call.me, in: channel)
            }
            if let suppress = call.body["suppress"]?.bool { state.suppress = suppress }
            if let request = call.body["request_to_speak_timestamp"] {
                state.requestToSpeak = request.string.flatMap { Timestamp.parse($0) }
            }
            world.guilds[guild.id]?.voiceStates[user] = state
            world.tellVoice(state)
            world.emit(.voice(.changed(state)))
            return .empty
        },
        Endpoint("GET", "/guilds/{guild}/emojis") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/guilds/{guild}/stickers") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/guilds/{guild}/webhooks") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/guilds/{guild}/invites") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/guilds/{guild}/scheduled-events") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/guilds/{guild}/soundboard-sounds") { _, _ throws(APIError) in .ok(["items": []]) },
    ]

    private static func below(_ world: World, _ call: RESTCall, _ wanted: UInt64) throws(APIError) -> Guild {
        let guild = try world.guild(try call.id("guild"), for: call.me)
        try world.require(wanted, of: call.me, in: guild)
        if world.rank(of: try call.id("user"), in: guild) >= world.rank(of: call.me, in: guild) {
            throw .missingPermissions
        }
        return guild
    }

    private static func ownedRole(_ world: World, _ call: RESTCall) throws(APIError) -> (Guild, Role) {
        let guild = try world.guild(try call.id("guild"), for: call.me)
        try world.require(Permission.manageRoles, of: call.me, in: guild)
        guard let role = guild.roles[try call.id("role")] else { throw .unknownRole }
        if role.position >= world.rank(of: call.me, in: guild) { throw .missingPermissions }
        return (guild, role)
    }

    private static func changeRole(_ world: inout World, _ call: RESTCall, _ isHeld: Bool) throws(APIError)
        -> RESTAnswer
    {
        let (guild, role) = try ownedRole(world, call)
        let user = try call.id("user")
        guard guild.members[user] != nil else { throw .unknownMember }
        world.guilds[guild.id]?.members[user]?.roles.removeAll { $0 == role.id }
        if isHeld { world.guilds[guild.id]?.members[user]?.roles.append(role.id) }
        world.announceMember(user, in: guild.id)
        return .empty
    }
}

extension World {
    /// Members whose name or nick starts with a text.
    func members(of guild: Guild, named prefix: String) -> [Member] {
        let wanted = prefix.lowercased()
        return guild.members.values.sorted { $0.user < $1.user }.filter { member in
            let account = accounts[member.user]
            return [member.nick, account?.username, account?.globalName].contains {
                $0?.lowercased().hasPrefix(wanted) ?? false
            }
        }
    }
}
