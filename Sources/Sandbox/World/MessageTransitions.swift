extension World {
    /// What a message carries beyond its form: who wrote it, for which interaction, how it is seen.
    struct MessageOrigin: Sendable {
        var author: ID
        var type: Int64 = 0
        var extraFlags: Int64 = 0
        var webhook: ID?
        var application: ID?
        var interaction: JSON?
        var legacyInteraction: JSON?
        var source: ID?
        var onlyFor: ID?
    }

    /// The channel, if the user sees it.
    func visibleChannel(_ id: ID, to user: ID) throws(APIError) -> Channel {
        guard let channel = channels[id] else { throw .unknownChannel }
        guard sees(user, channel) else { throw .missingAccess }
        return channel
    }

    /// Throws 50013 unless the user has every one of the permissions in the channel.
    func require(_ wanted: UInt64, of user: ID, in channel: Channel) throws(APIError) {
        if permissions(of: user, in: channel) & wanted != wanted { throw .missingPermissions }
    }

    /// A person or bot writes into a channel.
    mutating func postMessage(_ form: MessageForm, in channelID: ID, by author: ID) throws(APIError) -> Message {
        let channel = try visibleChannel(channelID, to: author)
        guard channel.takesMessages else { throw .notText }
        try require(Permission.sendMessages, of: author, in: channel)
        if !form.files.isEmpty { try require(Permission.attachFiles, of: author, in: channel) }
        if form.isEmpty { throw .emptyMessage }
        if form.enforceNonce, let nonce = form.nonce {
            let key = "\(author)/\(channelID)/\(nonce.text)"
            if let earlier = recentNonces.first(where: { $0.key == key }),
                let message = message(earlier.message, in: channelID)
            {
                return message
            }
        }
        var form = form
        if permissions(of: author, in: channel) & Permission.embedLinks == 0 { form.embeds = [] }
        return try createMessage(form, in: channelID, MessageOrigin(author: author))
    }

    /// Makes a message without permission checks and tells everybody concerned.
    mutating func createMessage(
        _ form: MessageForm, in channelID: ID, _ origin: MessageOrigin
    ) throws(APIError) -> Message {
        guard let channel = channels[channelID] else { throw .unknownChannel }
        var message = Message(
            id: newID(), channel: channelID, guild: channel.guild, author: origin.author, timestamp: now)
        message.type = origin.type
        message.flags = (form.flags ?? 0) & ~MessageFlag.ephemeral | origin.extraFlags
        message.onlyFor = origin.onlyFor
        if origin.onlyFor != nil { message.flags |= MessageFlag.ephemeral }
        message.webhook = origin.webhook
        message.application = origin.application
        message.interaction = origin.interaction
        message.legacyInteraction = origin.legacyInteraction
        message.source = origin.source
        message.tts = form.tts
        message.nonce = form.nonce
        message.poll = form.poll
        try attach(form, to: &message, in: channel)
        try refer(form, from: &message)
        mention(form, in: &message)
        channels[channelID]?.messages.append(message)
        if let count = channels[channelID]?.messages.count, count > messagesKept {
            channels[channelID]?.messages.removeFirst(count - messagesKept)
        }
        if !message.isEphemeral { channels[channelID]?.lastMessage = message.id }
        if channel.thread != nil { channels[channelID]?.thread?.messageCount += 1 }
        if form.enforceNonce, let nonce = form.nonce {
            recentNonces.append(("\(origin.author)/\(channelID)/\(nonce.text)", message.id))
            if recentNonces.count > 200 { recentNonces.removeFirst() }
        }
        announce(message, "MESSAGE_CREATE")
        return message
    }

    /// Applies an edit that was allowed.
    mutating func editMessage(_ message: Message, _ form: MessageForm, silently: Bool = false) throws(APIError)
        -> Message
    {
        var edited = message
        if let flags = form.flags {
            edited.flags = flags & ~MessageFlag.ephemeral | message.flags & MessageFlag.ephemeral
        }
        if message.isLoading { edited.flags &= ~MessageFlag.loading }
        if edited.flags & MessageFlag.componentsV2 != 0 && message.flags & MessageFlag.componentsV2 == 0 {
            let clears = form.content?.isEmpty ?? message.content.isEmpty
            let clearsEmbeds = form.embeds?.isEmpty ?? message.embeds.isEmpty
            if !(clears && clearsEmbeds) {
                throw .form(
                    ["flags"], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    "content and embeds must be cleared to use components v2")
            }
        }
        guard let channel = channels[message.channel] else { throw .unknownChannel }
        try attach(form, to: &edited, in: channel)
        if form.content != nil { mention(form, in: &edited) }
        if !message.isLoading || silently == false { edited.editedAt = message.isLoading ? nil : now }
        if edited.content.isEmpty && edited.embeds.isEmpty && edited.attachments.isEmpty && edited.components.isEmpty
            && edited.poll == nil
        {
            throw .emptyMessage
        }
        store(edited)
        announce(edited, "MESSAGE_UPDATE")
        return edited
    }

    /// Fills content, embeds, components and attachments; files become downloadable.
    private mutating func attach(_ form: MessageForm, to message: inout Message, in channel: Channel) throws(APIError) {
        if let content = form.content { message.content = content }
        var kept: [JSON] = []
        if let listed = form.attachments {
            kept = message.attachments.filter { old in listed.contains { $0["id"]?.snowflake == old["id"]?.snowflake } }
        } else {
            kept = message.attachments
        }
        var fresh: [String: JSON] = [:]
        for file in form.files {
            if file.bytes.count > 10 << 20 { throw .tooLarge }
            let described = form.attachments?.first { $0["id"]?.snowflake == UInt64(file.index) }
            let attachment = keep(file, described: described, in: channel.id, isEphemeral: message.isEphemeral)
            fresh[file.name] = attachment
            kept.append(attachment)
        }
        for attachment in kept { if let name = attachment["filename"]?.string { fresh[name] = attachment } }
        var used: Set<String> = []
        if let embeds = form.embeds { message.embeds = embeds.map { resolveMedia($0, fresh, &used) } }
        if let components = form.components { message.components = components.map { resolveMedia($0, fresh, &used) } }
        message.attachments = kept.filter {
            !used.contains($0["filename"]?.string ?? "") || message.flags & MessageFlag.componentsV2 != 0
        }
    }

    /// Keeps a file for download and returns its attachment object.
    mutating func keep(_ file: UploadedFile, described: JSON?, in channel: ID, isEphemeral: Bool) -> JSON {
        let id = newID()
        let wanted = described?["filename"]?.string ?? file.name
        let name = String(wanted.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" }.suffix(200))
        files.keep(
            FileStore.File(id: id, channel: channel, name: name, contentType: file.contentType, bytes: file.bytes))
        let issued = UInt64(now / 1000)
        let signature = String(newSecret(4).prefix(48))
        let query = "?ex=\(String(issued + 86400, radix: 16))&is=\(String(issued, radix: 16))&hm=\(signature)"
        let url = "\(httpBase)/attachments/\(channel)/\(id)/\(name)\(query)"
        var json: JSON = [
            "id": .id(id), "filename": .string(name), "size": .number(file.bytes.count), "url": .string(url),
            "proxy_url": .string(url), "content_type": .string(file.contentType), "content_scan_version": 0,
        ]
        for key in ["description", "title", "duration_secs", "waveform"] {
            if let value = described?[key], !value.isNull { json[key] = value }
        }
        if isEphemeral { json["ephemeral"] = true }
        return json
    }

    /// Replaces `attachment://name` in media and embeds, and adds what the server adds.
    private func resolveMedia(_ value: JSON, _ files: [String: JSON], _ used: inout Set<String>) -> JSON {
        switch value {
        case .array(let items): return .array(items.map { resolveMedia($0, files, &used) })
        case .object(var fields):
            for (key, child) in fields { fields[key] = resolveMedia(child, files, &used) }
            for key in ["url", "icon_url"] {
                guard let url = fields[key]?.string else { continue }
                if url.hasPrefix("attachment://") {
                    let name = String(url.dropFirst(13))
                    guard let file = files[name] else { continue }
                    used.insert(name)
                    fields[key] = file["url"]
                    if key == "url" {
                        fields["content_type"] = file["content_type"]
                        fields["attachment_id"] = file["id"]
                    }
                }
                let isMedia = key == "icon_url" || fields["type"] == nil && fields["name"] == nil
                if isMedia { fields[key == "url" ? "proxy_url" : "proxy_icon_url"] = fields[key] }
            }
            return .object(fields)
        default: return value
        }
    }

    private func refer(_ form: MessageForm, from message: inout Message) throws(APIError) {
        guard let reference = form.reference, let target = reference["message_id"]?.snowflake else { return }
        let channel = reference["channel_id"]?.snowflake ?? message.channel
        guard let original = self.message(target, in: channel), !original.isEphemeral else {
            if reference["fail_if_not_exists"]?.bool == false { return }
            throw .form(["message_reference"], "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        }
        let kind = reference["type"]?.integer ?? 0
        message.reference = [
            "type": .int(kind), "message_id": .id(target), "channel_id": .id(channel), "guild_id": .id(message.guild),
        ]
        if kind == 1 {
            let copy = messageJSON(original, viewer: nil)
            var snapshot: JSON = [:]
            for key in [
                "content", "embeds", "attachments", "timestamp", "edited_timestamp", "flags", "type", "mentions",
                "mention_roles", "components",
            ] {
                snapshot[key] = copy[key]
            }
            message.snapshots = [["message": snapshot]]
        } else {
            message.type = 19
            let pings = form.allowedMentions?["replied_user"]?.bool ?? (form.allowedMentions == nil)
            if pings { message.mentions = [original.author] }
        }
    }

    /// Computes who is mentioned, from the content and the allowed mentions.
    private func mention(_ form: MessageForm, in message: inout Message) {
        let allowed = form.allowedMentions
        let parse = allowed?["parse"]?.array?.compactMap(\.string)
        func permits(_ kind: String, _ id: ID) -> Bool {
            guard let allowed else { return true }
            if parse?.contains(kind) == true { return true }
            return (allowed[kind]?.array ?? []).contains { $0.snowflake == id }
        }
        var users: [ID] = message.mentions
        var roles: [ID] = []
        for tag in message.content.split(separator: "<").dropFirst() {
            guard let end = tag.firstIndex(of: ">") else { continue }
            let body = tag[..<end]
            if body.hasPrefix("@&"), let id = UInt64(body.dropFirst(2)), permits("roles", id), !roles.contains(id) {
                roles.append(id)
            } else if body.hasPrefix("@"), let id = UInt64(body.drop { $0 == "@" || $0 == "!" }),
                accounts[id] != nil, permits("users", id), !users.contains(id)
            {
                users.append(id)
            }
        }
        message.mentions = users
        message.mentionRoles = roles
        let everyone = message.content.contains("@everyone") || message.content.contains("@here")
        message.mentionEveryone =
            everyone && (allowed == nil || parse?.contains("everyone") == true)
            && channels[message.channel].map {
                permissions(of: message.author, in: $0) & Permission.mentionEveryone != 0
            } ?? false
    }

    /// Sends MESSAGE_CREATE or MESSAGE_UPDATE to whom it may concern.
    func messageDispatch(_ message: Message, _ name: String) -> Dispatch {
        let data = messageEventJSON(message)
        let rule = ContentRule(author: message.author, mentions: message.mentions)
        if let reader = message.onlyFor {
            return Dispatch(
                name: name, data: data, audience: .bot(message.author, nil), intent: Intent.directMessages,
                content: rule, onlyFor: reader)
        }
        if let guild = message.guild {
            return Dispatch(
                name: name, data: data, audience: .guild(guild, message.channel), intent: Intent.guildMessages,
                content: rule)
        }
        let people = channels[message.channel]?.recipients ?? []
        return Dispatch(
            name: name, data: data, audience: .direct(people), intent: Intent.directMessages, content: nil)
    }

    mutating func announce(_ message: Message, _ name: String) { emit(.dispatch(messageDispatch(message, name))) }

    /// Removes a message and says so.
    mutating func deleteMessage(_ message: Message) {
        channels[message.channel]?.messages.removeAll { $0.id == message.id }
        channels[message.channel]?.pins.removeAll { $0.message == message.id }
        var data: JSON = ["id": .id(message.id), "channel_id": .id(message.channel)]
        if let guild = message.guild, !message.isEphemeral { data["guild_id"] = .id(guild) }
        var dispatch = messageDispatch(message, "MESSAGE_DELETE")
        dispatch.data = data
        dispatch.content = nil
        emit(.dispatch(dispatch))
    }

    /// Opens (or finds) the DM channel between two accounts.
    mutating func openDirect(_ first: ID, _ second: ID) -> Channel {
        let people = Set([first, second])
        if let known = channels.values.first(where: { $0.type == ChannelType.direct && Set($0.recipients) == people }) {
            return known
        }
        var channel = Channel(id: newID(), type: ChannelType.direct, name: "")
        channel.recipients = [first, second]
        channels[channel.id] = channel
        return channel
    }
}
