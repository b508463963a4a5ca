extension Endpoint {
    /// Channels, overwrites, threads and the voice channel status.
    static let channels: [Endpoint] = [
        Endpoint("GET", "/channels/{channel}") { world, call throws(APIError) in
            .ok(world.channelJSON(try world.visibleChannel(try call.id("channel"), to: call.me)))
        },
        Endpoint("PATCH", "/channels/{channel}") { world, call throws(APIError) in
            var channel = try managed(world, call)
            try world.apply(call.body, to: &channel)
            world.channels[channel.id] = channel
            world.announceChannel(channel.id)
            if call.body["rtc_region"] != nil, channel.isVoice, let guild = channel.guild {
                let states = (world.guilds[guild]?.voiceStates ?? [:]).values.filter { $0.channel == channel.id }
                for state in states { world.moveVoiceServer(VoicePlace(guild: guild, user: state.user)) }
            }
            return .ok(world.channelJSON(channel))
        },
        Endpoint("DELETE", "/channels/{channel}") { world, call throws(APIError) in
            let channel = try managed(world, call)
            world.deleteChannel(channel)
            return .ok(world.channelJSON(channel))
        },
        Endpoint("PUT", "/channels/{channel}/permissions/{overwrite}") { world, call throws(APIError) in
            var channel = try managed(world, call)
            let id = try call.id("overwrite")
            channel.overwrites.removeAll { $0.id == id }
            channel.overwrites.append(
                Overwrite(
                    id: id, type: call.body["type"]?.integer ?? 0, allow: call.body["allow"]?.snowflake ?? 0,
                    deny: call.body["deny"]?.snowflake ?? 0))
            world.channels[channel.id] = channel
            world.announceChannel(channel.id)
            return .empty
        },
        Endpoint("DELETE", "/channels/{channel}/permissions/{overwrite}") { world, call throws(APIError) in
            var channel = try managed(world, call)
            let id = try call.id("overwrite")
            channel.overwrites.removeAll { $0.id == id }
            world.channels[channel.id] = channel
            world.announceChannel(channel.id)
            return .empty
        },
        Endpoint("PUT", "/channels/{channel}/voice-status") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            guard channel.isVoice, let guild = channel.guild else { throw .wrongChannelType }
            var wanted = Permission.setVoiceStatus
            if world.guilds[guild]?.voiceStates[call.me]?.channel != channel.id { wanted |= Permission.manageChannels }
            try world.require(wanted, of: call.me, in: channel)
            let status = call.body["status"]?.string
            if (status ?? "").unicodeScalars.count > 500 {
                throw .form(["status"], "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 500 in length.")
            }
            world.channels[channel.id]?.status = status
            world.tell(
                guild: guild, "VOICE_CHANNEL_STATUS_UPDATE", intent: Intent.guilds,
                ["id": .id(channel.id), "guild_id": .id(guild), "status": .text(status)], channel: channel.id)
            return .empty
        },
        Endpoint("POST", "/channels/{channel}/messages/{message}/threads") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            guard let message = world.message(try call.id("message"), in: channel.id) else { throw .unknownMessage }
            try world.require(Permission.createPublicThreads, of: call.me, in: channel)
            return .created(
                world.channelJSON(try world.createThread(in: channel, from: message, call.body, by: call.me)))
        },
        Endpoint("POST", "/channels/{channel}/threads") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            let isPublic = call.body["type"]?.integer == 11
            try world.require(
                isPublic ? Permission.createPublicThreads : Permission.createPrivateThreads, of: call.me, in: channel)
            return .created(world.channelJSON(try world.createThread(in: channel, from: nil, call.body, by: call.me)))
        },
        Endpoint("PUT", "/channels/{channel}/thread-members/{user}") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            guard channel.thread != nil else { throw .wrongChannelType }
            let user = call.parameters["user"] == "@me" ? call.me : try call.id("user")
            if channel.thread?.members.contains(user) == false {
                world.channels[channel.id]?.thread?.members.append(user)
            }
            return .empty
        },
        Endpoint("DELETE", "/channels/{channel}/thread-members/{user}") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            guard channel.thread != nil else { throw .wrongChannelType }
            let user = call.parameters["user"] == "@me" ? call.me : try call.id("user")
            world.channels[channel.id]?.thread?.members.removeAll { $0 == user }
            return .empty
        },
        Endpoint("GET", "/channels/{channel}/thread-members") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            guard let thread = channel.thread else { throw .wrongChannelType }
            return .ok(
                .array(
                    thread.members.map {
                        [
                            "id": .id(channel.id), "user_id": .id($0),
                            "join_timestamp": Timestamp.json(thread.createdAt), "flags": 0,
                        ]
                    }))
        },
        Endpoint("GET", "/guilds/{guild}/threads/active") { world, call throws(APIError) in
            let guild = try world.guild(try call.id("guild"), for: call.me)
            let threads = guild.channels.compactMap { world.channels[$0] }.filter { $0.thread?.archived == false }
            return .ok(["threads": .array(threads.map { world.channelJSON($0) }), "members": []])
        },
        Endpoint("GET", "/channels/{channel}/threads/archived/{kind}") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            let threads = world.channels.values.filter { $0.parent == channel.id && $0.thread?.archived == true }
            return .ok(["threads": .array(threads.map { world.channelJSON($0) }), "members": [], "has_more": false])
        },
        Endpoint("GET", "/channels/{channel}/invites") { _, _ throws(APIError) in .ok([]) },
        Endpoint("GET", "/channels/{channel}/webhooks") { _, _ throws(APIError) in .ok([]) },
    ]

    private static func managed(_ world: World, _ call: RESTCall) throws(APIError) -> Channel {
        let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
        guard channel.guild != nil else {
            throw APIError(status: 403, code: 50003, message: "Cannot execute action on a DM channel")
        }
        let wanted = channel.isThread ? Permission.manageThreads : Permission.manageChannels
        if channel.thread?.owner != call.me { try world.require(wanted, of: call.me, in: channel) }
        return channel
    }
}
