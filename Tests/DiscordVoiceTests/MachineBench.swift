import DiscordModel
import DiscordVoice
import TestSupport

/// Drives a voice machine by hand: events in, actions out, the clock moved.
struct MachineBench {
    static let guild: GuildID = 100
    static let user: UserID = 7
    static let lounge: ChannelID = 1
    static let stage: ChannelID = 2
    static let key = [UInt8](repeating: 9, count: 32)

    var machine = VoiceMachine(guild: guild, user: user)
    var now: Duration = .seconds(100)
    var random = SeededRandom(seed: 1)
    /// Everything since the last `take`.
    var actions: [VoiceMachine.Action] = []

    @discardableResult
    mutating func feed(_ event: VoiceMachine.Event) -> [VoiceMachine.Action] {
        let new = machine.handle(event, now: now, using: &random)
        actions += new
        return new
    }

    /// Moves the clock, ticking at each deadline on the way.
    @discardableResult
    mutating func advance(by duration: Duration) -> [VoiceMachine.Action] {
        var new: [VoiceMachine.Action] = []
        let end = now + duration
        while let deadline = machine.nextDeadline, deadline <= end {
            now = max(now, deadline)
            new += feed(.tick)
        }
        now = end
        return new
    }

    static func state(_ channel: ChannelID?, session: String = "session") -> VoiceMachine.Event {
        .voiceState(VoiceState(guildID: guild, channelID: channel, userID: user, sessionID: session))
    }

    static func server(_ endpoint: String? = "voice.example:443", token: String = "token-1") -> VoiceMachine.Event {
        .voiceServer(VoiceServerUpdate(token: token, guildID: guild, endpoint: endpoint))
    }

    static func hello(interval: Int = 13_750) -> VoiceMachine.Event {
        .message(VoiceGatewayPayload(op: .hello, d: ["v": 8, "heartbeat_interval": .integer(Int64(interval))]))
    }

    static func ready(ssrc: Int = 42, modes: [JSONValue] = ["aead_xchacha20_poly1305_rtpsize"]) -> VoiceMachine.Event {
        let data: JSONValue = [
            "ssrc": .integer(Int64(ssrc)), "ip": "127.0.0.1", "port": 5000, "modes": .array(modes),
        ]
        return .message(VoiceGatewayPayload(op: .ready, d: data, seq: 1))
    }

    static func session(mode: TransportMode = .xchacha20Poly1305, key: [UInt8] = key) -> VoiceMachine.Event {
        let data: JSONValue = [
            "mode": .string(mode.rawValue), "secret_key": .array(key.map { .integer(Int64($0)) }),
            "audio_codec": "opus", "dave_protocol_version": 0,
        ]
        return .message(VoiceGatewayPayload(op: .sessionDescription, d: data, seq: 5))
    }

    static let resumed = VoiceMachine.Event.message(VoiceGatewayPayload(op: .resumed))

    /// From the open socket to ready.
    mutating func shakeHands(ssrc: Int = 42) {
        feed(.socketOpened)
        feed(Self.hello())
        feed(Self.ready(ssrc: ssrc))
        feed(.discovered(address: "203.0.113.5", port: 40_000))
        feed(Self.session())
    }

    /// A bench that is ready in the lounge.
    static func connected() -> MachineBench {
        var bench = MachineBench()
        bench.feed(.connect(lounge))
        bench.feed(state(lounge))
        bench.feed(server())
        bench.shakeHands()
        bench.actions = []
        return bench
    }

    /// Opcodes of the JSON messages among the actions.
    static func sent(_ actions: [VoiceMachine.Action]) -> [VoiceOpcode] {
        actions.compactMap { if case .send(let payload) = $0 { payload.op } else { nil } }
    }

    static func events(_ actions: [VoiceMachine.Action]) -> [VoiceEvent] {
        actions.compactMap { if case .emit(let event) = $0 { event } else { nil } }
    }

    static func opens(_ actions: [VoiceMachine.Action]) -> [String] {
        actions.compactMap { if case .openSocket(let url) = $0 { url } else { nil } }
    }

    static func stateChanges(_ actions: [VoiceMachine.Action]) -> [ChannelID?] {
        actions.compactMap { if case .changeVoiceState(let channel) = $0 { .some(channel) } else { nil } }
    }

    static func payload(_ opcode: VoiceOpcode, in actions: [VoiceMachine.Action]) -> JSONValue? {
        for case .send(let payload) in actions where payload.op == opcode { return payload.d }
        return nil
    }
}
