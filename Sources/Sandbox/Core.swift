internal import FoundationEssentials
internal import ServiceKit
internal import Synchronization

/// One message on its way to a client, not before its time.
struct Outgoing: Sendable {
    var due: Duration
    var output: LinkOutput
}

/// The owner of the sandbox's state: one lock, under which a step runs to its end and its messages enter the outboxes in
/// order. No I/O happens here.
final class Core: Sendable {
    /// Everything behind the lock.
    struct State: Sendable {
        var world: World
        var gateway: GatewayHub
        var voice: VoiceHub
        var limits: RateLimits
        var faults = StandingFaults()
        var gatewayBoxes: [Int: BoundedChannel<Outgoing>] = [:]
        var voiceBoxes: [Int: BoundedChannel<Outgoing>] = [:]
        var pageBoxes: [Int: BoundedChannel<[UInt8]>] = [:]
        var waiters: [ID: BoundedChannel<JSON>] = [:]
        var moves: [(due: Int64, place: VoicePlace)] = []
        var nextPage = 1
        var timeline = Timeline()
        var media: MediaServer?
        /// People made by `crowd`, and the channel each sits in.
        var crowd: [ID: ID?] = [:]
    }

    let state: Mutex<State>
    /// The voice clients of the sandbox's own people.
    let people: CallPeople
    /// What they hear of their voice servers.
    let peopleInbox = BoundedChannel<PersonEvent>(capacity: 65_536)
    let time: any TimeSource
    private let wallStart: Int64
    private let start: Duration
    /// Messages that wait for a slow client before it is cut off.
    private static let outboxLimit = 8192

    init(_ options: SandboxOptions) {
        time = options.time
        start = options.time.now
        wallStart = options.wallClock()
        var world = World(now: wallStart, seed: options.seed)
        world.messagesKept = options.messagesKept
        _ = world.apply(at: wallStart) { (world: inout World) throws(APIError) in world.seed(guilds: options.guilds) }
        state = Mutex(
            State(
                world: world, gateway: GatewayHub(rules: options.gateway), voice: VoiceHub(rules: options.voice),
                limits: RateLimits(rules: options.limits)))
        people = CallPeople(time: options.time, makeSession: options.makeSession)
    }

    /// Milliseconds since the Unix epoch, moving with the time source.
    var now: Int64 { wallStart + Int64((time.now - start) / .milliseconds(1)) }

    /// Milliseconds since the start, finer than `now`.
    var elapsed: Double { Double((time.now - start) / .microseconds(1)) / 1000 }

    /// Runs a transition and delivers what it caused.
    func step<Answer: Sendable>(
        _ transition: (inout World) throws(APIError) -> Answer
    ) -> Result<Answer, APIError> {
        state.withLock { state in step(&state, transition) }
    }

    func step<Answer>(
        _ state: inout State, _ transition: (inout World) throws(APIError) -> Answer
    ) -> Result<Answer, APIError> {
        let (result, events) = state.world.apply(at: now, transition)
        deliver(events, &state)
        return result
    }

    // MARK: Gateway

    /// A gateway client connected; nil while the gateway refuses connections.
    func openGateway(version: String?, isStream: Bool) -> (id: Int, box: BoundedChannel<Outgoing>)? {
        state.withLock { state in
            if now < state.faults.gatewayRefusedUntil { return nil }
            let (id, outputs) = state.gateway.connect(version: version, isStream: isStream, now: now)
            let box = BoundedChannel<Outgoing>(capacity: Self.outboxLimit)
            state.gatewayBoxes[id] = box
            state.timeline.note("gateway_opened", at: elapsed)
            send(outputs, &state)
            return (id, box)
        }
    }

    var isGatewayRefused: Bool { state.withLock { now < $0.faults.gatewayRefusedUntil } }

    func gatewayReceived(_ id: Int, _ bytes: [UInt8]) {
        state.withLock { state in
            hub(&state) { gateway, world in gateway.receive(id, bytes, now: now, world: &world) }
        }
    }

    func gatewayClosed(_ id: Int, clientCode: UInt16?) {
        state.withLock { state in
            state.gatewayBoxes.removeValue(forKey: id)?.finish()
            hub(&state) { gateway, world in
                gateway.disconnect(id, clientCode: clientCode, now: now, world: &world)
                return []
            }
        }
    }

    /// Runs a step of the gateway hub: its own outputs go out before what it caused in the world.
    func hub(_ state: inout State, _ body: (inout GatewayHub, inout World) -> GatewayHub.Outputs) {
        var gateway = GatewayHub(rules: state.gateway.rules)
        swap(&gateway, &state.gateway)
        let (result, events) = state.world.apply(at: now) { (world: inout World) throws(APIError) in
            body(&gateway, &world)
        }
        swap(&gateway, &state.gateway)
        if case .success(let outputs) = result { send(outputs, &state) }
        repeatServerUpdate(events, &state)
        deliver(events, &state)
    }

    /// A bot that asks again for the channel it is in, without a live voice connection, hears of its server again.
    private func repeatServerUpdate(_ events: [WorldEvent], _ state: inout State) {
        for event in events {
            guard case .voice(.changed(let voice)) = event else { continue }
            let place = VoicePlace(guild: voice.guild, user: voice.user)
            guard let grant = state.world.voiceGrants[place], state.voice.sessions[place]?.link == nil else { continue }
            let (_, more) = state.world.apply(at: now) { (world: inout World) throws(APIError) in
                world.tellServer(place, grant)
            }
            deliver(more, &state)
        }
    }

    private func send(_ outputs: GatewayHub.Outputs, _ state: inout State) {
        let due = time.now + .milliseconds(state.faults.gatewayLatency)
        for (link, output) in outputs {
            guard let box = state.gatewayBoxes[link] else { continue }
            if !box.trySend(Outgoing(due: due, output: output)) { box.finish() }
        }
    }

    // MARK: Voice

    func openVoice(region: Int, version: Int?) -> (id: Int, box: BoundedChannel<Outgoing>) {
        state.withLock { state in
            let (id, step) = state.voice.connect(region: region, version: version, now: now)
            let box = BoundedChannel<Outgoing>(capacity: Self.outboxLimit)
            state.voiceBoxes[id] = box
            state.timeline.note("voice_opened", at: elapsed)
            perform(step, &state)
            return (id, box)
        }
    }

    func voiceReceived(_ id: Int, _ bytes: [UInt8], isBinary: Bool) {
        state.withLock { state in
            voiceHub(&state) { voice, world in voice.receive(id, bytes, isBinary: isBinary, now: now, world: &world) }
        }
    }

    func voiceClosed(_ id: Int, clientCode: UInt16?) {
        state.withLock { state in
            state.voiceBoxes.removeValue(forKey: id)?.finish()
            voiceHub(&state) { voice, world in voice.disconnect(id, clientCode: clientCode, now: now, world: world) }
        }
    }

    /// Lets the voice clients of the sandbox's people hear their voice servers and answer, until the sandbox stops.
    func runPeople() async {
        while let event = await peopleInbox.next() {
            switch event {
            case .message(let message): answer(people.take(message), message.user, message.channel)
            case .tick: for due in people.tick() { answer(due.replies, due.user, due.channel) }
            }
        }
    }

    private func answer(_ replies: [PersonReply], _ user: ID, _ channel: ID) {
        if replies.isEmpty { return }
        state.withLock { state in
            for reply in replies {
                voiceHub(&state) { voice, world in voice.receive(reply, from: user, channel, world) }
            }
        }
    }

    func voiceHub(_ state: inout State, _ body: (inout VoiceHub, inout World) -> VoiceHub.Step) {
        var voice = VoiceHub(rules: state.voice.rules)
        swap(&voice, &state.voice)
        let (result, events) = state.world.apply(at: now) { (world: inout World) throws(APIError) in
            body(&voice, &world)
        }
        swap(&voice, &state.voice)
        if case .success(let step) = result { perform(step, &state) }
        deliver(events, &state)
    }

    private func perform(_ step: VoiceHub.Step, _ state: inout State) {
        state.media?.perform(step.media)
        for order in step.media { note(order, &state) }
        let due = time.now + .milliseconds(state.faults.voiceLatency)
        for (link, output) in step.outputs {
            guard let box = state.voiceBoxes[link] else { continue }
            if !box.trySend(Outgoing(due: due, output: output)) { box.finish() }
        }
        for message in step.people where !peopleInbox.trySend(.message(message)) {
            state.timeline.note("person_lost", at: elapsed, ["user_id": .id(message.user)])
        }
        for change in step.speaking {
            page(
                "SPEAKING",
                [
                    "user_id": .id(change.user), "guild_id": .id(change.guild), "channel_id": .id(change.channel),
                    "speaking": .bool(change.bits & 1 != 0),
                ], &state)
        }
    }

    /// Puts the steps of a voice connection on the timeline: there, with a key, allowed to speak, gone.
    private func note(_ order: MediaOrder, _ state: inout State) {
        switch order {
        case .add(let ssrc, _, let guild, let channel, _):
            state.timeline.note(
                "voice_identified", at: elapsed,
                ["ssrc": .number(ssrc), "guild_id": .id(guild), "channel_id": .id(channel)])
        case .key(let ssrc, _, _): state.timeline.note("voice_key", at: elapsed, ["ssrc": .number(ssrc)])
        case .speaking(let ssrc, _): state.timeline.note("voice_speaking", at: elapsed, ["ssrc": .number(ssrc)])
        case .remove(let ssrc): state.timeline.note("voice_removed", at: elapsed, ["ssrc": .number(ssrc)])
        case .flags, .mark: break
        }
    }

    // MARK: Delivery

    private func deliver(_ events: [WorldEvent], _ state: inout State) {
        for event in events {
            switch event {
            case .dispatch(let dispatch):
                send(state.gateway.dispatch(dispatch, world: state.world), &state)
                showDispatch(dispatch, &state)
            case .voice(let effect): perform(state.voice.follow(effect, world: state.world), &state)
            case .answered(let interaction, let type, let data):
                state.timeline.note(
                    "answered", at: elapsed, ["interaction": .id(interaction), "callback_type": .int(type)])
                answered(interaction, type, data, &state)
            case .failed(let interaction, let user, let channel, let sentence):
                state.timeline.note("unanswered", at: elapsed, ["interaction": .id(interaction)])
                state.waiters.removeValue(forKey: interaction)?.finish()
                let source = state.world.interactions[interaction]?.sourceMessage
                let isQuiet = state.world.interactions[interaction]?.type == 4
                if isQuiet { continue }
                page(
                    "INTERACTION_FAILED",
                    [
                        "interaction_id": .id(interaction), "user_id": .id(user), "channel_id": .id(channel),
                        "message_id": .id(source), "message": .string(sentence),
                    ], &state)
            case .page(let name, let data, _):
                page(name, name == "COMMANDS_UPDATE" ? ["commands": state.world.commandList()] : data, &state)
            }
        }
    }

    private func answered(_ id: ID, _ type: Int64, _ data: JSON, _ state: inout State) {
        guard let interaction = state.world.interactions[id] else { return }
        if type == 8 { state.waiters.removeValue(forKey: id)?.trySend(data) }
        if type == 9 {
            page(
                "MODAL_CREATE",
                data.merging([
                    "interaction_id": .id(id), "user_id": .id(interaction.user), "channel_id": .id(interaction.channel),
                ]), &state)
        }
        page(
            "INTERACTION_ANSWERED",
            ["interaction_id": .id(id), "user_id": .id(interaction.user), "callback_type": .int(type)], &state)
    }

    private func showDispatch(_ dispatch: Dispatch, _ state: inout State) {
        switch dispatch.name {
        case "INTERACTION_CREATE", "VOICE_SERVER_UPDATE", "PRESENCE_UPDATE": return
        default: break
        }
        var data = dispatch.data
        if let reader = dispatch.onlyFor { data["ephemeral_for"] = .id(reader) }
        page(dispatch.name, data, &state)
        let reshaping = [
            "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE",
            "GUILD_MEMBER_UPDATE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "USER_UPDATE",
        ]
        if reshaping.contains(dispatch.name) { page("WORLD_UPDATE", [:], &state) }
    }

    /// Shows something to every open page.
    private func page(_ name: String, _ data: JSON, _ state: inout State) {
        guard !state.pageBoxes.isEmpty else { return }
        let line = Array("data: ".utf8) + (["type": .string(name), "data": data] as JSON).bytes + [10, 10]
        for (id, box) in state.pageBoxes where !box.trySend(line) {
            box.finish()
            state.pageBoxes[id] = nil
        }
    }

    /// A page follows what happens.
    func openPage() -> BoundedChannel<[UInt8]> {
        state.withLock { state in
            let box = BoundedChannel<[UInt8]>(capacity: 1024)
            box.trySend(Array("retry: 1000\n\n".utf8))
            state.pageBoxes = state.pageBoxes.filter { !$0.value.isFinished }
            state.pageBoxes[state.nextPage] = box
            state.nextPage += 1
            return box
        }
    }

    /// Time passes: unanswered interactions die, silent clients are closed, scheduled moves happen.
    func tick() {
        state.withLock { state in
            _ = step(&state) { (world: inout World) throws(APIError) in world.expireInteractions() }
            hub(&state) { gateway, world in gateway.tick(now: now, world: &world) }
            voiceHub(&state) { voice, world in voice.tick(now: now, world: &world) }
            if people.isTickDue { peopleInbox.trySend(.tick) }
            let due = state.moves.filter { $0.due <= now }
            state.moves.removeAll { $0.due <= now }
            for move in due {
                _ = step(&state) { (world: inout World) throws(APIError) in world.moveVoiceServer(move.place) }
            }
        }
    }
}

extension World {
    /// Every registered command with its scope, for the page.
    func commandList() -> JSON {
        var list: [JSON] = []
        for application in applications.values.sorted(by: { $0.id < $1.id }) {
            for (guild, commands) in application.commands {
                list += commands.map { commandJSON($0, application: application.id, guild: guild) }
            }
        }
        return .array(list)
    }
}
