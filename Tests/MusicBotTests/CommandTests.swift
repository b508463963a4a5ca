import BotKit
import DiscordAPI
import DiscordModel
import DiscordVoice
import MusicEngine
import ServiceKit
import Synchronization
import Testing
import TestSupport

@testable import MusicBot

@Suite("Music commands", .timeLimit(.minutes(5)))
struct CommandTests {
    private let world = World()

    @Test("/play answers at once, joins, and its answer becomes the panel")
    func play() async throws {
        try await world.running { _ in
            world.use("play", [("query", "waltz")], by: world.alice)
            let first = await world.deed { if case .answered(.message(let body)) = $0 { body } else { nil } }
            #expect(texts(first) == ["🔎 Looking up **waltz** …"])
            let second = await world.deed { if case .editedAnswer(let body) = $0 { body } else { nil } }
            #expect(texts(second).first?.contains("The waltz") == true)
            if let second { expectWithinLimits(second) }
            #expect(await world.voice.joins.next() == world.lounge)
            for _ in 0..<20 {
                world.voice.sink.play(5)
                await world.clock.advance(by: .milliseconds(200))
            }
            // Loaded, the panel says so by an edit of the same message, not by a new one.
            let edit = await world.deed { deed -> (MessageID, MessageBody)? in
                if case .posted = deed { Issue.record("a second message was posted") }
                if case .edited(let id, let body) = deed { return (id, body) }
                return nil
            }
            #expect(edit?.0 == MessageID(300))
            #expect(texts(edit?.1).first?.hasPrefix("🎵 Now playing") == true)
        }
    }

    @Test("A second song goes to the queue, a list as a whole")
    func queueing() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.use("play", [("query", "march")], by: world.alice)
            #expect(await world.answer()?.contains("Looking up") == true)
            #expect(await world.answer() == "➕ Added **The march** · 3:20 · number 1 in the queue.")
            world.use("play", [("query", "list")], by: world.alice)
            _ = await world.answer()
            #expect(await world.answer() == "➕ Added **My list** with 5 songs to the queue.")
            let queue = await world.ask("queue", by: world.bob)
            #expect(queue?.contains("6\\. **The part 5**") == true)
        }
    }

    @Test(
        "What cannot be played is said, and the provisional line goes",
        arguments: [
            ("nothing", "I found nothing for **nothing**. Try other words or a link."),
            ("http://10.0.0.1/x.mp3", MusicError.privateAddressRefused.sentence),
        ])
    func failures(query: String, sentence: String) async throws {
        try await world.running { _ in
            world.use("play", [("query", .string(query))], by: world.alice)
            _ = await world.answer()
            #expect(await world.deed { if case .deletedAnswer = $0 { true } else { nil } } == true)
            let body = await world.deed { if case .followedUp(let body) = $0 { body } else { nil } }
            #expect(body?.content == sentence)
            #expect(body?.flags == .ephemeral)
        }
    }

    @Test("Callers outside voice, closed, full and silent channels get their sentence")
    func access() async throws {
        try await world.running { _ in
            #expect(await world.ask("play", [("query", "x")], by: world.bob) == Phrases.joinFirst.english)
            #expect(await world.ask("play", [("query", "  ")], by: world.alice) == Phrases.emptyQuery.english)
            #expect(await world.ask("join", by: world.bob) == Phrases.joinFirst.english)
            func join(_ channel: ChannelID) async -> String? {
                await world.ask("join", [("channel", .snowflake(channel))], by: world.alice)
            }
            #expect(await join(world.locked)?.contains("View Channel and Connect") == true)
            #expect(await join(world.mute)?.contains("permission Speak") == true)
            #expect(await join(world.text) == "<#5> is not a voice channel.")
            world.seat(world.bob, in: world.tiny)
            #expect(await join(world.tiny) == "<#23> is full. Free a place or choose another channel.")
        }
    }

    @Test("Nothing playing is said by every control", arguments: ["pause", "resume", "skip", "stop", "nowplaying"])
    func nothing(command: String) async throws {
        try await world.running { _ in
            #expect(await world.ask(command, by: world.alice) == Phrases.nothingPlaying.english)
        }
    }

    @Test("Only listeners control the music, except while nobody listens")
    func sameChannel() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            let refusal = "I am playing in <#20>. Join me there to control the music."
            #expect(await world.ask("skip", by: world.bob) == refusal)
            world.seat(world.bob, in: world.attic)
            for command in ["pause", "stop", "leave", "join"] {
                #expect(await world.ask(command, by: world.bob) == refusal)
            }
            #expect(await world.ask("play", [("query", "x")], by: world.bob) == refusal)
            world.press("player:stop", of: MessageID(300), by: world.bob)
            #expect(await world.answer() == refusal)
            world.seat(world.alice, in: nil)
            #expect(await world.ask("pause", by: world.bob) == "Paused **The waltz**.")
            #expect(await world.ask("join", by: world.bob) == "Moved to <#21>.")
        }
    }

    @Test("Pause and resume, with sentences for what is already so")
    func pausing() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            #expect(await world.ask("resume", by: world.alice) == Phrases.notPaused.english)
            #expect(await world.ask("pause", by: world.alice) == "Paused **The waltz**.")
            #expect(await world.ask("pause", by: world.alice) == Phrases.alreadyPaused.english)
            #expect(await world.ask("resume", by: world.alice) == "Playing **The waltz** again.")
        }
    }

    @Test("Seeking goes where it was told, and says why when it cannot")
    func seeking() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            func seek(_ text: String) async -> String? {
                await world.ask("seek", [("position", .string(text))], by: world.alice)
            }
            #expect(await seek("1:23") == "Now at 1:23 of 3:20.")
            #expect(await seek("+10")?.hasPrefix("Now at 1:33") == true)
            #expect(await seek("-1m")?.hasPrefix("Now at 0:33") == true)
            #expect(await seek("-10m")?.hasPrefix("Now at 0:00") == true)
            #expect(await seek("9:59") == "The song is only 3:20 long.")
            #expect(await seek("soon")?.contains("is no time I understand") == true)
            #expect(await world.ask("skip", by: world.alice) == "Skipped **The waltz**.")
            await world.play("radio", on: bot)
            #expect(await seek("10") == Phrases.cannotSeekLive.english)
        }
    }

    @Test("The volume is shown, set, kept for the guild")
    func volume() async throws {
        try await world.running { bot in
            #expect(await world.ask("volume", by: world.alice) == "The volume is 100 %.")
            await world.play(on: bot)
            #expect(await world.ask("volume", [("level", 150)], by: world.alice) == "Volume set to 150 %.")
            #expect(await world.ask("volume", [("level", 201)], by: world.alice) == Phrases.badVolume.english)
            #expect(await world.ask("leave", by: world.alice) == "Left <#20>.")
            while bot.sessionCount > 0 { await Task.yield() }
            #expect(await world.ask("volume", by: world.alice) == "The volume is 150 %.")
        }
    }

    @Test("A button redraws the panel it sits on")
    func buttons() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.press("player:toggle", of: MessageID(300), by: world.alice)
            let body = await world.deed { if case .answered(.updateMessage(let body)) = $0 { body } else { nil } }
            #expect(texts(body).first?.hasPrefix("⏸️ Paused") == true)
            world.press("player:louder", of: MessageID(300), by: world.alice)
            let louder = await world.deed { if case .answered(.updateMessage(let body)) = $0 { body } else { nil } }
            #expect(texts(louder).last?.contains("Volume 110 %") == true)
            world.press("player:queue", of: MessageID(300), by: world.bob)
            let queue = await world.deed { if case .answered(.message(let body)) = $0 { body } else { nil } }
            #expect(queue?.flags?.contains(.ephemeral) == true)
            world.press("player:stop", of: MessageID(1), by: world.alice)
            #expect(await world.deed { if case .answered(.deferredUpdate) = $0 { true } else { nil } } == true)
            let over = await world.deed { deed -> MessageBody? in
                if case .edited(MessageID(300), let body) = deed,
                    texts(body).first?.contains("Nothing is playing") == true
                {
                    return body
                }
                return nil
            }
            #expect(over != nil)
        }
    }

    @Test("/nowplaying moves the panel to its answer")
    func nowPlaying() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.use("nowplaying", by: world.bob)
            let first = await world.deed { if case .answered(.message(let body)) = $0 { body } else { nil } }
            #expect(texts(first).first?.contains("The waltz") == true)
            #expect(first?.flags?.contains(.ephemeral) == false)
            // The panel is this message now: a button of it redraws it in the answer.
            world.press("player:toggle", of: MessageID(300), by: world.alice)
            #expect(await world.deed { if case .answered(.updateMessage) = $0 { true } else { nil } } == true)
        }
    }

    @Test("Direct messages get a sentence")
    func direct() async throws {
        try await world.running { _ in
            world.use("play", [("query", "x")], by: world.alice, in: nil)
            #expect(await world.answer() == RouterPhrases.guildOnly.english)
        }
    }

    @Test("A broken song is said in the channel")
    func broken() async throws {
        try await world.running { bot in
            world.use("play", [("query", "broken")], by: world.alice)
            let posted = await world.deed { if case .posted(let body, _) = $0 { body.content } else { nil } }
            #expect(posted?.hasPrefix("⚠️ I could not play **The broken**: This file is damaged") == true)
        }
    }

    @Test("/voice status shows the privacy code, who is in the group, and how the connection does")
    func voiceStatus() async throws {
        try await world.running { bot in
            func status() async -> String? {
                world.use("voice", subcommand: "status", by: world.alice)
                return await world.answer()
            }
            #expect(await status() == Phrases.notConnected.english)
            await world.play(on: bot)
            var report = VoiceLinkReport(endpoint: "rotterdam7001.discord.media:443")
            world.voice.state.withLock { $0.report = report }
            #expect(await status()?.contains(Phrases.statusOff.english) == true)
            report.statistics.latency = .milliseconds(23)
            report.statistics.stream.sent = 4_321
            report.encryption.version = 1
            report.encryption.status = .encrypted(epoch: 5, members: [world.bot, world.alice])
            report.encryption.privacyCode = "05870 81055 56138 05211 95724 94877"
            report.encryption.recoveries = 3
            world.voice.state.withLock { $0.report = report }
            let shown = await status() ?? ""
            for part in [
                "<#\(world.lounge)>", "(DAVE 1), epoch 5, with <@2>, <@4>", "`05870 81055 56138 05211 95724 94877`",
                "Latency 23 ms", "rotterdam7001.discord.media:443", "4321 sent", "3 recoveries",
            ] {
                #expect(shown.contains(part), "\(part) in \(shown)")
            }
            #expect(shown.count <= 2_000)
            report.encryption.status = .encrypted(epoch: 6, members: (1...99).map { UserID($0) })
            world.voice.state.withLock { $0.report = report }
            #expect(await status()?.contains("and 84 more") == true)
            report.encryption.status = .waiting
            world.voice.state.withLock { $0.report = report }
            #expect(await status()?.contains("begins as soon as") == true)
            report.encryption.status = .passthrough
            world.voice.state.withLock { $0.report = report }
            #expect(await status()?.contains("Discord chose so") == true)
        }
    }

    @Test("Every phrase has words and a key of its own")
    func phrases() {
        let commands = [
            "play", "join", "leave", "pause", "resume", "skip", "stop", "seek", "volume", "queue", "nowplaying",
            "voice",
        ]
        #expect(throws: Never.self) { try CommandRules.check(Self.declared) }
        #expect(Set(Self.declared.map(\.name)) == Set(commands))
    }

    private static var declared: [Command] {
        let world = World()
        let parts = SessionParts(
            configuration: MusicBotConfiguration(), guilds: GuildCache(), channels: world.discord, stages: nil,
            opener: FakeFinder(), media: FakeMedia(), settings: GuildSettingsInMemory(initial: MusicGuildSettings()),
            makeVoice: { _, _ in world.voice }, time: world.clock, logger: Logger("test"))
        return MusicCommands(
            configuration: parts.configuration, guilds: parts.guilds, sessions: SessionTable(parts: parts),
            finder: FakeFinder(), settings: parts.settings, logger: parts.logger
        ).commands
    }
}
