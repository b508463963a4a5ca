import DiscordModel
@testable import DiscordVoice
import Networking
import ServiceKit

/// The voice gateway: messages and binary frames, through the voice machine, with what its owner does.
///
/// Lines: `#` begins a binary frame, `!` an event of another kind, all else is a JSON message.
enum VoiceFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        var voice = VoiceUnderTest()
        for line in input.lines() { voice.take(line) }
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let join = #"""
            !c3
            !v{"guild_id":"1","user_id":"2","channel_id":"3","session_id":"s","deaf":false,"mute":false,"self_deaf":false,"self_mute":false,"suppress":false}
            !w{"guild_id":"1","token":"t","endpoint":"voice.example:443"}
            !o
            {"op":8,"d":{"v":8,"heartbeat_interval":13750.5}}
            {"op":2,"d":{"ssrc":1,"ip":"127.0.0.1","port":50000,"modes":["aead_aes256_gcm_rtpsize","aead_xchacha20_poly1305_rtpsize"]}}
            !t
            !i
            {"op":4,"seq":1,"d":{"mode":"aead_xchacha20_poly1305_rtpsize","secret_key":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32],"dave_protocol_version":0}}

            """#
        let talk = #"""
            !s1
            {"op":5,"seq":2,"d":{"user_id":"9","ssrc":7,"speaking":1}}
            {"op":11,"seq":3,"d":{"user_ids":["9"]}}
            {"op":13,"seq":4,"d":{"user_id":"9"}}
            {"op":21,"seq":5,"d":{"transition_id":1,"protocol_version":1}}
            #\#u{1}\#u{2}\#u{19}body
            !t
            {"op":6,"d":{"t":1}}
            {"op":3,"d":1}
            !x4015
            !t
            !o
            {"op":9,"d":null}
            !c4
            !t
            !w{"guild_id":"1","token":"u","endpoint":null}
            !x4014
            !t
            !d
            """#
        return [
            ("join", Array(join.utf8)), ("talk", Array((join + talk).utf8)),
            ("losses", Array((join + "!x1006\n!t\n!t\n!x4006\n!t\n!t\n!m\n!t\n!t\n!t\n!t\n!t").utf8)),
        ]
    }
}

/// A voice machine with what its owner does around it.
private struct VoiceUnderTest {
    private var machine = VoiceMachine(guild: GuildID(1), user: UserID(2), maximumE2EEVersion: 1)
    private var now: Duration = .zero
    private var random = RepeatedRandom()
    private let dave = DAVESession(logger: Logger("fuzz"))

    /// What encryption wants sent must be JSON, or one of a client's two binary opcodes.
    private func check(_ reply: E2EEReply) {
        switch reply {
        case .json(let payload): precondition((try? JSON.encode(payload)) != nil)
        case .binary(let opcode, _): precondition(opcode == 26 || opcode == 28)
        case .renew: break
        }
    }

    mutating func take(_ line: [UInt8]) {
        now += .milliseconds(20)
        if let frame = line.after("#") {
            handle(.binary(frame))
        } else if let event = line.after("!") {
            happen(event[...])
        } else {
            checkJSON(line)
            if let payload: VoiceGatewayPayload = try? JSON.decode(from: line) { handle(.message(payload)) }
        }
    }

    private mutating func happen(_ line: ArraySlice<UInt8>) {
        let rest = Array(line.dropFirst())
        let number = rest.prefix(5).reduce(0) { $0 * 10 + Int($1 & 15) }
        switch line.first {
        case UInt8(ascii: "c"): handle(.connect(ChannelID(UInt64(number))))
        case UInt8(ascii: "d"): handle(.disconnect)
        case UInt8(ascii: "o"): handle(.socketOpened)
        case UInt8(ascii: "x"): handle(.socketClosed(code: UInt16(truncatingIfNeeded: number)))
        case UInt8(ascii: "i"): handle(.discovered(address: "192.0.2.1", port: 50_000))
        case UInt8(ascii: "m"): handle(.mediaFailed("The socket cannot be made."))
        case UInt8(ascii: "s"): handle(.speaking(number & 1 == 1))
        case UInt8(ascii: "v"):
            if let state: VoiceState = try? JSON.decode(from: rest) { handle(.voiceState(state)) }
        case UInt8(ascii: "w"):
            if let server: VoiceServerUpdate = try? JSON.decode(from: rest) { handle(.voiceServer(server)) }
        default: passTime()
        }
    }

    /// Goes to the deadline, which must not stay where it is for ever.
    private mutating func passTime() {
        guard let deadline = machine.nextDeadline else { return }
        now = max(now, deadline)
        for _ in 0..<16 {
            handle(.tick)
            guard let next = machine.nextDeadline, next <= now else { return }
        }
        preconditionFailure("the deadline does not move")
    }

    private mutating func handle(_ event: VoiceMachine.Event) {
        for action in machine.handle(event, now: now, using: &random) {
            switch action {
            case .send(let payload): precondition((try? JSON.encode(payload)) != nil)
            case .discover(let address, let port, let ssrc, _):
                precondition(port > 0)
                _ = SocketAddress(address, port: port)
                precondition(IPDiscovery(.request, ssrc: ssrc).bytes.count == IPDiscovery.byteCount)
            case .startMedia(_, let mode, let key): precondition((try? TransportCipher(mode, key: key)) != nil)
            case .endToEnd(let input): dave.handle(input, now: now).forEach(check)
            default: break
            }
        }
        _ = machine.status
    }
}

extension VoiceGatewayPayload {
    /// The message in a text of JSON.
    init?(text: String) {
        guard let payload: VoiceGatewayPayload = try? JSON.decode(from: Array(text.utf8)) else { return nil }
        self = payload
    }
}
