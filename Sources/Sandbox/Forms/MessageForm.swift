/// A file that came in a multipart body as `files[n]`.
struct UploadedFile: Sendable {
    var index: Int
    var name: String
    var contentType: String
    var bytes: [UInt8]
}

/// A message body as sent by a client, checked; nil means the key was absent, an empty value that it was null or empty.
struct MessageForm: Sendable {
    /// Where the body came in, which decides what is allowed.
    enum Purpose { case create, edit, interaction, webhook }

    var content: String?
    var embeds: [JSON]?
    var components: [JSON]?
    /// The attachments to keep or to describe, as sent.
    var attachments: [JSON]?
    var flags: Int64?
    var allowedMentions: JSON?
    var tts = false
    var nonce: JSON?
    var enforceNonce = false
    var reference: JSON?
    var poll: JSON?
    var stickers: [JSON]?
    var files: [UploadedFile] = []

    /// Reads and checks a body; throws 50035 with the tree of every mistake.
    static func read(
        _ body: JSON, files: [UploadedFile], purpose: Purpose, existing: Message? = nil
    ) throws(APIError) -> MessageForm {
        var form = MessageForm()
        var errors = FormErrors()
        form.files = files
        form.readContent(body, &errors)
        form.readFlags(body, purpose, existing, &errors)
        form.readEmbeds(body, &errors)
        let flags = form.flags ?? existing?.flags ?? 0
        let isV2 = (flags | (existing?.flags ?? 0)) & MessageFlag.componentsV2 != 0
        if let components = body["components"] {
            var check = ComponentCheck(isV2: isV2, files: files.map(\.name))
            form.components = check.message(components.array ?? [], &errors)
        }
        if isV2 {
            for (key, present) in [
                ("content", !(form.content ?? "").isEmpty), ("embeds", !(form.embeds ?? []).isEmpty),
                ("poll", body["poll"].map { !$0.isNull } ?? false),
                ("sticker_ids", !(body["sticker_ids"]?.array ?? []).isEmpty),
            ] where present {
                errors.add(
                    [key], "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    "The '\(key)' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
            }
        }
        form.readRest(body, files, &errors)
        try errors.check()
        return form
    }

    private mutating func readContent(_ body: JSON, _ errors: inout FormErrors) {
        guard let value = body["content"] else { return }
        switch value {
        case .null: content = ""
        case .string(let text):
            content = text
            if text.unicodeScalars.count > 2000 { errors.tooLong(["content"], 2000) }
        case .int(let number): content = String(number)
        default: errors.add(["content"], "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        }
    }

    private mutating func readFlags(
        _ body: JSON, _ purpose: Purpose, _ existing: Message?, _ errors: inout FormErrors
    ) {
        guard let value = body["flags"], !value.isNull else { return }
        guard let sent = value.integer else {
            errors.add(["flags"], "NUMBER_TYPE_COERCE", "Value is not int.")
            return
        }
        var allowed = MessageFlag.suppressEmbeds | MessageFlag.componentsV2
        if purpose != .edit {
            allowed |= MessageFlag.suppressNotifications | MessageFlag.voiceMessage
        }
        if purpose == .interaction { allowed |= MessageFlag.ephemeral }
        if let existing {
            // Bits that a client only echoes back are ignored; V2 can be set but never removed.
            flags = existing.flags & ~MessageFlag.suppressEmbeds | sent & allowed
        } else {
            flags = sent & allowed
        }
    }

    private mutating func readEmbeds(_ body: JSON, _ errors: inout FormErrors) {
        guard let value = body["embeds"] ?? body["embed"].map({ $0.isNull ? .null : .array([$0]) }) else { return }
        let sent = value.array ?? []
        if sent.count > 10 { errors.tooLong(["embeds"], 10) }
        var total = 0
        var checked: [JSON] = []
        for (index, embed) in sent.enumerated() {
            checked.append(EmbedCheck.check(embed, ["embeds", String(index)], &total, &errors))
        }
        if total > 6000 {
            errors.add(["embeds"], "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
        }
        embeds = checked
    }

    private mutating func readRest(_ body: JSON, _ files: [UploadedFile], _ errors: inout FormErrors) {
        tts = body["tts"]?.bool ?? false
        if let nonce = body["nonce"], !nonce.isNull {
            if nonce.string.map({ $0.count > 25 }) ?? false { errors.tooLong(["nonce"], 25) }
            self.nonce = nonce
        }
        enforceNonce = body["enforce_nonce"]?.bool ?? false
        if let reference = body["message_reference"], !reference.isNull { self.reference = reference }
        if let poll = body["poll"], !poll.isNull { self.poll = poll }
        stickers = body["sticker_ids"]?.array
        if (stickers ?? []).count > 3 { errors.tooLong(["sticker_ids"], 3) }
        if let list = body["attachments"] { attachments = list.array ?? [] }
        if files.count > 10 || (attachments ?? []).count > 10 { errors.tooLong(["attachments"], 10) }
        for (index, item) in (attachments ?? []).enumerated() where item["id"]?.snowflake == nil {
            errors.required(["attachments", String(index), "id"])
        }
        readMentions(body, &errors)
    }

    private mutating func readMentions(_ body: JSON, _ errors: inout FormErrors) {
        guard let value = body["allowed_mentions"], !value.isNull else { return }
        allowedMentions = value
        let parse = (value["parse"]?.array ?? []).compactMap(\.string)
        for (index, word) in parse.enumerated() where !["roles", "users", "everyone"].contains(word) {
            errors.choice(["allowed_mentions", "parse", String(index)], "'users', 'roles', 'everyone'")
        }
        for key in ["roles", "users"] {
            let list = value[key]?.array ?? []
            if list.count > 100 { errors.tooLong(["allowed_mentions", key], 100) }
            if !list.isEmpty && parse.contains(key) {
                errors.add(
                    ["allowed_mentions"], "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    "parse:[\"\(key)\"] and \(key): [ids...] are mutually exclusive.")
            }
        }
    }

    /// Whether a new message would have nothing to show.
    var isEmpty: Bool {
        (content ?? "").allSatisfy(\.isWhitespace) && (embeds ?? []).isEmpty && (components ?? []).isEmpty
            && files.isEmpty && poll == nil && (stickers ?? []).isEmpty
    }
}

/// Checks one embed and fills in what the server adds.
enum EmbedCheck {
    static func check(_ embed: JSON, _ path: [String], _ total: inout Int, _ errors: inout FormErrors) -> JSON {
        guard embed.object != nil else {
            errors.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return .null
        }
        var result = embed
        func text(_ value: JSON?, _ path: [String], _ limit: Int) {
            guard let text = value?.string else { return }
            let count = text.unicodeScalars.count
            total += count
            if count > limit { errors.tooLong(path, limit) }
        }
        text(embed["title"], path + ["title"], 256)
        text(embed["description"], path + ["description"], 4096)
        text(embed["footer"]?["text"], path + ["footer", "text"], 2048)
        text(embed["author"]?["name"], path + ["author", "name"], 256)
        let fields = embed["fields"]?.array ?? []
        if fields.count > 25 { errors.tooLong(path + ["fields"], 25) }
        for (index, field) in fields.enumerated() {
            for (key, limit) in [("name", 256), ("value", 1024)] {
                let spot = path + ["fields", String(index), key]
                if (field[key]?.string ?? "").isEmpty { errors.required(spot) }
                text(field[key], spot, limit)
            }
        }
        for key in ["url", "image", "thumbnail"] {
            let url = key == "url" ? embed["url"]?.string : embed[key]?["url"]?.string
            guard let url else { continue }
            let schemes = key == "url" ? ["http://", "https://"] : ["http://", "https://", "attachment://"]
            if !schemes.contains(where: { url.hasPrefix($0) }) {
                errors.add(
                    path + (key == "url" ? ["url"] : [key, "url"]), "URL_TYPE_INVALID_SCHEME",
                    "Scheme \"\(url.prefix(while: { $0 != ":" }))\" is not supported. Scheme must be one of ('http', 'https')."
                )
            }
        }
        if let color = embed["color"]?.integer, !(0...0xFFFFFF).contains(color) {
            errors.add(path + ["color"], "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
        }
        result["type"] = "rich"
        return result
    }
}
