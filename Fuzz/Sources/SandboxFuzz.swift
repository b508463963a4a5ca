import Networking
@testable import Sandbox
import ServiceKit
import Synchronization

/// Whole conversations with the sandbox: REST, gateway and voice.
///
/// Lines: `r` a REST request, `g` a gateway message, `v` a voice message, `b` a binary one, `G` and `V` new connections,
/// `x` and `y` their ends, `i` a command or autocomplete, `c` a button or menu, `m` a modal; anything else: a second
/// passes. Ids nobody guesses: `$T` the token, `$L` the id of the last answer, `$I` and `$K` the last interaction and its
/// token.
enum SandboxFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        var client = ClientUnderTest()
        for line in input.lines() { client.take(line) }
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let conversation = #"""
            G
            g{"op":2,"d":{"token":"$T","intents":53608447,"properties":{"os":"linux","browser":"x","device":"x"},"shard":[0,1]}}
            g{"op":1,"d":null}
            rPUT /applications/1000000000000000001/commands [{"name":"play","description":"d","options":[{"type":3,"name":"q","description":"d","required":true}]}]
            rPOST /channels/1000000000000000111/messages {"content":"hello","embeds":[{"title":"t","description":"d"}],"components":[{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"y"}]}],"allowed_mentions":{"parse":[]}}
            rPATCH /channels/1000000000000000111/messages/$L {"content":"b","flags":0}
            c{"message_id":"$L","custom_id":"y"}
            rPOST /interactions/$I/$K/callback {"type":7,"data":{"content":"c"}}
            rPUT /channels/1000000000000000111/messages/$L/reactions/a/@me
            rGET /channels/1000000000000000111/messages?limit=2
            i{"name":"play","options":{"q":"x"}}
            rPOST /interactions/$I/$K/callback?with_response=true {"type":5,"data":{"flags":64}}
            rPATCH /webhooks/1000000000000000001/$K/messages/@original {"content":"d","components":[{"type":1,"components":[{"type":3,"custom_id":"s","options":[{"label":"a","value":"a"}]}]}]}
            rPOST /webhooks/1000000000000000001/$K {"content":"e","flags":64}
            i{"name":"play","options":{"q":"x"}}
            rPOST /interactions/$I/$K/callback {"type":9,"data":{"custom_id":"m","title":"t","components":[{"type":1,"components":[{"type":4,"custom_id":"j","label":"l","style":1}]}]}}
            m{"values":{"j":"w"}}
            rPOST /channels/1000000000000000111/threads {"name":"t","type":11}
            rPOST /guilds/1000000000000000100/roles {"name":"r","permissions":"8","color":255}
            rPOST /guilds/1000000000000000100/channels {"name":"c","type":0,"permission_overwrites":[{"id":"1000000000000000100","type":0,"allow":"0","deny":"1024"}]}
            rDELETE /channels/$L
            g{"op":4,"d":{"guild_id":"1000000000000000100","channel_id":"1000000000000000121","self_mute":false,"self_deaf":true}}
            V
            v{"op":0,"d":{"server_id":"1000000000000000100","user_id":"1000000000000000001","session_id":"s","token":"t","max_dave_protocol_version":0}}
            v{"op":3,"d":{"t":1,"seq_ack":-1}}
            v{"op":1,"d":{"protocol":"udp","data":{"address":"127.0.0.1","port":1,"mode":"aead_aes256_gcm_rtpsize"}}}
            t
            rPATCH /guilds/1000000000000000100/members/1000000000000000201 {"nick":"A","roles":[]}
            rGET /guilds/1000000000000000100
            g{"op":8,"d":{"guild_id":"1000000000000000100","query":"","limit":0,"nonce":"n"}}
            g{"op":3,"d":{"since":null,"activities":[{"name":"x","type":2}],"status":"online","afk":false}}
            """#
        return [("conversation", Array(conversation.utf8))]
    }
}

/// A client of a sandbox without sockets.
private struct ClientUnderTest {
    private let core: Core
    private let clock = HeldClock()
    private var gateway = 0
    private var voice = 0
    private var answered = ""
    private var interaction = (id: "", token: "")
    private static let token = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.backline"

    init() {
        var options = SandboxOptions()
        options.time = clock
        options.wallClock = { 1_800_000_000_000 }
        options.limits.isOff = true
        core = Core(options)
    }

    mutating func take(_ line: [UInt8]) {
        let rest = filled(Array(line.dropFirst()))
        switch line.first {
        case UInt8(ascii: "r"): request(rest)
        case UInt8(ascii: "g"): core.gatewayReceived(gateway, rest)
        case UInt8(ascii: "v"): core.voiceReceived(voice, rest, isBinary: false)
        case UInt8(ascii: "b"): core.voiceReceived(voice, rest, isBinary: true)
        case UInt8(ascii: "G"): gateway = core.openGateway(version: "10", isStream: !rest.isEmpty)?.id ?? 0
        case UInt8(ascii: "V"): voice = core.openVoice(region: 0, version: 8).id
        case UInt8(ascii: "x"): core.gatewayClosed(gateway, clientCode: 1000)
        case UInt8(ascii: "i"), UInt8(ascii: "c"), UInt8(ascii: "m"): act(line.first, rest)
        case UInt8(ascii: "y"): core.voiceClosed(voice, clientCode: nil)
        default:
            clock.pass()
            core.tick()
        }
    }

    /// What stands for ids nobody guesses is replaced by them.
    private func filled(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "$")) else { return bytes }
        let ids = ["$T": Self.token, "$L": answered, "$I": interaction.id, "$K": interaction.token]
        let text = ids.reduce(String(decoding: bytes, as: UTF8.self)) { $0.replacing($1.key, with: $1.value) }
        return Array(text.utf8)
    }

    /// What a person does: a command, a component or a modal.
    private mutating func act(_ kind: UInt8?, _ bytes: [UInt8]) {
        guard let body = JSONReader.read(bytes) else { return }
        let last = UInt64(interaction.id) ?? 0
        let result = core.step { (world: inout World) throws(APIError) in
            switch kind {
            case UInt8(ascii: "i"):
                let call = World.CommandCall(
                    channel: World.Seed.general, user: World.Seed.alice, name: body["name"]?.string ?? "",
                    options: body["options"]?.object ?? [:], focused: body["focused"]?.string,
                    target: body["target"]?.snowflake)
                return try world.callCommand(call)
            case UInt8(ascii: "c"):
                return try world.useComponent(
                    message: body["message_id"]?.snowflake ?? 0, user: World.Seed.alice,
                    customID: body["custom_id"]?.string ?? "", values: body["values"]?.array)
            default:
                return try world.submitModal(last, user: World.Seed.alice, values: body["values"]?.object ?? [:])
            }
        }
        if case .success(let begun) = result { interaction = ("\(begun.id)", begun.token) }
    }

    /// Method, path with query, body.
    private mutating func request(_ line: [UInt8]) {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return }
        let target = String(decoding: parts[1], as: UTF8.self).split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for pair in target.dropFirst().first?.split(separator: "&") ?? [] {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(halves[0])] = halves.count > 1 ? String(halves[1]) : ""
        }
        let answer = core.answer(
            RESTRequest(
                method: String(decoding: parts[0], as: UTF8.self), path: String(target.first ?? ""), query: query,
                authorization: "Bot \(Self.token)", contentType: "application/json",
                body: parts.count > 2 ? Array(parts[2]) : [], remoteAddress: "192.0.2.1"))
        if let id = JSONReader.read(answer.body)?["id"]?.string { answered = id }
        precondition((200..<600).contains(answer.status) && answer.status != 500)
    }
}

/// A clock that goes on only when told.
private final class HeldClock: TimeSource {
    private let elapsed = Mutex<Duration>(.zero)

    var now: Duration { elapsed.withLock { $0 } }

    func pass() { elapsed.withLock { $0 += .seconds(1) } }

    func sleep(until deadline: Duration) async throws(CancellationError) {}

    func alarm(at deadline: Duration, _ ring: @escaping @Sendable () -> Void) -> any Alarm {
        ring()
        return RungAlarm()
    }
}

/// An alarm that has rung.
private final class RungAlarm: Alarm {
    func cancel() {}
}
