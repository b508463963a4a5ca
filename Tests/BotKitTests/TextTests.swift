import BotKit
import DiscordAPI
import DiscordModel
import ServiceKit
import Synchronization
import Testing

@Suite("Custom ids")
struct CustomIDTests {
    @Test("Arguments of any text come back", arguments: [[], ["1"], ["a:b", "", "100%"], ["%3A", "%25", "ä:🎵"]])
    func roundTrip(arguments: [String]) throws {
        let id = try CustomID("player", arguments)
        let copy = CustomID(parsing: id.description)
        #expect(copy == id)
    }

    @Test("Over 100 characters and colons in the prefix are refused")
    func refused() throws {
        #expect(throws: BotKitError.self) { try CustomID("p", [String(repeating: "x", count: 99)]) }
        _ = try CustomID("p", [String(repeating: "x", count: 98)])
        #expect(throws: BotKitError.self) { try CustomID("a:b") }
        #expect(throws: BotKitError.self) { try CustomID("") }
    }

    @Test("Text nobody of us wrote is read without harm", arguments: ["", ":", "%", "a:%", "a:%2", "::::"])
    func hostile(text: String) {
        _ = CustomID(parsing: text)
    }
}

@Suite("String table")
struct StringTableTests {
    private let phrase = Phrase("greet", "Hi {name}, {count} new")
    private let table = StringTable([
        "en-GB": ["greet": "Good day {name}"], "es-ES": ["greet": "Hola {name}"], "de": [:],
    ])

    @Test("Translations fall back as Discord's do, at last to English")
    func fallbacks() {
        let values = ["name": "Ada", "count": "3"]
        #expect(table.text(phrase, values, locale: "en-US") == "Good day Ada")
        #expect(table.text(phrase, values, locale: "es-419") == "Hola Ada")
        #expect(table.text(phrase, values, locale: "de") == "Hi Ada, 3 new")
        #expect(table.text(phrase, values, locale: nil) == "Hi Ada, 3 new")
    }

    @Test("A value with braces is not looked into, an unknown placeholder stays")
    func braces() {
        #expect(table.text(phrase, ["name": "{count}", "count": "{name}"]) == "Hi {count}, {name} new")
        #expect(table.text(phrase, ["name": "x"]) == "Hi x, {count} new")
        #expect(table.text(Phrase("k", "{ {{a} }"), ["a": "1"]) == "{ {1 }")
    }
}

@Suite("Trace ids")
struct TraceIDTests {
    @Test("Six hexadecimal digits, the same for the same interaction")
    func shape() {
        for raw in [0, 1, 2, UInt64.max, 1_234_567_890_123_456_789] as [UInt64] {
            let id = TraceID(interaction: raw).description
            #expect(id.count == 6 && id.allSatisfy(\.isHexDigit))
            #expect(id == TraceID(interaction: raw).description)
        }
    }

    @Test("An unforeseen error shows the trace id that the log line carries", .timeLimit(.minutes(5)))
    func logged() async throws {
        struct Unforeseen: Error {}
        let lines = Mutex<[String]>([])
        LogOutput.shared.setSink { line in lines.withLock { $0.append(line) } }
        defer { LogOutput.shared.setSink(nil) }
        let fixture = try RouterFixture([Command("boom", Phrase("b", "Fails")) { _ in throw Unforeseen() }])
        let id = interactionID(4242)
        let trace = TraceID(interaction: id.rawValue).description
        try await fixture.running {
            fixture.router.submit(slash("boom", id: id))
            guard case .callback(.message(let body))? = await fixture.discord.happened.next() else {
                Issue.record("no answer")
                return
            }
            #expect(body.content?.contains("Something went wrong") == true)
            #expect(body.content?.contains(trace) == true)
            #expect(body.flags == .ephemeral)
        }
        #expect(lines.withLock { $0.contains { $0.contains("trace=\(trace)") && $0.contains("Unforeseen") } })
    }
}

@Suite("Guild facts")
struct GuildFactsTests {
    private let guild = GuildID(9)
    private let lounge = ChannelID(20)
    private let bot = UserID(2)

    private func cache(limit: Int = 0) -> GuildCache {
        let cache = GuildCache()
        cache.apply(
            .ready(
                Ready(
                    user: User(id: bot), guilds: [UnavailableGuild(id: guild)], sessionID: "s", resumeGatewayURL: "",
                    application: PartialApplication(id: ApplicationID(1)))))
        cache.apply(
            .guildCreate(
                Guild(
                    id: guild, name: "Home", voiceStates: [VoiceState(channelID: lounge, userID: UserID(4))],
                    members: [Member(user: User(id: bot, bot: true))],
                    channels: [Channel(id: lounge, type: .voice, userLimit: limit)])))
        return cache
    }

    @Test("Listeners are people, not bots")
    func listeners() {
        let cache = cache()
        #expect(cache.me == bot)
        #expect(cache.voiceChannel(of: UserID(4), in: guild) == lounge)
        #expect(cache.listeners(in: lounge, of: guild) == 1)
        let member = Member(user: User(id: bot, bot: true))
        cache.apply(.voiceStateUpdate(VoiceState(guildID: guild, channelID: lounge, userID: bot, member: member)))
        #expect(cache.listeners(in: lounge, of: guild) == 1)
        cache.apply(.voiceStateUpdate(VoiceState(guildID: guild, channelID: nil, userID: UserID(4))))
        #expect(cache.listeners(in: lounge, of: guild) == 0)
    }

    @Test("A full channel is known as full", arguments: [(0, false), (1, true), (2, false)])
    func full(limit: Int, isFull: Bool) {
        #expect(cache(limit: limit).isFull(lounge, of: guild) == isFull)
    }

    @Test("Missing permissions have the names Discord shows; administrators lack nothing")
    func names() {
        let needed: Permissions = [.connect, .speak]
        #expect(needed.missing(from: .connect).names == ["Speak"])
        #expect(needed.missing(from: .administrator).isEmpty)
    }
}

@Suite("Guild settings")
struct GuildSettingsTests {
    @Test("Values are kept per guild, and their number is bounded")
    func bounded() async {
        let settings = GuildSettingsInMemory(initial: 100, capacity: 2)
        for number in 1...3 { await settings.update(GuildID(UInt64(number))) { $0 += number } }
        #expect(await settings.value(for: GuildID(1)) == 100)
        #expect(await settings.value(for: GuildID(3)) == 103)
        await settings.forget(GuildID(3))
        #expect(await settings.value(for: GuildID(3)) == 100)
    }
}
