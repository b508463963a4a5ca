extension World {
    /// The guild, if the user is a member.
    func guild(_ id: ID, for user: ID) throws(APIError) -> Guild {
        guard let guild = guilds[id] else { throw .unknownGuild }
        guard guild.members[user] != nil else { throw .missingAccess }
        return guild
    }

    /// Throws 50013 unless the user has the permissions in the guild.
    func require(_ wanted: UInt64, of user: ID, in guild: Guild) throws(APIError) {
        if guild.permissions(of: user) & wanted != wanted { throw .missingPermissions }
    }

    /// The position of somebody's highest role.
    func rank(of user: ID, in guild: Guild) -> Int64 {
        if guild.owner == user { return .max }
        return (guild.members[user]?.roles ?? []).compactMap { guild.roles[$0]?.position }.max() ?? 0
    }

    mutating func addMember(_ user: ID, to guildID: ID, roles: [ID] = []) {
        let member = Member(user: user, roles: roles, joinedAt: now)
        guilds[guildID]?.members[user] = member
        tell(
            guild: guildID, "GUILD_MEMBER_ADD", intent: Intent.members,
            memberJSON(member).merging(["guild_id": .id(guildID)]))
    }

    mutating func removeMember(_ user: ID, from guildID: ID) {
        if let state = guilds[guildID]?.voiceStates[user] { leaveVoice(state) }
        tell(
            guild: guildID, "GUILD_MEMBER_REMOVE", intent: Intent.members,
            ["guild_id": .id(guildID), "user": userJSON(user)])
        if accounts[user]?.isBot == true {
            emit(
                .dispatch(
                    Dispatch(
                        name: "GUILD_DELETE", data: ["id": .id(guildID)], audience: .bot(user, guildID),
                        intent: Intent.guilds)))
        }
        guilds[guildID]?.members[user] = nil
    }

    mutating func announceMember(_ user: ID, in guildID: ID) {
        guard let member = guilds[guildID]?.members[user] else { return }
        tell(
            guild: guildID, "GUILD_MEMBER_UPDATE", intent: Intent.members,
            memberJSON(member).merging(["guild_id": .id(guildID)]), own: user)
    }

    /// PATCH of a member: nick, roles, timeout, and voice mute, deafen, move and disconnect.
    mutating func editMember(_ target: ID, in guildID: ID, _ body: JSON, by actor: ID) throws(APIError) -> Member {
        let guild = try guild(guildID, for: actor)
        guard var member = guild.members[target] else { throw .unknownMember }
        var changed = false
        if let nick = body["nick"] {
            try require(target == actor ? Permission.changeNickname : Permission.manageNicknames, of: actor, in: guild)
            if target != actor && rank(of: target, in: guild) >= rank(of: actor, in: guild) {
                throw .missingPermissions
            }
            let text = nick.string ?? ""
            if text.unicodeScalars.count > 32 {
                throw .form(["nick"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.")
            }
            member.nick = text.isEmpty ? nil : text
            changed = true
        }
        if let roles = body["roles"]?.array {
            try require(Permission.manageRoles, of: actor, in: guild)
            member.roles = roles.compactMap(\.snowflake).filter { guild.roles[$0] != nil && $0 != guildID }
            changed = true
        }
        if let until = body["communication_disabled_until"] {
            try require(Permission.moderateMembers, of: actor, in: guild)
            member.timedOutUntil = until.string.flatMap { Timestamp.parse($0) }
            changed = true
        }
        let voice = guild.voiceStates[target]
        if voice == nil && ["mute", "deaf", "channel_id"].contains(where: { body[$0] != nil }) { throw .notInVoice }
        if let mute = body["mute"]?.bool {
            try require(Permission.muteMembers, of: actor, in: guild)
            member.mute = mute
        }
        if let deaf = body["deaf"]?.bool {
            try require(Permission.deafenMembers, of: actor, in: guild)
            member.deaf = deaf
        }
        guilds[guildID]?.members[target] = member
        if changed { announceMember(target, in: guildID) }
        if var state = voice, state.mute != member.mute || state.deaf != member.deaf {
            state.mute = member.mute
            state.deaf = member.deaf
            guilds[guildID]?.voiceStates[target] = state
            tellVoice(state)
            emit(.voice(.changed(state)))
        }
        if let move = body["channel_id"], let state = voice {
            try require(Permission.moveMembers, of: actor, in: guild)
            if move.isNull {
                leaveVoice(state)
            } else if let channel = move.snowflake {
                guard channels[channel]?.guild == guildID else { throw .unknownChannel }
                changeVoice(
                    user: target, guild: guildID, channel: channel, selfMute: state.selfMute, selfDeaf: state.selfDeaf,
                    session: state.session, byForce: true)
            }
        }
        return member
    }

    mutating func createRole(in guildID: ID, _ body: JSON) -> Role {
        var role = Role(id: newID(), name: body["name"]?.string ?? "new role", permissions: Permission.everyone)
        role.position = (guilds[guildID]?.roles.values.map(\.position).max() ?? 0) + 1
        apply(body, to: &role)
        guilds[guildID]?.roles[role.id] = role
        announceRole(role, in: guildID, "GUILD_ROLE_CREATE")
        return role
    }

    func apply(_ body: JSON, to role: inout Role) {
        if let name = body["name"]?.string { role.name = name }
        if let bits = body["permissions"]?.snowflake { role.permissions = bits }
        if let color = body["colors"]?["primary_color"]?.integer ?? body["color"]?.integer { role.color = color }
        if let hoist = body["hoist"]?.bool { role.hoist = hoist }
        if let mentionable = body["mentionable"]?.bool { role.mentionable = mentionable }
    }

    mutating func announceRole(_ role: Role, in guildID: ID, _ name: String) {
        tell(
            guild: guildID, name, intent: Intent.guilds, ["guild_id": .id(guildID), "role": roleJSON(role)])
    }

    mutating func deleteRole(_ role: ID, in guildID: ID) {
        guilds[guildID]?.roles[role] = nil
        for user in (guilds[guildID]?.members ?? [:]).keys {
            guilds[guildID]?.members[user]?.roles.removeAll { $0 == role }
        }
        tell(
            guild: guildID, "GUILD_ROLE_DELETE", intent: Intent.guilds,
            ["guild_id": .id(guildID), "role_id": .id(role)])
    }

    mutating func createChannel(in guildID: ID, _ body: JSON) throws(APIError) -> Channel {
        guard let name = body["name"]?.string, (1...100).contains(name.unicodeScalars.count) else {
            throw .form(["name"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        }
        if (guilds[guildID]?.channels.count ?? 0) >= 500 {
            throw APIError(status: 400, code: 30013, message: "Maximum number of server channels reached (500)")
        }
        var channel = Channel(id: newID(), type: body["type"]?.integer ?? 0, guild: guildID, name: name)
        try apply(body, to: &channel)
        channels[channel.id] = channel
        guilds[guildID]?.channels.append(channel.id)
        tell(guild: guildID, "CHANNEL_CREATE", intent: Intent.guilds, channelJSON(channel), channel: channel.id)
        return channel
    }

    /// Applies the fields of a channel PATCH or POST.
    func apply(_ body: JSON, to channel: inout Channel) throws(APIError) {
        var errors = FormErrors()
        if let name = body["name"]?.string {
            if !(1...100).contains(name.unicodeScalars.count) { errors.length(["name"], 1, 100) }
            channel.name = channel.isVoice || channel.type == 4 ? name : name.lowercased().replacing(" ", with: "-")
        }
        if let position = body["position"]?.integer { channel.position = position }
        if let topic = body["topic"] {
            if (topic.string ?? "").unicodeScalars.count > 1024 { errors.length(["topic"], 0, 1024) }
            channel.topic = topic.string
        }
        if let nsfw = body["nsfw"]?.bool { channel.nsfw = nsfw }
        if let seconds = body["rate_limit_per_user"]?.integer { channel.rateLimitPerUser = seconds }
        if let bitrate = body["bitrate"]?.integer {
            if !(8000...96000).contains(bitrate) {
                errors.add(["bitrate"], "NUMBER_TYPE_MAX", "int value should be between 8000 and 96000.")
            }
            channel.bitrate = bitrate
        }
        if let limit = body["user_limit"]?.integer {
            if !(0...99).contains(limit) {
                errors.add(["user_limit"], "NUMBER_TYPE_MAX", "int value should be less than or equal to 99.")
            }
            channel.userLimit = limit
        }
        if let region = body["rtc_region"] { channel.rtcRegion = region.string }
        if let parent = body["parent_id"] { channel.parent = parent.snowflake }
        if let overwrites = body["permission_overwrites"]?.array {
            channel.overwrites = overwrites.compactMap { item in
                item["id"]?.snowflake.map {
                    Overwrite(
                        id: $0, type: item["type"]?.integer ?? 0, allow: item["allow"]?.snowflake ?? 0,
                        deny: item["deny"]?.snowflake ?? 0)
                }
            }
        }
        if channel.thread != nil {
            if let archived = body["archived"]?.bool { channel.thread?.archived = archived }
            if let locked = body["locked"]?.bool { channel.thread?.locked = locked }
            if let minutes = body["auto_archive_duration"]?.integer { channel.thread?.autoArchive = minutes }
        }
        try errors.check()
    }

    mutating func announceChannel(_ id: ID) {
        guard let channel = channels[id], let guild = channel.guild else { return }
        tell(
            guild: guild, channel.isThread ? "THREAD_UPDATE" : "CHANNEL_UPDATE", intent: Intent.guilds,
            channelJSON(channel), channel: id)
    }

    /// Everybody in the channel leaves voice first.
    mutating func deleteChannel(_ channel: Channel) {
        guard let guild = channel.guild else { return }
        for state in (guilds[guild]?.voiceStates ?? [:]).values where state.channel == channel.id { leaveVoice(state) }
        tell(
            guild: guild, channel.isThread ? "THREAD_DELETE" : "CHANNEL_DELETE", intent: Intent.guilds,
            channelJSON(channel), channel: channel.id)
        guilds[guild]?.channels.removeAll { $0 == channel.id }
        channels[channel.id] = nil
    }

    /// Starts a thread, from a message or by itself.
    mutating func createThread(
        in parent: Channel, from message: Message?, _ body: JSON, by owner: ID
    ) throws(APIError) -> Channel {
        guard let guild = parent.guild else { throw .wrongChannelType }
        guard let name = body["name"]?.string, (1...100).contains(name.unicodeScalars.count) else {
            throw .form(["name"], "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
        }
        if let message, channels[message.id] != nil {
            throw APIError(status: 400, code: 160004, message: "A thread has already been created for this message")
        }
        let type: Int64 = message != nil ? 11 : body["type"]?.integer ?? 12
        var channel = Channel(id: message?.id ?? newID(), type: type, guild: guild, name: name)
        channel.parent = parent.id
        var thread = ThreadState(owner: owner, createdAt: now, archivedAt: now)
        thread.members = [owner]
        if let minutes = body["auto_archive_duration"]?.integer {
            guard [60, 1440, 4320, 10080].contains(minutes) else {
                throw .form(
                    ["auto_archive_duration"], "BASE_TYPE_CHOICES", "Value must be one of {60, 1440, 4320, 10080}.")
            }
            thread.autoArchive = minutes
        }
        channel.thread = thread
        channels[channel.id] = channel
        guilds[guild]?.channels.append(channel.id)
        tell(
            guild: guild, "THREAD_CREATE", intent: Intent.guilds,
            channelJSON(channel).merging(["newly_created": true]), channel: channel.id)
        return channel
    }
}
