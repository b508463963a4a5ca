internal import MediaPipeline
internal import Networking
internal import ServiceKit
internal import Synchronization

/// The sandbox's own interface under `/sandbox/api`, used by the page, by tests and by `demo --check`.
struct AdminService: Sendable {
    let core: Core

    func respond(to request: ServerRequest) async -> ServerResponse {
        let parts = request.path.split(separator: "/").dropFirst(2).map(String.init)
        if request.method == "GET" {
            if parts == ["events"] {
                return ServerResponse(
                    status: 200, headers: ["Content-Type": "text/event-stream", "Cache-Control": "no-store"],
                    body: .stream(core.openPage()))
            }
            if parts.count == 3, parts[0] == "voice", let channel = UInt64(parts[1]) {
                if parts[2] == "stream.ogg" { return stream(channel) }
                if parts[2] == "recording.ogg" {
                    return recording(channel, request.queryValue("ssrc").flatMap { UInt32($0) })
                }
            }
        }
        do throws(APIError) {
            let body = request.body.isEmpty ? JSON.object([:]) : JSONReader.read(request.body)
            guard let body else { throw .invalidJSON }
            return Self.json(200, try await perform(request.method, parts, body))
        } catch {
            return Self.json(error.status, error.body.merging(["message": .string(Self.sentence(error))]))
        }
    }

    private static func json(_ status: Int, _ body: JSON) -> ServerResponse {
        ServerResponse(status: status, headers: ["Content-Type": "application/json"], body: .bytes(body.bytes))
    }

    /// The first words of a form error, which tell a person more than "Invalid Form Body".
    private static func sentence(_ error: APIError) -> String {
        func first(_ json: JSON, _ path: String) -> String? {
            if let words = json["_errors"]?[0]?["message"]?.string { return path.isEmpty ? words : "\(path): \(words)" }
            for (key, child) in json.object ?? [:] { if let found = first(child, key) { return found } }
            return nil
        }
        return error.errors.flatMap { first($0, "") } ?? error.message
    }

    /// Does what a person, a moderator or a test asks for.
    func perform(_ method: String, _ parts: [String], _ body: JSON) async throws(APIError) -> JSON {
        switch (method, parts.first ?? "", parts.count) {
        case ("GET", "world", 1): return world()
        case ("POST", "message", 1): return try message(body)
        case ("POST", "interaction", 1): return try ["id": .id(core.callCommand(Self.call(body)).id)]
        case ("POST", "autocomplete", 1): return try await ["choices": core.autocomplete(Self.call(body))]
        case ("POST", "component", 1): return try ["id": .id(component(body))]
        case ("POST", "modal", 1): return try ["id": .id(modal(body))]
        case ("POST", "reaction", 1): return try reaction(body)
        case ("POST", "faults", 1):
            core.inject(try SandboxFault(body), guild: body["guild_id"]?.snowflake)
            return [:]
        case ("DELETE", "faults", 1):
            core.clearFaults()
            return [:]
        case ("POST", "bots", 1):
            let application = try core.step { (world: inout World) throws(APIError) in
                world.addBot(name: body["name"]?.string ?? "Bot")
            }.get()
            return [
                "token": .string(application.token), "user_id": .id(application.id),
                "application_id": .id(application.id),
            ]
        case ("GET", "bots", 1): return core.botStates()
        case ("GET", "timeline", 1), ("GET", "timeline", 2):
            let number = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
            return core.state.withLock { $0.timeline.json(after: number) }
        case ("POST", "guilds", 1):
            return try core.step { (world: inout World) throws(APIError) -> JSON in
                let guild = world.addGuild(name: body["name"]?.string ?? "Guild")
                world.emit(.page(name: "WORLD_UPDATE", data: [:], onlyFor: nil))
                return [
                    "guild_id": .id(guild.id), "text_channel_id": .id(guild.channels.first),
                    "voice_channel_id": .id(guild.channels.last),
                ]
            }.get()
        case ("POST", "people", 1):
            let account = try core.step { (world: inout World) throws(APIError) in
                world.addPerson(name: body["name"]?.string ?? "Somebody")
            }.get()
            return ["user_id": .id(account.id)]
        case ("POST", "voice", 2) where parts[1] == "crowd":
            return try core.crowd(try Self.field(body, "channel_id"), count: Int(clamping: body["count"]?.integer ?? 0))
        case ("POST", "voice", 2): return try voice(parts[1], body)
        case ("GET", "voice", 3) where parts[2] == "report": return core.voiceReport(try Self.channel(parts[1]))
        case ("GET", "voice", 3) where parts[2] == "dave": return core.daveReport(try Self.channel(parts[1]))
        case ("GET", "voice", 3) where parts[2] == "frames": return core.heardFrames(try Self.channel(parts[1]))
        case ("POST", "voice", 3) where parts[2] == "reset":
            core.state.withLock { $0.media }?.reset(try Self.channel(parts[1]))
            return [:]
        default: throw .notFound
        }
    }

    private static func channel(_ text: String) throws(APIError) -> ID {
        guard let id = UInt64(text) else { throw .unknownChannel }
        return id
    }

    private static func field(_ body: JSON, _ name: String) throws(APIError) -> ID {
        guard let id = body[name]?.snowflake else {
            throw .form([name], "BASE_TYPE_REQUIRED", "This field is required")
        }
        return id
    }

    private static func call(_ body: JSON) throws(APIError) -> World.CommandCall {
        let path = (body["path"]?.array ?? []).compactMap(\.string)
        let words = [body["command"]?.string ?? ""] + path
        return World.CommandCall(
            application: body["application_id"]?.snowflake, channel: try field(body, "channel_id"),
            user: try field(body, "user_id"), name: words.joined(separator: " "),
            options: body["options"]?.object ?? [:], focused: body["focused"]?.string,
            target: body["target_id"]?.snowflake)
    }

    private func message(_ body: JSON) throws(APIError) -> JSON {
        let form = try MessageForm.read(body, files: [], purpose: .create)
        let channel = try Self.field(body, "channel_id")
        let user = try Self.field(body, "user_id")
        return try core.step { (world: inout World) throws(APIError) in
            var target = channel
            // A bot's user id stands for the DM with it.
            if world.channels[channel] == nil, world.accounts[channel] != nil {
                target = world.openDirect(user, channel).id
            }
            return world.messageJSON(try world.postMessage(form, in: target, by: user), viewer: user)
        }.get()
    }

    private func component(_ body: JSON) throws(APIError) -> ID {
        let message = try Self.field(body, "message_id")
        let user = try Self.field(body, "user_id")
        return try core.step { (world: inout World) throws(APIError) in
            try world.useComponent(
                message: message, user: user, customID: body["custom_id"]?.string ?? "", values: body["values"]?.array
            ).id
        }.get()
    }

    private func modal(_ body: JSON) throws(APIError) -> ID {
        let user = try Self.field(body, "user_id")
        let id = try Self.field(body, "interaction_id")
        return try core.step { (world: inout World) throws(APIError) in
            try world.submitModal(id, user: user, values: body["values"]?.object ?? [:]).id
        }.get()
    }

    private func reaction(_ body: JSON) throws(APIError) -> JSON {
        let id = try Self.field(body, "message_id")
        let user = try Self.field(body, "user_id")
        let emoji = try Emoji.read(body["emoji"]?.string ?? "")
        return try core.step { (world: inout World) throws(APIError) -> JSON in
            guard let message = world.message(id) else { throw .unknownMessage }
            if body["remove"]?.bool == true {
                world.unreact(user, emoji.key, from: message)
            } else {
                try world.react(user, emoji, to: message)
            }
            return [:]
        }.get()
    }

    private func voice(_ what: String, _ body: JSON) throws(APIError) -> JSON {
        let user = try Self.field(body, "user_id")
        switch what {
        case "join":
            try core.joinVoice(
                user: user, channel: body["channel_id"]?.snowflake, guild: body["guild_id"]?.snowflake,
                mute: body["self_mute"]?.bool ?? false, deaf: body["self_deaf"]?.bool ?? false)
        case "move": try core.moderate(user, ["channel_id": body["channel_id"] ?? .null])
        case "mute": try core.moderate(user, ["mute": body["mute"] ?? true])
        case "deafen": try core.moderate(user, ["deaf": body["deaf"] ?? true])
        default: throw .notFound
        }
        return [:]
    }

    // MARK: Sound

    private func stream(_ channel: ID) -> ServerResponse {
        guard let media = core.state.withLock({ $0.media }) else { return .text(503, "There is no media server.") }
        let serial = UInt32(truncatingIfNeeded: channel ^ UInt64(bitPattern: core.now))
        let audio = LiveAudio(serial: serial, now: core.time.now)
        _ = media.addListener(audio, to: channel)
        return ServerResponse(
            status: 200, headers: ["Content-Type": "audio/ogg", "Cache-Control": "no-store"], body: .stream(audio.pages)
        )
    }

    /// The kept packets of one sender (the one heard most, unless named) as an Ogg Opus file.
    private func recording(_ channel: ID, _ ssrc: UInt32?) -> ServerResponse {
        let all = core.state.withLock { $0.media }?.frames(channel) ?? [:]
        let frames = ssrc.map { all[$0] ?? [] } ?? all.values.max { $0.count < $1.count } ?? []
        var writer = OggOpusWriter(serial: ssrc ?? 1, packetsPerPage: 50)
        var bytes = writer.start()
        for frame in frames { bytes += writer.add(frame.payload) }
        bytes += writer.finish()
        return ServerResponse(status: 200, headers: ["Content-Type": "audio/ogg"], body: .bytes(bytes))
    }

    // MARK: The world

    private func world() -> JSON {
        core.state.withLock { state in
            let world = state.world
            var messages: JSON = [:]
            for channel in world.channels.values where !channel.messages.isEmpty {
                messages[String(channel.id)] = .array(
                    channel.messages.suffix(100).map { message in
                        let json = world.messageEventJSON(message)
                        return message.onlyFor.map { json.merging(["ephemeral_for": .id($0)]) } ?? json
                    })
            }
            let guilds = world.guilds.values.sorted { $0.id < $1.id }
            return [
                "guilds": .array(guilds.map { Self.guild($0, world) }),
                "voice_states": .array(
                    guilds.flatMap { guild in
                        guild.voiceStates.values.sorted { $0.user < $1.user }.map {
                            world.voiceStateJSON($0, channel: $0.channel)
                        }
                    }),
                "messages": messages, "commands": world.commandList(),
                "direct_channels": .array(
                    world.channels.values.filter { $0.guild == nil }.map { world.channelJSON($0) }),
            ]
        }
    }

    private static func guild(_ guild: Guild, _ world: World) -> JSON {
        [
            "id": .id(guild.id), "name": .string(guild.name), "owner_id": .id(guild.owner),
            "channels": .array(guild.channels.compactMap { world.channels[$0] }.map { world.channelJSON($0) }),
            "members": .array(guild.members.values.sorted { $0.user < $1.user }.map { world.memberJSON($0) }),
            "roles": .array(guild.roles.values.sorted { $0.position < $1.position }.map { world.roleJSON($0) }),
        ]
    }
}
