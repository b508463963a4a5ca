public import DiscordModel
public import ServiceKit
import Synchronization

/// Runs the handlers of declared commands, buttons, selects and forms, and sees to it that none misses Discord's three
/// seconds: what has not answered after a second and a half is deferred by the router.
///
/// Each interaction is a child task of `run()`; their number is bounded, what comes beyond is refused politely.
public final class CommandRouter: Service {
    /// The name in logs.
    public let name = "command router"

    struct Received: Sendable {
        let interaction: Interaction
        let at: Duration
    }

    let table: CommandTable
    let strings: StringTable
    let responder: any InteractionResponder
    let configuration: RouterConfiguration
    let time: any TimeSource
    let wallMilliseconds: @Sendable () -> Int64
    let logger: Logger
    private let inbox: BoundedChannel<Received>
    private let load = Mutex((working: 0, refusing: 0))

    /// A router of declared commands and components; throws when a declaration breaks a rule.
    public init(
        commands: [Command], components: [ComponentRoute] = [], responder: any InteractionResponder,
        strings: StringTable = StringTable(), configuration: RouterConfiguration = RouterConfiguration(),
        time: any TimeSource, wallMilliseconds: @escaping @Sendable () -> Int64 = WallClock.milliseconds,
        logger: Logger
    ) throws(BotKitError) {
        table = try CommandTable(commands: commands, components: components)
        self.strings = strings
        self.responder = responder
        self.configuration = configuration
        self.time = time
        self.wallMilliseconds = wallMilliseconds
        self.logger = logger
        inbox = BoundedChannel(capacity: configuration.maximumConcurrent + configuration.maximumRefusals)
    }

    /// The declared commands.
    public var commands: [Command] { table.commands }

    /// Interactions being worked on.
    public var working: Int { load.withLock { $0.working } }

    /// Takes an interaction from the gateway; never waits. False when even the refusals are at their bound.
    @discardableResult
    public func submit(_ interaction: Interaction) -> Bool {
        if inbox.trySend(Received(interaction: interaction, at: time.now)) { return true }
        logger.warning("interaction dropped: too many at once", ["interaction": "\(interaction.id)"])
        return false
    }

    /// Works until cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            while let received = await inbox.next() {
                switch admit() {
                case .work:
                    group.addTask {
                        await self.handle(received)
                        self.load.withLock { $0.working -= 1 }
                    }
                case .refuse:
                    group.addTask {
                        await self.refuse(received)
                        self.load.withLock { $0.refusing -= 1 }
                    }
                case .drop:
                    logger.warning("interaction dropped: too many at once", ["id": "\(received.interaction.id)"])
                }
            }
            group.cancelAll()
        }
    }

    private enum Admission { case work, refuse, drop }

    private func admit() -> Admission {
        load.withLock { load in
            if load.working < configuration.maximumConcurrent {
                load.working += 1
                return .work
            }
            if load.refusing < configuration.maximumRefusals {
                load.refusing += 1
                return .refuse
            }
            return .drop
        }
    }

    /// A logger for one interaction.
    func logger(for interaction: Interaction, _ trace: TraceID) -> Logger {
        var fields = ["trace": trace.description]
        if let guild = interaction.guildID { fields["guild"] = "\(guild)" }
        if let user = interaction.invoker { fields["user"] = "\(user.id)" }
        return logger.with(fields)
    }

    private func refuse(_ received: Received) async {
        let interaction = received.interaction
        let trace = TraceID(interaction: interaction.id.rawValue)
        let logger = logger(for: interaction, trace)
        logger.notice("interaction refused: too many at once")
        if interaction.type == .autocomplete {
            await sendChoices([], for: interaction, logger)
            return
        }
        let answer = Answer(
            interaction, origin: .command(deferEphemeral: true), responder: responder, logger: logger)
        let text = strings.text(RouterPhrases.overloaded, locale: interaction.locale)
        _ = try? await answer.reply(MessageBody(content: text), ephemeral: true)
    }

    func sendChoices(_ suggestions: [Suggestion], for interaction: Interaction, _ logger: Logger) async {
        do throws(ResponderFailure) {
            _ = try await responder.respond(
                to: interaction.id, token: interaction.token,
                with: .autocomplete(suggestions.prefix(CommandRules.maximumEntries).map(\.choice)))
        } catch {
            // Late suggestions are ordinary: the person typed on.
            logger.debug("suggestions not taken", ["reason": error.description])
        }
    }
}
