internal import Networking
internal import Synchronization

/// What a REST or admin call was refused for.
public struct SandboxRefusal: Error, Sendable, CustomStringConvertible {
    /// The HTTP status.
    public var status: Int
    /// Discord's error code.
    public var code: Int64
    /// Discord's words.
    public var description: String

    init(_ error: APIError) {
        status = error.status
        code = error.code
        description = error.errors.map { "\(error.message) \($0.text)" } ?? error.message
    }
}

extension Sandbox {
    /// The seeded world's ids.
    public struct SeedIDs: Sendable {
        /// The guild "Backline Sandbox".
        public let guild = World.Seed.guild
        /// Text channel #general.
        public let general = World.Seed.general
        /// Text channel #music.
        public let music = World.Seed.music
        /// Voice channel Lounge.
        public let lounge = World.Seed.lounge
        /// Voice channel Studio.
        public let studio = World.Seed.studio
        /// Stage channel Stage.
        public let stage = World.Seed.stage
        /// Alice, the owner.
        public let alice = World.Seed.alice
        /// Bob.
        public let bob = World.Seed.bob
        /// Cleo.
        public let cleo = World.Seed.cleo
        /// The bot "Backline"; also its application's id.
        public let bot = World.Seed.bot
    }

    /// The seeded world's ids.
    public var seed: SeedIDs { SeedIDs() }

    /// Calls the admin interface: `method`, the path below `/sandbox/api` and a JSON body.
    @discardableResult
    public func admin(_ method: String, _ path: String, _ body: JSON = [:]) async throws(SandboxRefusal) -> JSON {
        do throws(APIError) {
            return try await AdminService(core: core).perform(method, path.split(separator: "/").map(String.init), body)
        } catch {
            throw SandboxRefusal(error)
        }
    }

    /// A person writes a message; returns it.
    @discardableResult
    public func post(_ content: String, in channel: ID, as user: ID) async throws(SandboxRefusal) -> JSON {
        try await admin(
            "POST", "message", ["channel_id": .id(channel), "user_id": .id(user), "content": .string(content)])
    }

    /// A person uses a slash command (`ladder join` for a sub-command); returns the interaction's id.
    @discardableResult
    public func run(
        _ command: String, _ options: [String: JSON] = [:], in channel: ID, as user: ID
    ) async throws(SandboxRefusal) -> ID {
        let body: JSON = [
            "channel_id": .id(channel), "user_id": .id(user), "command": .string(command), "options": .object(options),
        ]
        return try await admin("POST", "interaction", body)["id"]?.snowflake ?? 0
    }

    /// A person types an option of a command; returns the choices, none when the bot did not answer in time.
    public func complete(
        _ command: String, _ option: String, _ text: String, in channel: ID, as user: ID
    ) async throws(SandboxRefusal) -> [JSON] {
        let body: JSON = [
            "channel_id": .id(channel), "user_id": .id(user), "command": .string(command),
            "options": .object([option: .string(text)]), "focused": .string(option),
        ]
        return try await admin("POST", "autocomplete", body)["choices"]?.array ?? []
    }

    /// A person presses a button or chooses values; returns the interaction's id.
    @discardableResult
    public func press(
        _ customID: String, on message: ID, as user: ID, values: [String]? = nil
    ) async throws(SandboxRefusal) -> ID {
        var body: JSON = ["message_id": .id(message), "user_id": .id(user), "custom_id": .string(customID)]
        if let values { body["values"] = .array(values.map { .string($0) }) }
        return try await admin("POST", "component", body)["id"]?.snowflake ?? 0
    }

    /// A person joins a voice channel, or leaves with nil.
    public func joinVoice(_ channel: ID?, as user: ID) throws(SandboxRefusal) {
        do throws(APIError) {
            try core.joinVoice(user: user, channel: channel, guild: nil, mute: false, deaf: false)
        } catch {
            throw SandboxRefusal(error)
        }
    }

    /// The kept messages of a channel, oldest first, ephemeral ones with `ephemeral_for`.
    public func messages(in channel: ID) -> [JSON] {
        core.state.withLock { state in
            (state.world.channels[channel]?.messages ?? []).map { message in
                let json = state.world.messageEventJSON(message)
                return message.onlyFor.map { json.merging(["ephemeral_for": .id($0)]) } ?? json
            }
        }
    }

    /// Which voice channel somebody is in.
    public func voiceChannel(of user: ID) -> ID? {
        core.state.withLock { state in
            state.world.guilds.values.compactMap { $0.voiceStates[user]?.channel }.first
        }
    }

    /// The packets the listener of a voice channel kept, per sender (SSRC).
    public func listen(_ channel: ID) -> [UInt32: [HeardFrame]] {
        core.state.withLock { $0.media }?.frames(channel) ?? [:]
    }

    /// What the listener of a voice channel counted; see `GET /sandbox/api/voice/{channel}/report`.
    public func voiceReport(_ channel: ID) -> JSON { core.voiceReport(channel) }

    /// Brings a fault about.
    public func inject(_ fault: SandboxFault) { core.inject(fault) }

    /// Ends every standing fault.
    public func clearFaults() { core.clearFaults() }

    /// Changes the REST limits from now on; counts begin anew.
    public func setLimits(_ rules: RateLimitRules) { core.state.withLock { $0.limits = RateLimits(rules: rules) } }

    /// Follows what happens, as the page does: each element is one `data: {"type":…,"data":…}` line with its blank line.
    public func events() -> SandboxEvents { SandboxEvents(core.openPage()) }
}
