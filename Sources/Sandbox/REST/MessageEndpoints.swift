extension Endpoint {
    /// Messages, reactions, pins and typing.
    static let messages: [Endpoint] = [
        Endpoint("GET", "/channels/{channel}/messages") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            let limit = try call.count("limit", 1...100, default: 50)
            if world.permissions(of: call.me, in: channel) & Permission.readHistory == 0 { return .ok([]) }
            let all = channel.messages.filter { !$0.isEphemeral }
            let picked: [Message]
            if let before = call.query["before"].flatMap({ UInt64($0) }) {
                picked = Array(all.filter { $0.id < before }.suffix(limit))
            } else if let after = call.query["after"].flatMap({ UInt64($0) }) {
                picked = Array(all.filter { $0.id > after }.prefix(limit))
            } else if let around = call.query["around"].flatMap({ UInt64($0) }) {
                let older = all.filter { $0.id <= around }.suffix(limit / 2 + 1)
                picked = Array((older + all.filter { $0.id > around }.prefix(limit / 2)).prefix(limit))
            } else {
                picked = Array(all.suffix(limit))
            }
            return .ok(.array(picked.reversed().map { world.messageJSON($0, viewer: call.me) }))
        },
        Endpoint("POST", "/channels/{channel}/messages") { world, call throws(APIError) in
            let form = try MessageForm.read(call.body, files: call.files, purpose: .create)
            let message = try world.postMessage(form, in: try call.id("channel"), by: call.me)
            return .ok(world.messageJSON(message, viewer: call.me))
        },
        Endpoint("GET", "/channels/{channel}/messages/{message}") { world, call throws(APIError) in
            let (_, message) = try find(world, call)
            return .ok(world.messageJSON(message, viewer: call.me))
        },
        Endpoint("PATCH", "/channels/{channel}/messages/{message}") { world, call throws(APIError) in
            let (channel, message) = try find(world, call)
            if message.author != call.me {
                let onlyFlags = Set(call.body.object.map { Array($0.keys) } ?? []).subtracting(["flags"]).isEmpty
                guard onlyFlags else { throw .othersMessage }
                try world.require(Permission.manageMessages, of: call.me, in: channel)
            }
            let form = try MessageForm.read(call.body, files: call.files, purpose: .edit, existing: message)
            return .ok(world.messageJSON(try world.editMessage(message, form), viewer: call.me))
        },
        Endpoint("DELETE", "/channels/{channel}/messages/{message}") { world, call throws(APIError) in
            let (channel, message) = try find(world, call)
            if message.author != call.me { try world.require(Permission.manageMessages, of: call.me, in: channel) }
            world.deleteMessage(message)
            return .empty
        },
        Endpoint("POST", "/channels/{channel}/messages/bulk-delete") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            try world.require(Permission.manageMessages, of: call.me, in: channel)
            let ids = (call.body["messages"]?.array ?? []).compactMap(\.snowflake)
            guard (2...100).contains(ids.count) else {
                throw APIError(
                    status: 400, code: 50016,
                    message:
                        "Provided too few or too many messages to delete. Must provide at least 2 and at most 100 messages to delete"
                )
            }
            let oldest = UInt64(max(0, world.now - 1_209_600_000 - 1_420_070_400_000)) << 22
            if ids.contains(where: { $0 < oldest }) {
                throw APIError(status: 400, code: 50034, message: "A message provided was too old to bulk delete")
            }
            world.channels[channel.id]?.messages.removeAll { ids.contains($0.id) }
            guard let guild = channel.guild else { return .empty }
            world.tell(
                guild: guild, "MESSAGE_DELETE_BULK", intent: Intent.guildMessages,
                ["ids": .ids(ids), "channel_id": .id(channel.id), "guild_id": .id(guild)], channel: channel.id)
            return .empty
        },
        Endpoint("POST", "/channels/{channel}/messages/{message}/crosspost") { world, call throws(APIError) in
            let (channel, message) = try find(world, call)
            guard channel.type == 5 else { throw .wrongChannelType }
            return .ok(world.messageJSON(message, viewer: call.me))
        },
        Endpoint("POST", "/channels/{channel}/typing") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            try world.require(Permission.sendMessages, of: call.me, in: channel)
            world.type(call.me, in: channel)
            return .empty
        },
        Endpoint("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me") {
            world, call throws(APIError) in
            let (channel, message) = try find(world, call)
            let emoji = try Emoji.read(call.parameters["emoji"] ?? "")
            try world.require(Permission.readHistory, of: call.me, in: channel)
            if !message.reactions.contains(where: { $0.key == emoji.key }) {
                try world.require(Permission.addReactions, of: call.me, in: channel)
            }
            try world.react(call.me, emoji, to: message)
            return .empty
        },
        Endpoint("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me") {
            world, call throws(APIError) in
            let (_, message) = try find(world, call)
            world.unreact(call.me, try Emoji.read(call.parameters["emoji"] ?? "").key, from: message)
            return .empty
        },
        Endpoint("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/{user}") {
            world, call throws(APIError) in
            let (channel, message) = try find(world, call)
            try world.require(Permission.manageMessages, of: call.me, in: channel)
            world.unreact(try call.id("user"), try Emoji.read(call.parameters["emoji"] ?? "").key, from: message)
            return .empty
        },
        Endpoint("GET", "/channels/{channel}/messages/{message}/reactions/{emoji}") { world, call throws(APIError) in
            let (_, message) = try find(world, call)
            let limit = try call.count("limit", 1...100, default: 25)
            let after = call.query["after"].flatMap { UInt64($0) } ?? 0
            let key = try Emoji.read(call.parameters["emoji"] ?? "").key
            let users = message.reactions.first { $0.key == key }?.users ?? []
            return .ok(.array(users.sorted().filter { $0 > after }.prefix(limit).map { world.userJSON($0) }))
        },
        Endpoint("DELETE", "/channels/{channel}/messages/{message}/reactions") { world, call throws(APIError) in
            try clearReactions(&world, call, only: nil)
        },
        Endpoint("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}") { world, call throws(APIError) in
            try clearReactions(&world, call, only: try Emoji.read(call.parameters["emoji"] ?? ""))
        },
        Endpoint("GET", "/channels/{channel}/messages/pins") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            let limit = try call.count("limit", 1...50, default: 50)
            let before = call.query["before"].flatMap { Timestamp.parse($0) } ?? .max
            let pins = channel.pins.filter { $0.at < before }.reversed()
            let items: [JSON] = pins.prefix(limit).compactMap { pin in
                world.message(pin.message, in: channel.id).map {
                    ["pinned_at": Timestamp.json(pin.at), "message": world.messageJSON($0, viewer: call.me)]
                }
            }
            return .ok(["items": .array(items), "has_more": .bool(pins.count > limit)])
        },
        Endpoint("GET", "/channels/{channel}/pins") { world, call throws(APIError) in
            let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
            let messages = channel.pins.reversed().compactMap { world.message($0.message, in: channel.id) }
            return .ok(.array(messages.map { world.messageJSON($0, viewer: call.me) }))
        },
        Endpoint("PUT", "/channels/{channel}/messages/pins/{message}") { world, call throws(APIError) in
            try pin(&world, call, true)
        },
        Endpoint("DELETE", "/channels/{channel}/messages/pins/{message}") { world, call throws(APIError) in
            try pin(&world, call, false)
        },
        Endpoint("PUT", "/channels/{channel}/pins/{message}") { world, call throws(APIError) in
            try pin(&world, call, true)
        },
        Endpoint("DELETE", "/channels/{channel}/pins/{message}") { world, call throws(APIError) in
            try pin(&world, call, false)
        },
    ]

    private static func find(_ world: World, _ call: RESTCall) throws(APIError) -> (Channel, Message) {
        let channel = try world.visibleChannel(try call.id("channel"), to: call.me)
        guard let message = world.message(try call.id("message"), in: channel.id), !message.isEphemeral else {
            throw .unknownMessage
        }
        return (channel, message)
    }

    private static func clearReactions(_ world: inout World, _ call: RESTCall, only emoji: Emoji?) throws(APIError)
        -> RESTAnswer
    {
        var (channel, message) = try find(world, call)
        try world.require(Permission.manageMessages, of: call.me, in: channel)
        message.reactions.removeAll { emoji == nil || $0.key == emoji?.key }
        world.store(message)
        var data: JSON = ["channel_id": .id(channel.id), "message_id": .id(message.id), "guild_id": .id(channel.guild)]
        if let emoji { data["emoji"] = emoji.json }
        if let guild = channel.guild {
            world.tell(
                guild: guild, emoji == nil ? "MESSAGE_REACTION_REMOVE_ALL" : "MESSAGE_REACTION_REMOVE_EMOJI",
                intent: Intent.guildReactions, data, channel: channel.id)
        }
        return .empty
    }

    private static func pin(_ world: inout World, _ call: RESTCall, _ isPinned: Bool) throws(APIError) -> RESTAnswer {
        var (channel, message) = try find(world, call)
        if channel.guild != nil { try world.require(Permission.pinMessages, of: call.me, in: channel) }
        if isPinned && channel.pins.count >= 250 {
            throw APIError(status: 400, code: 30003, message: "Maximum number of pins reached for the channel (250)")
        }
        message.pinned = isPinned
        world.store(message)
        world.channels[channel.id]?.pins.removeAll { $0.message == message.id }
        if isPinned {
            world.channels[channel.id]?.pins.append((message.id, world.now))
            world.channels[channel.id]?.lastPin = world.now
        }
        world.announce(message, "MESSAGE_UPDATE")
        if let guild = channel.guild {
            world.tell(
                guild: guild, "CHANNEL_PINS_UPDATE", intent: Intent.guilds,
                [
                    "guild_id": .id(guild), "channel_id": .id(channel.id),
                    "last_pin_timestamp": Timestamp.json(isPinned ? world.now : channel.lastPin),
                ],
                channel: channel.id)
        }
        return .empty
    }
}

/// An emoji as in a reaction's path: unicode text or `name:id`.
struct Emoji: Sendable {
    var key: String
    var json: JSON

    static func read(_ text: String) throws(APIError) -> Emoji {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count >= 2, let id = parts.last.flatMap({ UInt64($0) }) {
            return Emoji(key: String(id), json: ["id": .id(id), "name": .string(parts[parts.count - 2])])
        }
        let isEmoji = text.unicodeScalars.contains {
            $0.properties.isEmoji && $0.value > 0xFF || $0.value == 0x20E3 || $0.value == 0xA9 || $0.value == 0xAE
        }
        guard isEmoji else { throw APIError(status: 400, code: 10014, message: "Unknown Emoji") }
        return Emoji(key: text, json: ["id": nil, "name": .string(text)])
    }
}

extension World {
    mutating func type(_ user: ID, in channel: Channel) {
        var data: JSON = [
            "channel_id": .id(channel.id), "user_id": .id(user), "timestamp": .int(now / 1000),
        ]
        guard let guild = channel.guild else {
            emit(
                .dispatch(
                    Dispatch(
                        name: "TYPING_START", data: data, audience: .direct(channel.recipients),
                        intent: Intent.directTyping)))
            return
        }
        data["guild_id"] = .id(guild)
        if let member = guilds[guild]?.members[user] { data["member"] = memberJSON(member) }
        tell(guild: guild, "TYPING_START", intent: Intent.guildTyping, data, channel: channel.id)
    }

    mutating func react(_ user: ID, _ emoji: Emoji, to message: Message) throws(APIError) {
        var message = message
        if let place = message.reactions.firstIndex(where: { $0.key == emoji.key }) {
            if message.reactions[place].users.contains(user) { return }
            message.reactions[place].users.append(user)
        } else {
            if message.reactions.count >= 20 {
                throw APIError(status: 400, code: 30010, message: "Maximum number of reactions reached (20)")
            }
            message.reactions.append(Reaction(emoji: emoji.json, key: emoji.key, users: [user]))
        }
        store(message)
        tellReaction("MESSAGE_REACTION_ADD", user, emoji.json, message)
    }

    mutating func unreact(_ user: ID, _ key: String, from message: Message) {
        var message = message
        guard let place = message.reactions.firstIndex(where: { $0.key == key }),
            message.reactions[place].users.contains(user)
        else { return }
        let emoji = message.reactions[place].emoji
        message.reactions[place].users.removeAll { $0 == user }
        if message.reactions[place].users.isEmpty { message.reactions.remove(at: place) }
        store(message)
        tellReaction("MESSAGE_REACTION_REMOVE", user, emoji, message)
    }

    private mutating func tellReaction(_ name: String, _ user: ID, _ emoji: JSON, _ message: Message) {
        var data: JSON = [
            "user_id": .id(user), "channel_id": .id(message.channel), "message_id": .id(message.id), "emoji": emoji,
            "burst": false, "type": 0,
        ]
        guard let guild = message.guild else {
            let people = channels[message.channel]?.recipients ?? []
            emit(.dispatch(Dispatch(name: name, data: data, audience: .direct(people), intent: Intent.directReactions)))
            return
        }
        data["guild_id"] = .id(guild)
        if name.hasSuffix("ADD") {
            if let member = guilds[guild]?.members[user] { data["member"] = memberJSON(member) }
            data["message_author_id"] = .id(message.author)
        }
        tell(guild: guild, name, intent: Intent.guildReactions, data, channel: message.channel)
    }
}
