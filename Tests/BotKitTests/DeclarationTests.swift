import BotKit
import DiscordModel
import ServiceKit
import Synchronization
import Testing

private let words = Phrase("test.words", "Does something")
private let nothing: InteractionHandler = { _ in }

@Suite("Command rules")
struct CommandRulesTests {
    @Test(
        "Names Discord would refuse are refused at start",
        arguments: ["", "Play", "play song", "play/now", String(repeating: "a", count: 33), "🎵"])
    func badNames(name: String) {
        #expect(throws: BotKitError.self) { try CommandRules.check([Command(name, words, run: nothing)]) }
    }

    @Test(
        "Names Discord takes are taken", arguments: ["play", "now-playing", "spiel_1", "jouer'", "играть", "再生", "เล่น"])
    func goodNames(name: String) throws {
        try CommandRules.check([Command(name, words, run: nothing)])
    }

    @Test("An error names the command, the option and the rule")
    func message() {
        let command = Command(
            "play", words,
            options: [
                CommandOption("maybe", words, .boolean), CommandOption("must", words, .boolean, required: true),
            ], run: nothing)
        #expect {
            try CommandRules.check([command])
        } throws: { error in
            "\(error)".contains("play must") && "\(error)".contains("required options come before optional ones")
        }
    }

    @Test("Broken options are refused")
    func badOptions() {
        let complete: Autocomplete = { _ in [] }
        let broken: [CommandOption] = [
            CommandOption("a", words, .boolean, autocomplete: complete),
            CommandOption("a", words, .boolean, choices: [.init(words, .string("x"))]),
            CommandOption("a", words, .string(length: nil), choices: [.init(words, .integer(1))]),
            CommandOption(
                "a", words, .string(length: nil), choices: [.init(words, .string("x"))], autocomplete: complete),
            CommandOption("a", words, .string(length: 0...6001)),
            CommandOption("a", words, .integer(Int64.min...0)),
            CommandOption("a", Phrase("k", String(repeating: "x", count: 101)), .boolean),
            CommandOption("a", Phrase("k", ""), .boolean),
        ]
        for option in broken {
            #expect(throws: BotKitError.self) {
                try CommandRules.check(Command("c", words, options: [option], run: nothing))
            }
        }
        #expect(throws: BotKitError.self) {
            try CommandRules.check(
                Command(
                    "c", words, options: (0..<26).map { CommandOption("o\($0)", words, .boolean) }, run: nothing))
        }
    }

    @Test("Two commands or two handlers of one name are refused")
    func duplicates() {
        let twice = [Command("a", words, run: nothing), Command("a", words, run: nothing)]
        #expect(throws: BotKitError.duplicate("a")) { try CommandRules.check(twice) }
        #expect(throws: BotKitError.duplicate("p")) {
            try RouterFixture(components: [ComponentRoute("p", run: nothing), ComponentRoute("p", run: nothing)])
        }
    }

    @Test("A group in a group is refused")
    func nesting() {
        let inner = Subcommand.group("inner", words, [.run("x", words, [], nothing)])
        #expect(throws: BotKitError.self) {
            try CommandRules.check(Command("c", words, subcommands: [.group("outer", words, [inner])]))
        }
    }

    @Test("Texts over 8000 characters in one command are refused")
    func tooLarge() {
        let long = Phrase("long", String(repeating: "x", count: 100))
        let choices = (0..<25).map { CommandOption.Choice(long, .string(String(repeating: "y", count: 90) + "\($0)")) }
        let options = (0..<2).map { CommandOption("o\($0)", words, .string(length: nil), choices: choices) }
        #expect(throws: BotKitError.self) {
            try CommandRules.check(Command("c", words, options: options, run: nothing))
        }
    }
}

/// Discord's list of commands.
private final class FakeRegistry: CommandRegistry, Sendable {
    let registered: Mutex<[ApplicationCommand]>
    let puts = Mutex(0)

    init(_ commands: [ApplicationCommand]) { registered = Mutex(commands) }

    func registeredCommands(of application: ApplicationID, in guild: GuildID?) async -> [ApplicationCommand] {
        registered.withLock { $0 }
    }

    func overwriteCommands(of application: ApplicationID, in guild: GuildID?, with commands: [ApplicationCommand]) async
    {
        puts.withLock { $0 += 1 }
        registered.withLock { list in
            list = commands.enumerated().map { number, command in
                var command = command
                command.id = CommandID(UInt64(number + 1))
                command.version = Snowflake(99)
                command.dmPermission = false
                command.contexts = command.contexts ?? [0, 1, 2]
                command.integrationTypes = [0]
                return command
            }
        }
    }
}

@Suite("Command sync")
struct CommandSyncTests {
    private let commands = [
        Command(
            "play", words,
            options: [
                CommandOption("query", words, .string(length: 1...200), required: true, autocomplete: { _ in [] })
            ],
            run: nothing),
        Command("volume", words, options: [CommandOption("level", words, .integer(0...200))], run: nothing),
    ]

    @Test("The first sync writes, the second finds nothing to do")
    func onlyWhenChanged() async throws {
        let registry = FakeRegistry([])
        let sync = CommandSync(registry: registry, logger: Logger("test"))
        #expect(try await sync.sync(commands, application: ApplicationID(1)) == .replaced(["play", "volume"]))
        #expect(try await sync.sync(commands, application: ApplicationID(1)) == .unchanged)
        #expect(try await sync.sync(commands.reversed(), application: ApplicationID(1)) == .unchanged)
        #expect(registry.puts.withLock { $0 } == 1)
    }

    @Test("A changed, new or gone command is written")
    func changes() async throws {
        let registry = FakeRegistry([])
        let sync = CommandSync(registry: registry, logger: Logger("test"))
        try await sync.sync(commands, application: ApplicationID(1))
        let louder = Command("volume", words, options: [CommandOption("level", words, .integer(0...300))], run: nothing)
        #expect(
            try await sync.sync([commands[0], louder], application: ApplicationID(1)) == .replaced(["volume"]))
        #expect(try await sync.sync([commands[0]], application: ApplicationID(1)) == .replaced(["volume"]))
        let extra = Command("extra", words, run: nothing)
        #expect(try await sync.sync([commands[0], extra], application: ApplicationID(1)) == .replaced(["extra"]))
        #expect(registry.puts.withLock { $0 } == 4)
    }

    @Test("A declaration survives Discord's JSON unchanged")
    func roundTrip() async throws {
        let strings = StringTable(["de": ["test.words": "Tut etwas"]])
        for command in commands {
            let declared = command.declaration(strings: strings)
            let copy = try JSON.decode(ApplicationCommand.self, from: JSON.value(declared))
            #expect(declared == copy)
            #expect(copy.descriptionLocalizations == ["de": "Tut etwas"])
        }
    }
}
