import BotKit
import DiscordAPI
import DiscordModel
import DiscordVoice
import MediaPipeline
import MusicBot
import MusicEngine
import Networking
import ServiceKit

/// The bot as one piece: REST, gateway, voice, media workers, extractor and the music bot, wired together.
///
/// Making one only wires it; `run()` starts everything and ends it on SIGINT, SIGTERM or cancellation.
final class BotProgram: Sendable {
    /// The main gateway.
    let gateway: GatewayClient
    /// The media workers.
    let media: MediaWorkerPool
    /// The thread that sends voice packets.
    let sender = VoiceSender()
    /// The music bot.
    let music: MusicBot

    private let http: HTTPClient
    private let services: [any Service]
    private let logger: Logger

    /// Wires a bot; throws when a setting cannot be used. Nothing runs before `run()`.
    init(_ configuration: Configuration) throws {
        Logger.redact(configuration.token)
        logger = configuration.logger
        let time = SystemTime.shared

        var httpConfiguration = HTTPClientConfiguration()
        httpConfiguration.certificateAuthorityFile = configuration.certificateAuthorityFile
        http = HTTPClient(httpConfiguration)
        let rest = DiscordREST(
            token: configuration.token, baseURL: configuration.apiBaseURL, transport: http, time: time,
            logger: Logger("rest"))
        let endpoints = BotEndpoints(rest)

        let sockets = WebSocketClient(certificateAuthorityFile: configuration.certificateAuthorityFile)
        let gateway = GatewayClient(
            configuration: GatewayConfiguration(token: configuration.token, intents: [.guilds, .guildVoiceStates]),
            information: .asked { () async throws(DiscordError) in try await rest.gatewayBot() }, connector: sockets,
            time: time, logger: Logger("gateway"))
        self.gateway = gateway

        var workers = MediaWorkerPoolConfiguration(
            executable: configuration.mediaWorkerPath, workers: configuration.mediaWorkers)
        workers.certificateAuthorityFile = configuration.certificateAuthorityFile
        media = MediaWorkerPool(workers, logger: Logger("media"))
        let songs = MediaWorkers(media, allowedPrivateHosts: configuration.allowedPrivateHosts)
        var extractor: ExtractorPool?
        if let script = configuration.extractorPath {
            extractor = ExtractorPool(
                ExtractorConfiguration(python: configuration.pythonPath, script: script), logger: Logger("extractor"))
        }
        var resolving = ResolverSettings()
        resolving.allowedPrivateHosts = configuration.allowedPrivateHosts
        let resolver = TrackResolver(
            library: MusicLibrary(folder: configuration.libraryFolder), extractor: extractor, media: songs,
            settings: resolving, logger: Logger("resolver"))

        var bot = MusicBotConfiguration()
        bot.commandGuild = configuration.commandGuild
        let sender = sender
        let speaksDAVE = configuration.speaksDAVE
        music = try MusicBot(
            bot,
            surroundings: MusicBot.Surroundings(
                nextEvent: { await gateway.events.next()?.event }, responder: endpoints, registry: endpoints,
                channels: endpoints, stages: endpoints,

                finder: resolver, opener: resolver, media: songs,
                makeVoice: { guild, user in
                    VoiceConnectionLink(
                        VoiceConnection(
                            guild: guild, user: user, connector: sockets, sender: sender, time: time,
                            logger: Logger("voice"), endToEndEncryption: speaksDAVE ? DAVESession() : NoE2EE()
                        ) { channel in
                            try await gateway.updateVoiceState(guild: guild, channel: channel, selfDeaf: true)
                        })
                }, settings: configuration.musicSettings),
            logger: Logger("music"))
        services = [gateway, media, resolver, music] + (extractor.map { [$0] } ?? [])
    }

    /// Runs until a signal or cancellation, then ends within the limit; throws the error of a part that ended by itself,
    /// such as the gateway's when the token is wrong.
    func run() async throws {
        try sender.start()
        defer {
            sender.stop()
            http.close()
        }
        try await ServiceGroup(services, shutdownLimit: Self.shutdownLimit, logger: logger).run()
    }

    /// Leaves time for the process to be gone two seconds after Ctrl-C.
    private static let shutdownLimit: Duration = .milliseconds(1200)
}
