import BotKit
import DiscordModel
import MediaPipeline
import MusicEngine
import ServiceKit
import Synchronization
import TestSupport

@testable import MusicBot

/// A voice connection that always works, unless told otherwise.
final class FakeVoice: VoiceLink, Sendable {
    struct State {
        var joined: [ChannelID] = []
        var left = 0
        var channel: ChannelID?
        var failure: VoiceLinkFailure?
        var report = VoiceLinkReport()
    }

    let sink = FakeOutput()
    var output: any PlayerOutput { sink }
    let events = BoundedChannel<VoiceLinkEvent>(capacity: 100)
    let state = Mutex(State())
    let joins = BoundedChannel<ChannelID>(capacity: 100)
    private let done = BoundedChannel<Void>(capacity: 1)

    func run() async { _ = await done.next() }
    func connect(to channel: ChannelID) async throws(VoiceLinkFailure) {
        let failure = state.withLock { state in
            if state.failure == nil {
                state.joined.append(channel)
                state.channel = channel
            }
            return state.failure
        }
        if let failure { throw failure }
        joins.trySend(channel)
    }
    var report: VoiceLinkReport { state.withLock { $0.report } }
    var channel: ChannelID? { state.withLock { $0.channel } }
    func disconnect() async {
        state.withLock { state in
            state.left += 1
            state.channel = nil
        }
    }
    /// Discord ends the connection.
    func lose(_ sentence: String?) {
        state.withLock { $0.channel = nil }
        events.trySend(.disconnected(sentence))
    }
    func receive(_ state: VoiceState) {}
    func receive(_ server: VoiceServerUpdate) {}
}

/// A ring nobody empties, but for the frames a test takes.
final class FakeOutput: PlayerOutput, Sendable {
    private let state = Mutex((waiting: 0, played: 0))
    func push(_ frame: [UInt8]) -> Bool {
        state.withLock { state in
            guard state.waiting < 25 else { return false }
            state.waiting += 1
            return true
        }
    }
    var playedFrames: Int { state.withLock { $0.played } }
    func clear() { state.withLock { $0.waiting = 0 } }
    func setPaused(_ paused: Bool) {}
    func begin() {}
    func end() {}
    /// The sender takes up to `count` frames.
    func play(_ count: Int) {
        state.withLock { state in
            let taken = min(count, state.waiting)
            state.waiting -= taken
            state.played += taken
        }
    }
}

/// Songs of silence.
struct FakeMedia: MediaOpening {
    static let info = MediaInfo(
        duration: .seconds(200), codec: "opus", sampleRate: 48_000, channels: 2, passthrough: true)

    final class Stream: AudioStream, Sendable {
        let info = FakeMedia.info
        private let next: Mutex<Int>
        private let total = 10_000

        init(start: Int) { next = Mutex(start) }

        func nextBatch() async throws(MediaError) -> [OpusPacket]? {
            next.withLock { next in
                guard next < total else { return nil }
                let batch = (next..<min(total, next + 50)).map { OpusPacket(bytes: OpusPacket.silence, index: $0) }
                next += batch.count
                return batch
            }
        }

        func close() {}
    }

    func open(_ request: MediaRequest) async throws(MediaError) -> any AudioStream {
        if case .file(let path) = request.source, path.contains("broken") { throw .broken("at its start") }
        return Stream(start: request.startIndex)
    }

    func probe(_ source: MediaSource) async throws(MediaError) -> MediaInfo { FakeMedia.info }
}

/// Three songs and a few errors, found by name.
struct FakeFinder: SongFinding, TrackOpening {
    static let duration = Duration.seconds(200)

    static func track(_ name: String, live: Bool = false) -> Track {
        Track(
            id: "library:\(name)", title: "The \(name)", author: "Bach", duration: live ? nil : duration, isLive: live,
            source: .library(file: name))
    }

    func resolve(_ query: String, limit: Int) async throws(MusicError) -> Resolution {
        switch query {
        case "nothing": throw .nothingFound(words: query)
        case "http://10.0.0.1/x.mp3": throw .privateAddressRefused
        case "radio": return .track(Self.track("radio", live: true))
        case "list": return .playlist(name: "My list", tracks: (1...5).map { Self.track("part \($0)") })
        default: return .search([Self.track(query), Self.track("other")])
        }
    }

    func complete(_ prefix: String, limit: Int) async -> [Track] {
        ["waltz", "march", String(repeating: "long ", count: 40)].filter { $0.hasPrefix(prefix) }.map { Self.track($0) }
    }

    func source(of track: Track, attempt: Int) async throws(MusicError) -> MediaSource { .file(path: "/\(track.id)") }
    func warm(_ track: Track) async {}
}

/// A guild, three people, a bot with its router, and the Discord around it; time is moved by the test.
final class World: Sendable {
    let guild = GuildID(9)
    let text = ChannelID(5)
    let lounge = ChannelID(20)
    let attic = ChannelID(21)
    let locked = ChannelID(22)
    let tiny = ChannelID(23)
    let mute = ChannelID(24)
    let bot = UserID(2)
    let alice = UserID(4)
    let bob = UserID(6)

    let clock = ManualClock()
    let discord = Discord()
    let voice = FakeVoice()
    let voicesMade = Mutex(0)
    private let events = BoundedChannel<GatewayEvent>(capacity: 1000)
    private let next = Mutex<UInt64>(1)

    /// Keeps what the bot says, and wakes who waits for it.
    final class Discord: InteractionResponder, PanelTransport, CommandRegistry, Sendable {
        enum Deed: Sendable, Equatable {
            case answered(InteractionResponse)
            case editedAnswer(MessageBody)
            case deletedAnswer
            case followedUp(MessageBody)
            case posted(MessageBody, ChannelID)
            case edited(MessageID, MessageBody)
            case deleted(MessageID)
            case synced(Int)
        }

        let deeds = BoundedChannel<Deed>(capacity: 10_000)
        private let counter = Mutex<UInt64>(500)

        func respond(
            to interaction: InteractionID, token: String, with response: InteractionResponse
        ) async throws(ResponderFailure) -> Message? {
            deeds.trySend(.answered(response))
            guard case .message = response else { return nil }
            return Message(id: MessageID(300), channelID: ChannelID(5))
        }
        func editOriginal(
            of application: ApplicationID, token: String, to body: MessageBody
        ) async throws(ResponderFailure) -> Message {
            deeds.trySend(.editedAnswer(body))
            return Message(id: MessageID(300), channelID: ChannelID(5))
        }
        func deleteOriginal(of application: ApplicationID, token: String) async throws(ResponderFailure) {
            deeds.trySend(.deletedAnswer)
        }
        func followUp(
            for application: ApplicationID, token: String, with body: MessageBody
        ) async throws(ResponderFailure) -> Message {
            deeds.trySend(.followedUp(body))
            return Message(id: MessageID(301), channelID: ChannelID(5))
        }
        func post(_ body: MessageBody, in channel: ChannelID) async throws(PanelFailure) -> MessageID {
            deeds.trySend(.posted(body, channel))
            return MessageID(
                counter.withLock { counter in
                    counter += 1
                    return counter
                })
        }
        func edit(_ message: MessageID, in channel: ChannelID, to body: MessageBody) async throws(PanelFailure) {
            deeds.trySend(.edited(message, body))
        }
        func delete(_ message: MessageID, in channel: ChannelID) async throws(PanelFailure) {
            deeds.trySend(.deleted(message))
        }
        func registeredCommands(of application: ApplicationID, in guild: GuildID?) async throws -> [ApplicationCommand]
        { [] }
        func overwriteCommands(
            of application: ApplicationID, in guild: GuildID?, with commands: [ApplicationCommand]
        ) async throws { deeds.trySend(.synced(commands.count)) }
    }

    /// Runs a bot in the world while `body` works.
    func running(
        _ configuration: MusicBotConfiguration = MusicBotConfiguration(), _ body: (MusicBot) async throws -> Void
    ) async throws {
        let events = events
        let voice = voice
        let bot = try MusicBot(
            configuration,
            surroundings: MusicBot.Surroundings(
                nextEvent: { await events.next() }, responder: discord, registry: discord, channels: discord,
                finder: FakeFinder(), opener: FakeFinder(), media: FakeMedia(),
                makeVoice: { [self] _, _ in
                    voicesMade.withLock { $0 += 1 }
                    return voice
                },
                time: clock))
        let task = Task { try await bot.run() }
        arrive()
        _ = await deed { if case .synced(let count) = $0 { count } else { nil } }
        do {
            try await body(bot)
        } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        try await task.value
    }

    func send(_ event: GatewayEvent) { events.trySend(event) }

    private func arrive() {
        send(
            .ready(
                Ready(
                    user: User(id: bot, username: "Backline"), sessionID: "s", resumeGatewayURL: "",
                    application: PartialApplication(id: ApplicationID(2)))))
        sendGuild()
    }

    /// GUILD_CREATE; the bot sits in `botSeat`.
    func sendGuild(botSeat: ChannelID? = nil) {
        var voiceStates = [VoiceState(channelID: lounge, userID: alice)]
        if let botSeat { voiceStates.append(VoiceState(channelID: botSeat, userID: bot)) }
        func channel(_ id: ChannelID, _ name: String, deny: Permissions = [], limit: Int = 0) -> Channel {
            let overwrite = PermissionOverwrite(id: Snowflake(9), type: .role, deny: deny)
            return Channel(id: id, type: .voice, name: name, permissionOverwrites: [overwrite], userLimit: limit)
        }
        send(
            .guildCreate(
                Guild(
                    id: guild, name: "Home", ownerID: UserID(1),
                    roles: [Role(id: RoleID(9), permissions: [.viewChannel, .connect, .speak, .sendMessages])],
                    voiceStates: voiceStates, members: [Member(user: User(id: bot, bot: true))],
                    channels: [
                        Channel(id: text, type: .text, name: "general"), channel(lounge, "Lounge"),
                        channel(attic, "Attic"),
                        channel(locked, "Locked", deny: .connect), channel(tiny, "Tiny", limit: 1),
                        channel(mute, "Mute", deny: .speak),
                    ])))
    }

    /// Somebody goes to a voice channel, or leaves.
    func seat(_ user: UserID, in channel: ChannelID?) {
        let member = Member(user: User(id: user, bot: user == bot))
        send(.voiceStateUpdate(VoiceState(guildID: guild, channelID: channel, userID: user, member: member)))
    }

    private func interactionID() -> InteractionID {
        InteractionID(
            next.withLock { number in
                number += 1
                return number << 22
            })
    }

    /// Somebody uses a command.
    func use(_ command: String, _ options: [(String, JSONValue)] = [], by user: UserID, in guild: GuildID? = GuildID(9))
    {
        let id = interactionID()
        let list = options.map { CommandDataOption(name: $0.0, value: $0.1) }
        send(
            .interactionCreate(
                Interaction(
                    id: id, applicationID: ApplicationID(2), type: .command,
                    data: .command(CommandData(id: CommandID(1), name: command, options: list)), guildID: guild,
                    channelID: text, member: guild == nil ? nil : Member(user: User(id: user)),
                    user: guild == nil ? User(id: user) : nil, token: "token-\(id)")))
    }

    /// Somebody uses a subcommand.
    func use(_ command: String, subcommand: String, by user: UserID) {
        let id = interactionID()
        let option = CommandDataOption(name: subcommand, type: .subcommand)
        send(
            .interactionCreate(
                Interaction(
                    id: id, applicationID: ApplicationID(2), type: .command,
                    data: .command(CommandData(id: CommandID(1), name: command, options: [option])), guildID: guild,
                    channelID: text, member: Member(user: User(id: user)), token: "token-\(id)")))
    }

    /// Somebody presses a button of a message.
    func press(_ customID: String, of message: MessageID, by user: UserID) {
        let id = interactionID()
        send(
            .interactionCreate(
                Interaction(
                    id: id, applicationID: ApplicationID(2), type: .component,
                    data: .component(ComponentData(customID: customID, componentType: .button)), guildID: guild,
                    channelID: text, member: Member(user: User(id: user)), token: "token-\(id)",
                    message: Message(id: message, channelID: text))))
    }

    /// The first deed that `pick` takes; what comes before it is dropped.
    func deed<Value>(_ pick: (Discord.Deed) -> Value?) async -> Value? {
        while let deed = await discord.deeds.next() {
            if let value = pick(deed) { return value }
        }
        return nil
    }

    /// The words of the next answer of any kind.
    func answer() async -> String? {
        await deed { deed in
            switch deed {
            case .answered(.message(let body)), .editedAnswer(let body), .followedUp(let body):
                texts(body).joined(separator: "\n")
            default: nil
            }
        }
    }

    /// Uses a command and gives the words of its first answer.
    func ask(_ command: String, _ options: [(String, JSONValue)] = [], by user: UserID) async -> String? {
        use(command, options, by: user)
        return await answer()
    }

    /// Starts a song for Alice and waits for the panel to be there.
    func play(_ query: String = "waltz", on bot: MusicBot) async {
        use("play", [("query", .string(query))], by: alice)
        _ = await deed { if case .editedAnswer = $0 { true } else { nil } }
        seat(self.bot, in: lounge)
    }
}
