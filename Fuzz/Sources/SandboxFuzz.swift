import Networking
@testable import Sandbox
import ServiceKit
import Synchronization

/// Whole conversations with the sandbox: REST, gateway and voice.
///
/// Lines: `r` a REST request, `g` a gateway message, `v` a voice message, `b` a binary one, `G` and `V` new connections,
/// `x` and `y` their ends; anything else: a second passes.
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
            rGET /channels/1000000000000000111/messages?limit=2
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
    private static let token = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.backline"

    init() {
        var options = SandboxOptions()
        options.time = clock
        options.wallClock = { 1_800_000_000_000 }
        options.limits.isOff = true
        core = Core(options)
    }

    mutating func take(_ line: [UInt8]) {
        let rest = Array(line.dropFirst())
        switch line.first {
        case UInt8(ascii: "r"): request(rest)
        case UInt8(ascii: "g"): core.gatewayReceived(gateway, Self.filled(rest))
        case UInt8(ascii: "v"): core.voiceReceived(voice, rest, isBinary: false)
        case UInt8(ascii: "b"): core.voiceReceived(voice, rest, isBinary: true)
        case UInt8(ascii: "G"): gateway = core.openGateway(version: "10", isStream: !rest.isEmpty)?.id ?? 0
        case UInt8(ascii: "V"): voice = core.openVoice(region: 0, version: 8).id
        case UInt8(ascii: "x"): core.gatewayClosed(gateway, clientCode: 1000)
        case UInt8(ascii: "y"): core.voiceClosed(voice, clientCode: nil)
        default:
            clock.pass()
            core.tick()
        }
    }

    /// The token where `$T` stands: it is too long to be found by chance.
    private static func filled(_ bytes: [UInt8]) -> [UInt8] {
        Array(String(decoding: bytes, as: UTF8.self).replacing("$T", with: token).utf8)
    }

    /// Method, path with query, body.
    private func request(_ line: [UInt8]) {
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
        precondition((200..<600).contains(answer.status) && answer.status != 500)
    }
}

/// A clock that goes on only when told.
private final class HeldClock: TimeSource {
    private let elapsed = Mutex<Duration>(.zero)

    var now: Duration { elapsed.withLock { $0 } }

    func pass() { elapsed.withLock { $0 += .seconds(1) } }

    func sleep(until deadline: Duration) async throws(CancellationError) {}
}
