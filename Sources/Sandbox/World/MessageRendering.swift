extension World {
    /// A message as `viewer` sees it (reactions tell whether they are the viewer's own).
    func messageJSON(_ message: Message, viewer: ID?) -> JSON {
        var json: JSON = [
            "id": .id(message.id), "channel_id": .id(message.channel), "author": userJSON(message.author),
            "content": .string(message.content), "timestamp": Timestamp.json(message.timestamp),
            "edited_timestamp": Timestamp.json(message.editedAt), "tts": .bool(message.tts),
            "mention_everyone": .bool(message.mentionEveryone),
            "mentions": .array(message.mentions.map { userJSON($0) }),
            "mention_roles": .ids(message.mentionRoles), "attachments": .array(message.attachments),
        ]
        json = json.merging([
            "embeds": .array(message.embeds), "pinned": .bool(message.pinned), "type": .int(message.type),
            "flags": .int(message.flags), "components": .array(message.components),
        ])
        if let nonce = message.nonce { json["nonce"] = nonce }
        if let reference = message.reference {
            json["message_reference"] = reference
            if message.type == 19 {
                let target = reference["message_id"]?.snowflake.flatMap { self.message($0, in: message.channel) }
                json["referenced_message"] =
                    target.map { messageJSON($0, viewer: viewer).removing("referenced_message") }
                    ?? .null
            }
        }
        if let snapshots = message.snapshots { json["message_snapshots"] = snapshots }
        if let webhook = message.webhook { json["webhook_id"] = .id(webhook) }
        if let application = message.application { json["application_id"] = .id(application) }
        if let interaction = message.interaction { json["interaction_metadata"] = interaction }
        if let legacy = message.legacyInteraction { json["interaction"] = legacy }
        if let poll = message.poll { json["poll"] = poll }
        if !message.reactions.isEmpty {
            json["reactions"] = .array(
                message.reactions.map { reaction in
                    [
                        "emoji": reaction.emoji, "count": .number(reaction.users.count),
                        "count_details": ["burst": 0, "normal": .number(reaction.users.count)], "burst_colors": [],
                        "me": .bool(viewer.map { reaction.users.contains($0) } ?? false), "me_burst": false,
                    ]
                })
        }
        return json
    }

    /// A message as the gateway carries it: with guild, member and channel type.
    func messageEventJSON(_ message: Message) -> JSON {
        var json = messageJSON(message, viewer: nil)
        json["channel_type"] = .int(channels[message.channel]?.type ?? 0)
        if message.isEphemeral { return json }
        if let guildID = message.guild, let guild = guilds[guildID] {
            json["guild_id"] = .id(guildID)
            if let member = guild.members[message.author] { json["member"] = memberJSON(member, withUser: false) }
            json["mentions"] = .array(
                message.mentions.map { user in
                    var mention = userJSON(user)
                    if let member = guild.members[user] { mention["member"] = memberJSON(member, withUser: false) }
                    return mention
                })
        }
        return json
    }

    /// A kept message, ephemeral or not.
    func message(_ id: ID, in channel: ID) -> Message? {
        guard let messages = channels[channel]?.messages, let index = Self.index(of: id, in: messages) else {
            return nil
        }
        return messages[index]
    }

    /// A kept message anywhere.
    func message(_ id: ID) -> Message? {
        for channel in channels.values {
            if let index = Self.index(of: id, in: channel.messages) { return channel.messages[index] }
        }
        return nil
    }

    /// Binary search: messages are kept in order of their ids.
    static func index(of id: ID, in messages: [Message]) -> Int? {
        var low = 0
        var high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if messages[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < messages.count && messages[low].id == id ? low : nil
    }

    /// Puts a changed message back into its channel.
    mutating func store(_ message: Message) {
        guard let messages = channels[message.channel]?.messages,
            let index = Self.index(of: message.id, in: messages)
        else { return }
        channels[message.channel]?.messages[index] = message
    }
}
