import BotKit
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

    @Test("An unforeseen error shows the trace id that the log line carries", .timeLimit(.minutes(1)))
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

@Suite("Guild directory")
struct GuildDirectoryTests {
    private let guild = GuildID(9)
    private let lounge = ChannelID(20)
    private let bot = UserID(2)

    private func directory(
        everyone: Permissions = [.viewChannel, .connect, .speak], overwrites: [PermissionOverwrite] = [], limit: Int = 0
    ) -> GuildDirectory {
        let directory = GuildDirectory()
        directory.apply(
            .ready(
                Ready(
                    user: User(id: bot), sessionID: "s", resumeGatewayURL: "",
                    application: PartialApplication(id: ApplicationID(1)))))
        directory.apply(
            .guildCreate(
                Guild(
                    id: guild, name: "Home", ownerID: UserID(1),
                    roles: [
                        Role(id: RoleID(9), permissions: everyone), Role(id: RoleID(10), permissions: .moveMembers),
                    ],
                    voiceStates: [VoiceState(channelID: lounge, userID: UserID(4))],
                    members: [Member(user: User(id: bot, bot: true), roles: [RoleID(10)])],
                    channels: [
                        Channel(id: ChannelID(5), type: .text),
                        Channel(
                            id: lounge, type: .voice, name: "Lounge", permissionOverwrites: overwrites, userLimit: limit
                        ),
                    ])))
        return directory
    }

    @Test("Who sits where follows the voice states")
    func voice() {
        let directory = directory()
        #expect(directory.voiceChannel(of: UserID(4), in: guild) == lounge)
        #expect(directory.guild(guild)?.listeners(in: lounge) == 1)
        let botMember = Member(user: User(id: bot, bot: true))
        directory.apply(
            .voiceStateUpdate(VoiceState(guildID: guild, channelID: lounge, userID: bot, member: botMember)))
        #expect(directory.guild(guild)?.listeners(in: lounge) == 1)
        #expect(directory.guild(guild)?.occupants(of: lounge) == 2)
        directory.apply(.voiceStateUpdate(VoiceState(guildID: guild, channelID: nil, userID: UserID(4))))
        #expect(directory.voiceChannel(of: UserID(4), in: guild) == nil)
        #expect(directory.guild(guild)?.listeners(in: lounge) == 0)
        directory.apply(.guildDelete(UnavailableGuild(id: guild)))
        #expect(directory.count == 0)
    }

    @Test("An outage forgets nothing")
    func outage() {
        let directory = directory()
        directory.apply(.guildDelete(UnavailableGuild(id: guild, unavailable: true)))
        #expect(directory.voiceChannel(of: UserID(4), in: guild) == lounge)
    }

    @Test("The bot's permissions follow roles and overwrites")
    func permissions() throws {
        let open = try #require(directory().botPermissions(in: lounge, of: guild))
        #expect(Permissions([.viewChannel, .connect, .speak]).missing(from: open).isEmpty)
        let deny = PermissionOverwrite(id: Snowflake(9), type: .role, deny: .speak)
        let mute = try #require(directory(overwrites: [deny]).botPermissions(in: lounge, of: guild))
        #expect(Permissions([.connect, .speak]).missing(from: mute).names == ["Speak"])
        #expect(directory().botPermissions(in: ChannelID(5), of: guild) == nil)
    }

    @Test("A full channel is known as full")
    func full() {
        #expect(directory(limit: 1).guild(guild)?.isFull(lounge) == true)
        #expect(directory(limit: 2).guild(guild)?.isFull(lounge) == false)
        #expect(directory(limit: 0).guild(guild)?.isFull(lounge) == false)
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
