public import BotKit
public import DiscordAPI
public import DiscordModel
public import MusicEngine
public import ServiceKit
import Synchronization

/// The music bot: slash commands, buttons, and a session for each guild with music.
public final class MusicBot: Service {
    /// The name in logs.
    public let name = "music bot"

    /// What the bot needs of the world.
    public struct Surroundings: Sendable {
        /// The next event of the main gateway; nil when there will be none.
        public var nextEvent: @Sendable () async -> GatewayEvent?
        /// Answers interactions.
        public var responder: any InteractionResponder
        /// Keeps the commands.
        public var registry: any CommandRegistry
        /// Posts and edits messages.
        public var channels: any PanelTransport
        /// Makes the bot a speaker on stages; without it stages stay silent.
        public var stages: (any StageSpeaking)?
        /// Finds songs.
        public var finder: any SongFinding
        /// Finds the bytes of songs.
        public var opener: any TrackOpening
        /// Delivers songs as frames.
        public var media: any MediaOpening
        /// Makes a guild's way into voice, given the bot's own account.
        public var makeVoice: @Sendable (GuildID, UserID) -> any VoiceLink
        /// Remembers what guilds have set.
        public var settings: any GuildSettings<MusicGuildSettings>
        /// The clock.
        public var time: any TimeSource

        /// Surroundings from their parts.
        public init(
            nextEvent: @escaping @Sendable () async -> GatewayEvent?, responder: any InteractionResponder,
            registry: any CommandRegistry, channels: any PanelTransport,
            stages: (any StageSpeaking)? = nil, finder: any SongFinding,
            opener: any TrackOpening, media: any MediaOpening,
            makeVoice: @escaping @Sendable (GuildID, UserID) -> any VoiceLink,
            settings: any GuildSettings<MusicGuildSettings> = GuildSettingsInMemory(initial: MusicGuildSettings()),
            time: any TimeSource = SystemTime.shared
        ) {
            self.nextEvent = nextEvent
            self.responder = responder
            self.registry = registry
            self.channels = channels
            self.stages = stages
            self.finder = finder
            self.opener = opener
            self.media = media
            self.makeVoice = makeVoice
            self.settings = settings
            self.time = time
        }
    }

    private let configuration: MusicBotConfiguration
    private let surroundings: Surroundings
    /// The guilds and voice seats the bot knows.
    public let guilds = GuildCache()
    private let sessions: SessionTable
    private let router: CommandRouter
    private let logger: Logger
    private let applications = BoundedChannel<ApplicationID>(capacity: 1)

    /// A bot; throws when its own commands break a rule.
    public init(
        _ configuration: MusicBotConfiguration = MusicBotConfiguration(), surroundings: Surroundings,
        logger: Logger = Logger("music")
    ) throws(BotKitError) {
        self.configuration = configuration
        self.surroundings = surroundings
        self.logger = logger
        sessions = SessionTable(
            parts: SessionParts(
                configuration: configuration, guilds: guilds, channels: surroundings.channels,
                stages: surroundings.stages,
                opener: surroundings.opener, media: surroundings.media, settings: surroundings.settings,
                makeVoice: surroundings.makeVoice, time: surroundings.time, logger: logger))
        let music = MusicCommands(
            configuration: configuration, guilds: guilds, sessions: sessions, finder: surroundings.finder,
            settings: surroundings.settings, logger: logger)
        router = try CommandRouter(
            commands: music.commands, components: music.components, responder: surroundings.responder,
            strings: configuration.strings, configuration: configuration.router, time: surroundings.time,
            logger: Logger("router"))
    }

    /// Guilds with music.
    public var sessionCount: Int { sessions.count }

    /// Works until cancelled or until there are no more events.
    public func run() async throws {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.router.run() }
            group.addTask { await self.syncCommands() }
            group.addTask { await self.runSessions() }
            while let event = await surroundings.nextEvent() { await handle(event) }
            group.cancelAll()
        }
    }

    /// Runs each session that is made, until it ends.
    private func runSessions() async {
        await withDiscardingTaskGroup { group in
            while let session = await sessions.started.next() {
                group.addTask {
                    await session.run()
                    self.sessions.remove(session)
                }
            }
            group.cancelAll()
        }
    }

    /// Takes note of an event; never waits for Discord.
    private func handle(_ event: GatewayEvent) async {
        guilds.apply(event)
        switch event {
        case .ready(let ready):
            logger.info("ready", ["user": ready.user.username, "guilds": "\(ready.guilds.count)"])
            applications.trySend(ready.application.id)
        case .guildCreate(let guild):
            sessions.current(guild.id)?.checkSeat()
        case .guildDelete(let guild) where guild.unavailable != true:
            sessions.current(guild.id)?.end(.removed)
            try? await surroundings.settings.forget(guild.id)
        case .voiceStateUpdate(let state):
            guard let guild = state.guildID, let session = sessions.current(guild) else { return }
            if state.userID == guilds.me {
                session.voice.receive(state)
                session.speakIfSilenced(state)
            }
            session.occupancyChanged()
        case .voiceServerUpdate(let server):
            sessions.current(server.guildID)?.voice.receive(server)
        case .interactionCreate(let interaction):
            router.submit(interaction)
        default: break
        }
    }

    /// Syncs the commands once the application is known, again and again until it has worked.
    private func syncCommands() async {
        guard let application = await applications.next() else { return }
        let sync = CommandSync(registry: surroundings.registry, strings: configuration.strings, logger: logger)
        var backoff = Backoff(base: .seconds(1), maximum: .seconds(120))
        var random = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            do {
                try await sync.sync(router.commands, application: application, guild: configuration.commandGuild)
                return
            } catch {
                logger.warning("commands not synced; trying again", ["reason": "\(error)"])
                try? await surroundings.time.sleep(for: backoff.next(using: &random))
            }
        }
    }
}
