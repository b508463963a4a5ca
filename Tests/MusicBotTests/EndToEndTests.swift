import BotKit
import DiscordAPI
import DiscordModel
import DiscordVoice
import MusicEngine
import Networking
import Sandbox
import ServiceKit
import Testing

@testable import MusicBot

/// The whole bot against the local Discord in memory: real REST, gateway and voice code; only the songs are made up.
@Suite("End to end", .timeLimit(.minutes(5)), .serialized)
struct EndToEndTests {
    /// Runs a bot beside a sandbox while `body` works.
    private func running(_ body: (Sandbox, MusicBot) async throws -> Void) async throws {
        var options = SandboxOptions()
        options.gateway.identifyWindow = 0
        let sandbox = Sandbox(options)
        try sandbox.startInMemory()
        let rest = DiscordREST(
            token: sandbox.botToken, baseURL: "http://sandbox/api/v10", transport: sandbox.httpTransport,
            time: SystemTime.shared, logger: Logger("rest"))
        let endpoints = BotEndpoints(rest)
        let sockets = sandbox.webSocketConnector
        let gateway = GatewayClient(
            configuration: GatewayConfiguration(
                token: sandbox.botToken, intents: [.guilds, .guildVoiceStates]),
            information: .asked { () async throws(DiscordError) in try await rest.gatewayBot() }, connector: sockets,
            logger: Logger("gateway"))
        let sender = VoiceSender()
        try sender.start()
        let bot = try MusicBot(
            surroundings: MusicBot.Surroundings(
                nextEvent: { await gateway.events.next()?.event }, responder: endpoints, registry: endpoints,
                channels: endpoints, stages: endpoints,

                finder: FakeFinder(), opener: FakeFinder(), media: FakeMedia(),
                makeVoice: { guild, user in
                    VoiceConnectionLink(
                        VoiceConnection(
                            guild: guild, user: user, connector: sockets, sender: sender, time: SystemTime.shared,
                            logger: Logger("voice")
                        ) { channel in
                            try await gateway.updateVoiceState(guild: guild, channel: channel, selfDeaf: true)
                        })
                }))
        let life = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await gateway.run() }
                group.addTask { try? await bot.run() }
            }
        }
        do {
            try await body(sandbox, bot)
        } catch {
            Issue.record("\(error)")
        }
        life.cancel()
        await life.value
        sender.stop()
        await sandbox.stop()
    }

    /// Waits until something is so.
    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// All words of the messages in a channel.
    private func words(_ sandbox: Sandbox) -> [String] {
        sandbox.messages(in: sandbox.seed.music).map(\.text)
    }

    @Test("/play: the panel appears in the channel and frames arrive at the listener")
    func play() async throws {
        try await running { sandbox, bot in
            let (seed, alice) = (sandbox.seed, sandbox.seed.alice)
            try await until { try await sandbox.admin("GET", "world")["commands"]?.array?.count == 12 }
            try sandbox.joinVoice(seed.lounge, as: alice)
            try await until { bot.guilds.voiceChannel(of: UserID(alice), in: GuildID(seed.guild)) != nil }
            #expect(try await sandbox.complete("play", "query", "wa", in: seed.music, as: alice).count == 1)

            try await sandbox.run("play", ["query": "waltz"], in: seed.music, as: alice)
            try await until { words(sandbox).contains { $0.contains("Now playing") && $0.contains("The waltz") } }
            #expect(sandbox.voiceChannel(of: seed.bot) == seed.lounge)
            try await until { (sandbox.listen(seed.lounge).values.map(\.count).max() ?? 0) >= 50 }

            let panel = try #require(sandbox.messages(in: seed.music).last?["id"]?.snowflake)
            try await sandbox.press("player:toggle", on: panel, as: alice)
            try await until { words(sandbox).contains { $0.contains("Paused") } }
            try await sandbox.run("leave", [:], in: seed.music, as: alice)
            try await until { sandbox.voiceChannel(of: seed.bot) == nil }
            try await until { bot.sessionCount == 0 }
        }
    }

    @Test("A moderator's disconnect keeps the queue; /join goes on")
    func disconnect() async throws {
        try await running { sandbox, bot in
            let (seed, alice) = (sandbox.seed, sandbox.seed.alice)
            try await until { try await sandbox.admin("GET", "world")["commands"]?.array?.count == 12 }
            try sandbox.joinVoice(seed.lounge, as: alice)
            try await until { bot.guilds.voiceChannel(of: UserID(alice), in: GuildID(seed.guild)) != nil }
            try await sandbox.run("play", ["query": "waltz"], in: seed.music, as: alice)
            try await until { (sandbox.listen(seed.lounge).values.map(\.count).max() ?? 0) >= 10 }
            try sandbox.joinVoice(nil, as: seed.bot)
            try await until { words(sandbox).contains { $0.contains("queue is kept") } }
            let before = sandbox.listen(seed.lounge).values.map(\.count).reduce(0, +)
            try await sandbox.run("join", [:], in: seed.music, as: alice)
            try await until { sandbox.listen(seed.lounge).values.map(\.count).reduce(0, +) >= before + 10 }
        }
    }

    /// Brings Alice into the Lounge, plays a song and waits until it is heard.
    private func start(_ sandbox: Sandbox, _ bot: MusicBot) async throws {
        let (seed, alice) = (sandbox.seed, sandbox.seed.alice)
        try await until { try await sandbox.admin("GET", "world")["commands"]?.array?.count == 12 }
        try sandbox.joinVoice(seed.lounge, as: alice)
        try await until { bot.guilds.voiceChannel(of: UserID(alice), in: GuildID(seed.guild)) != nil }
        try await sandbox.run("play", ["query": "waltz"], in: seed.music, as: alice)
        try await until { heard(sandbox, seed.lounge) >= 10 }
    }

    private func heard(_ sandbox: Sandbox, _ channel: UInt64) -> Int {
        sandbox.listen(channel).values.map(\.count).reduce(0, +)
    }

    @Test(
        "The music outlives the main gateway's connection and session",
        arguments: [
            SandboxFault.gatewayDrop, .gatewayReconnect, .gatewayInvalidSession(resumable: true),
            .gatewayInvalidSession(resumable: false),
        ])
    func gatewayFaults(fault: SandboxFault) async throws {
        try await running { sandbox, bot in
            try await start(sandbox, bot)
            sandbox.inject(fault)
            let before = heard(sandbox, sandbox.seed.lounge)
            try await until { heard(sandbox, sandbox.seed.lounge) >= before + 100 }
            #expect(bot.sessionCount == 1)
            // Commands work again, on the same session.
            var answered = false
            while !answered {
                try await sandbox.run("pause", [:], in: sandbox.seed.music, as: sandbox.seed.alice)
                for _ in 0..<20 where !answered {
                    try await Task.sleep(for: .milliseconds(50))
                    answered = words(sandbox).contains { $0.contains("Paused") || $0.contains("already paused") }
                }
            }
        }
    }

    @Test("Moved by a moderator, the bot plays on in the new channel")
    func moved() async throws {
        try await running { sandbox, bot in
            let seed = sandbox.seed
            try await start(sandbox, bot)
            try sandbox.joinVoice(seed.studio, as: seed.bot)
            try await until { heard(sandbox, seed.studio) >= 20 }
            try sandbox.joinVoice(seed.studio, as: seed.alice)
            try await until {
                bot.guilds.voiceChannel(of: UserID(seed.alice), in: GuildID(seed.guild)) == ChannelID(seed.studio)
            }
            try await sandbox.run("pause", [:], in: seed.music, as: seed.alice)
            try await until { words(sandbox).contains { $0.contains("Paused") } }
        }
    }

    @Test("A song that cannot be found is said to the caller alone, and the provisional line goes")
    func notFound() async throws {
        try await running { sandbox, bot in
            let (seed, alice) = (sandbox.seed, sandbox.seed.alice)
            try await start(sandbox, bot)
            try await sandbox.run("play", ["query": "nothing"], in: seed.music, as: alice)
            try await until {
                sandbox.messages(in: seed.music).contains {
                    $0["ephemeral_for"]?.snowflake == alice && $0.text.contains("I found nothing for")
                }
            }
            #expect(!words(sandbox).contains { $0.contains("Looking up") })
        }
    }

    @Test("On a stage the bot steps forward, or says that it may not")
    func stage() async throws {
        try await running { sandbox, bot in
            let (seed, alice) = (sandbox.seed, sandbox.seed.alice)
            try await start(sandbox, bot)
            try sandbox.joinVoice(seed.stage, as: alice)
            try await until {
                bot.guilds.voiceChannel(of: UserID(alice), in: GuildID(seed.guild)) == ChannelID(seed.stage)
            }
            try await sandbox.run("join", [:], in: seed.music, as: alice)
            try await until {
                let state = bot.guilds.voiceState(of: UserID(seed.bot), in: GuildID(seed.guild))
                let speaks = state?.channelID == ChannelID(seed.stage) && state?.suppress == false
                return speaks || words(sandbox).contains { $0.contains("only in the audience") }
            }
        }
    }

    @Test("A slow network: the answer still comes, deferred in time")
    func latency() async throws {
        try await running { sandbox, bot in
            try await start(sandbox, bot)
            sandbox.inject(.restLatency(700))
            try await sandbox.run("queue", [:], in: sandbox.seed.music, as: sandbox.seed.alice)
            try await until { words(sandbox).contains { $0.contains("The queue is empty") } }
        }
    }
}
