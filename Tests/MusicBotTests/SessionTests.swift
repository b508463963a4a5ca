import BotKit
import DiscordAPI
import DiscordModel
import MusicEngine
import ServiceKit
import Synchronization
import Testing
import TestSupport

@testable import MusicBot

@Suite("Guild sessions", .timeLimit(.minutes(5)))
struct SessionTests {
    private let world = World()

    /// The next sentence the bot says by itself.
    private func said() async -> String? {
        await world.deed { if case .posted(let body, _) = $0 { body.content } else { nil } }
    }

    private func waitUntilFree(_ bot: MusicBot) async {
        while bot.sessionCount > 0 { await Task.yield() }
    }

    /// Moves the clock second by second, as long as the session lives.
    private func pass(_ seconds: Int) async {
        for _ in 0..<seconds { await world.clock.advance(by: .seconds(1)) }
    }

    /// What is said next, while the clock moves on.
    private func saidInTime() async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await said() }
            group.addTask {
                while !Task.isCancelled { await pass(1) }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    @Test("Alone for five minutes, the bot leaves with a sentence and frees everything")
    func alone() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.seat(world.alice, in: nil)
            while bot.guilds.voiceChannel(of: world.alice, in: world.guild) != nil { await Task.yield() }
            await pass(290)
            #expect(bot.sessionCount == 1)
            #expect(await saidInTime() == "Everybody left <#20>, so I left too. Call me back with /play.")
            await waitUntilFree(bot)
            #expect(world.voice.state.withLock { $0.left } == 1)
        }
    }

    @Test("Somebody coming back in time keeps it")
    func notAlone() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.seat(world.alice, in: nil)
            while bot.guilds.voiceChannel(of: world.alice, in: world.guild) != nil { await Task.yield() }
            await pass(200)
            world.seat(world.bob, in: world.lounge)
            while bot.guilds.voiceChannel(of: world.bob, in: world.guild) == nil { await Task.yield() }
            await pass(200)
            #expect(bot.sessionCount == 1)
        }
    }

    @Test("The progress bar moves every five seconds, no oftener")
    func ticks() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            var times: [Duration] = []
            while times.count < 6 {
                world.voice.sink.play(25)
                await world.clock.advance(by: .milliseconds(500))
                for _ in 0..<100 { await Task.yield() }
                while let deed = world.discord.deeds.tryNext() {
                    if case .edited = deed { times.append(world.clock.now) }
                }
            }
            // The first edits tell that the song began; then there is one per tick.
            let ticks = times.suffix(4)
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $1 - $0 >= .seconds(4) }, "\(times)")
        }
    }

    @Test("Nothing playing for fifteen minutes, the bot leaves")
    func nothingPlaying() async throws {
        try await world.running { bot in
            #expect(await world.ask("join", by: world.alice) == "Joined <#20>.")
            world.seat(world.bot, in: world.lounge)
            await pass(890)
            #expect(bot.sessionCount == 1)
            #expect(await saidInTime()?.hasPrefix("Nothing has been playing for a while") == true)
            await waitUntilFree(bot)
        }
    }

    @Test("Disconnected by a moderator, the queue is kept, and /join goes on with it")
    func disconnected() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.use("play", [("query", "march")], by: world.alice)
            _ = await world.answer()
            _ = await world.answer()
            world.voice.lose(nil)
            #expect(await said()?.hasPrefix("I was disconnected from <#20>. The queue is kept") == true)
            let queue = await world.ask("queue", by: world.alice)
            #expect(queue?.contains("The march") == true)
            #expect(await world.ask("join", by: world.alice) == "Joined <#20>.")
            #expect(await world.ask("pause", by: world.alice) == "Paused **The waltz**.")
        }
    }

    @Test("Disconnected, it is not resumed without a channel, and it ends after a while")
    func disconnectedForGood() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.use("play", [("query", "march")], by: world.alice)
            _ = await world.answer()
            _ = await world.answer()
            world.voice.lose(nil)
            #expect(await said()?.hasPrefix("I was disconnected from <#20>. The queue is kept") == true)
            #expect(await world.ask("resume", by: world.alice) == "I am not in a voice channel.")
            // Skipping lets the next song go on, which nobody hears.
            #expect(await world.ask("skip", by: world.alice) == "Skipped **The waltz**.")
            await pass(1000)
            await waitUntilFree(bot)
        }
    }

    @Test("Moved by a moderator, the bot counts the listeners of the new channel")
    func moved() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.seat(world.bob, in: world.attic)
            world.seat(world.bot, in: world.attic)
            world.voice.events.trySend(.moved(world.attic))
            let refusal = "I am playing in <#21>. Join me there to control the music."
            var last: String?
            while last != refusal { last = await world.ask("resume", by: world.alice) }
            #expect(await world.ask("pause", by: world.bob) == "Paused **The waltz**.")
        }
    }

    @Test("A new gateway session: a lost seat is taken again, a kept one is left alone")
    func newSession() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            #expect(await world.voice.joins.next() == world.lounge)
            world.sendGuild(botSeat: world.lounge)
            world.sendGuild(botSeat: nil)
            #expect(await world.voice.joins.next() == world.lounge)
            #expect(await world.ask("pause", by: world.alice) == "Paused **The waltz**.")
            #expect(world.voice.state.withLock { $0.joined.count } == 2)
        }
    }

    @Test("A channel that cannot be joined is said, and nothing is left behind")
    func joinFails() async throws {
        try await world.running { bot in
            world.voice.state.withLock { $0.failure = VoiceLinkFailure("The voice server did not answer.") }
            #expect(
                await world.ask("join", by: world.alice) == "I could not join <#20>: The voice server did not answer.")
            await waitUntilFree(bot)
        }
    }

    @Test("Removed from the guild, everything is freed without a word")
    func removed() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.send(.guildDelete(UnavailableGuild(id: world.guild)))
            await waitUntilFree(bot)
            #expect(bot.guilds.guilds.isEmpty)
        }
    }

    @Test("An outage of the guild keeps the music")
    func outage() async throws {
        try await world.running { bot in
            await world.play(on: bot)
            world.send(.guildDelete(UnavailableGuild(id: world.guild, unavailable: true)))
            #expect(await world.ask("pause", by: world.alice) == "Paused **The waltz**.")
        }
    }

    @Test("The number of sessions is bounded")
    func bounded() async throws {
        var configuration = MusicBotConfiguration()
        configuration.maximumSessions = 0
        try await world.running(configuration) { _ in
            #expect(await world.ask("join", by: world.alice) == Phrases.tooManySessions.english)
        }
    }

    @Test("Two people calling at once share one session")
    func concurrent() async throws {
        try await world.running { bot in
            world.seat(world.bob, in: world.lounge)
            world.use("play", [("query", "waltz")], by: world.alice)
            world.use("play", [("query", "march")], by: world.bob)
            for _ in 0..<2 { _ = await world.deed { if case .editedAnswer = $0 { true } else { nil } } }
            #expect(bot.sessionCount == 1)
            #expect(world.voicesMade.withLock { $0 } == 1)
            #expect(world.voice.state.withLock { $0.joined.count } == 1)
        }
    }
}
