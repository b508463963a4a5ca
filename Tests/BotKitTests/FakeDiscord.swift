import BotKit
import DiscordModel
import ServiceKit
import Synchronization
import TestSupport

/// Plays Discord for router tests: keeps every request, enforces "one callback per interaction", can be held or broken.
final class FakeDiscord: InteractionResponder, Sendable {
    enum Request: Sendable, Equatable {
        case callback(InteractionResponse)
        case edit(MessageBody)
        case delete
        case followUp(MessageBody)
    }

    struct State {
        var requests: [InteractionID: [Request]] = [:]
        var doubleCallbacks = 0
        var failure: ResponderFailure?
        var deleted: Set<String> = []
        var tokens: [String: InteractionID] = [:]
    }

    let state = Mutex(State())
    let happened = BoundedChannel<Request>(capacity: 1000)
    /// When set, a callback waits here for one element before it is answered.
    let gate: BoundedChannel<Void>?

    init(held: Bool = false) { gate = held ? BoundedChannel(capacity: 10) : nil }

    func requests(_ id: InteractionID) -> [Request] { state.withLock { $0.requests[id] ?? [] } }
    var doubleCallbacks: Int { state.withLock { $0.doubleCallbacks } }
    func fail(with failure: ResponderFailure?) { state.withLock { $0.failure = failure } }

    func respond(
        to interaction: InteractionID, token: String, with response: InteractionResponse
    ) async throws(ResponderFailure) -> Message? {
        if let gate { _ = await gate.next() }
        try note(.callback(response), interaction, token)
        return nil
    }

    func editOriginal(
        of application: ApplicationID, token: String, to body: MessageBody
    ) async throws(ResponderFailure) -> Message {
        try note(.edit(body), nil, token)
        return Message(id: MessageID(77), channelID: ChannelID(5))
    }

    func deleteOriginal(of application: ApplicationID, token: String) async throws(ResponderFailure) {
        try note(.delete, nil, token)
    }

    func followUp(
        for application: ApplicationID, token: String, with body: MessageBody
    ) async throws(ResponderFailure) -> Message {
        try note(.followUp(body), nil, token)
        return Message(id: MessageID(78), channelID: ChannelID(5))
    }

    private func note(_ request: Request, _ id: InteractionID?, _ token: String) throws(ResponderFailure) {
        let failure = state.withLock { state -> ResponderFailure? in
            if let failure = state.failure { return failure }
            if let id { state.tokens[token] = id }
            guard let id = state.tokens[token] else { return .lost("Unknown interaction") }
            if case .callback = request,
                state.requests[id]?.contains(where: { if case .callback = $0 { true } else { false } }) == true
            {
                state.doubleCallbacks += 1
                return .alreadyAnswered
            }
            state.requests[id, default: []].append(request)
            return nil
        }
        happened.trySend(request)
        if let failure { throw failure }
    }
}

/// A moment in 2026 as a snowflake's and a wall clock's milliseconds.
let wallStart: Int64 = 1_790_000_000_000

/// An interaction's id whose time is `wallStart` plus `offset` milliseconds.
func interactionID(_ number: UInt64, createdAfter offset: Int64 = 0) -> InteractionID {
    InteractionID(UInt64(wallStart + offset - 1_420_070_400_000) << 22 | number)
}

/// A use of a slash command in a guild.
func slash(
    _ name: String, id: InteractionID = interactionID(1), options: [CommandDataOption] = [],
    guild: GuildID? = GuildID(9),
    type: InteractionType = .command, locale: String? = nil, appPermissions: Permissions? = nil,
    memberPermissions: Permissions = []
) -> Interaction {
    Interaction(
        id: id, applicationID: ApplicationID(2), type: type,
        data: .command(CommandData(id: CommandID(3), name: name, options: options)), guildID: guild,
        channelID: ChannelID(5),
        member: guild == nil ? nil : Member(user: User(id: UserID(4), username: "ada"), permissions: memberPermissions),
        user: guild == nil ? User(id: UserID(4), username: "ada") : nil, token: "token-\(id)",
        appPermissions: appPermissions, locale: locale)
}

/// A press of a button.
func press(_ customID: String, id: InteractionID = interactionID(2)) -> Interaction {
    Interaction(
        id: id, applicationID: ApplicationID(2), type: .component,
        data: .component(ComponentData(customID: customID, componentType: .button)), guildID: GuildID(9),
        channelID: ChannelID(5), member: Member(user: User(id: UserID(4))), token: "token-\(id)",
        message: Message(id: MessageID(70), channelID: ChannelID(5)))
}

/// A router with a moved clock, and the Discord it talks to.
struct RouterFixture {
    let discord: FakeDiscord
    let clock = ManualClock()
    let router: CommandRouter

    init(
        _ commands: [Command] = [], components: [ComponentRoute] = [], discord: FakeDiscord = FakeDiscord(),
        strings: StringTable = StringTable(), configuration: RouterConfiguration = RouterConfiguration()
    ) throws {
        self.discord = discord
        let clock = clock
        router = try CommandRouter(
            commands: commands, components: components, responder: discord, strings: strings,
            configuration: configuration, time: clock,
            wallMilliseconds: { wallStart + Int64(clock.now / .milliseconds(1)) }, logger: Logger("test"))
    }

    /// Runs the router while `body` works.
    func running(_ body: () async throws -> Void) async throws {
        let router = router
        let task = Task { await router.run() }
        do {
            try await body()
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        await task.value
    }
}
