/// Trouble on demand: what `Sandbox.inject` and `POST /sandbox/api/faults` bring about.
public enum SandboxFault: Sendable, Equatable {
    /// One-way delay of REST answers and requests, in milliseconds; 0 ends it.
    case restLatency(Int64)
    /// One-way delay of gateway messages.
    case gatewayLatency(Int64)
    /// One-way delay of voice gateway messages and voice packets.
    case voiceLatency(Int64)
    /// The next `count` calls of a route (nil = any) get 429.
    case rateLimit(route: String?, count: Int, retryAfter: Double, scope: String)
    /// The next `count` calls of a route (nil = any) get this status.
    case serverError(route: String?, count: Int, status: Int)
    /// Every REST call fails with 502 for some milliseconds; 0 ends it.
    case restDown(milliseconds: Int64)
    /// Gateway connections are cut without a word.
    case gatewayDrop
    /// Gateway connections stay open but nothing passes any more.
    case gatewayHalfOpen
    /// Gateway op 7.
    case gatewayReconnect
    /// Gateway op 9.
    case gatewayInvalidSession(resumable: Bool)
    /// Gateway connections are closed with a code.
    case gatewayClose(UInt16)
    /// New gateway connections are refused for some milliseconds; those that exist are cut.
    case gatewayRefuse(milliseconds: Int64)
    /// A broken frame: `json`, `unknown_op`, `unknown_event`, `wrong_types`, `truncated`, `binary`.
    case gatewayMalformed(String)
    /// The gateway asks for a heartbeat at once.
    case gatewayHeartbeatRequest
    /// Milliseconds between heartbeats that later gateway connections are told.
    case gatewayHeartbeat(milliseconds: Int64)
    /// Bots in voice get another voice server at once.
    case voiceServerMove
    /// The voice server vanishes (endpoint null, sockets closed with the code) and a new one comes after some milliseconds.
    case voiceServerLost(milliseconds: Int64, code: UInt16)
    /// Voice connections are cut without a word.
    case voiceDrop
    /// Voice connections are closed with a code; codes that end a session end it.
    case voiceClose(UInt16)
    /// A broken voice gateway frame.
    case voiceMalformed
    /// The voice server forgets its sessions and cuts its connections: a resume gets 4006.
    case voiceForget
    /// What the network does to voice packets from now on.
    case udp(UDPFaults)
    /// Trouble with end-to-end encryption, this many times in each call that there is, or else in the next one.
    case dave(DAVETrouble, count: Int)
    /// A member whose answers get lost in every call: readiness and commits (opcodes 23 and 28).
    case daveUnanswering(user: ID)
    /// A bot's token stops working (nil = every bot).
    case revokeToken(bot: ID?)
    /// Every interaction's token is fifteen minutes old at once.
    case expireInteractions
    /// Revoked tokens work again.
    case restoreTokens

    /// Reads the JSON form: `kind` in snake case and the values by name.
    init(_ json: JSON) throws(APIError) {
        func number(_ key: String, _ fallback: Int64) -> Int64 { json[key]?.integer ?? fallback }
        let milliseconds = number("milliseconds", number("ms", 5000))
        let code = UInt16(clamping: number("code", 4000))
        switch json["kind"]?.string ?? "" {
        case "rest_latency": self = .restLatency(milliseconds)
        case "gateway_latency": self = .gatewayLatency(milliseconds)
        case "voice_latency": self = .voiceLatency(milliseconds)
        case "rate_limit":
            self = .rateLimit(
                route: json["route"]?.string, count: Int(clamping: number("count", 1)),
                retryAfter: json["retry_after"]?.number ?? 1, scope: json["scope"]?.string ?? "user")
        case "server_error":
            self = .serverError(
                route: json["route"]?.string, count: Int(clamping: number("count", 1)),
                status: Int(clamping: number("status", 500)))
        case "rest_down": self = .restDown(milliseconds: milliseconds)
        case "gateway_drop": self = .gatewayDrop
        case "gateway_half_open": self = .gatewayHalfOpen
        case "gateway_reconnect": self = .gatewayReconnect
        case "gateway_invalid_session": self = .gatewayInvalidSession(resumable: json["resumable"]?.bool ?? false)
        case "gateway_close": self = .gatewayClose(code)
        case "gateway_refuse": self = .gatewayRefuse(milliseconds: milliseconds)
        case "gateway_malformed": self = .gatewayMalformed(json["what"]?.string ?? "json")
        case "gateway_heartbeat_request": self = .gatewayHeartbeatRequest
        case "gateway_heartbeat": self = .gatewayHeartbeat(milliseconds: max(100, milliseconds))
        case "voice_server_move": self = .voiceServerMove
        case "voice_server_lost":
            self = .voiceServerLost(milliseconds: milliseconds, code: UInt16(clamping: number("code", 4014)))
        case "voice_drop": self = .voiceDrop
        case "voice_close": self = .voiceClose(code)
        case "voice_malformed": self = .voiceMalformed
        case "voice_forget": self = .voiceForget
        case "udp":
            var faults = UDPFaults()
            faults.lostPercent = json["lost_percent"]?.number ?? 0
            faults.latePercent = json["late_percent"]?.number ?? 0
            faults.lateMilliseconds = json["late_ms"]?.number ?? 60
            faults.doubledPercent = json["doubled_percent"]?.number ?? 0
            faults.seed = UInt64(clamping: number("seed", 1))
            self = .udp(faults)
        case "dave_unanswering":
            guard let user = json["user_id"]?.snowflake else {
                throw .form(["user_id"], "BASE_TYPE_REQUIRED", "This field is required")
            }
            self = .daveUnanswering(user: user)
        case let kind where DAVETrouble(rawValue: kind) != nil:
            self = .dave(DAVETrouble(rawValue: kind) ?? .wrongEpoch, count: Int(clamping: number("count", 1)))
        case "revoke_token": self = .revokeToken(bot: json["user_id"]?.snowflake)
        case "expire_interactions": self = .expireInteractions
        case "restore_tokens": self = .restoreTokens
        default: throw .form(["kind"], "BASE_TYPE_CHOICES", "The sandbox knows no such fault.")
        }
    }
}

/// What can go wrong with end-to-end encryption, by its name in the admin interface.
public enum DAVETrouble: String, Sendable, CaseIterable {
    /// Proposals for an epoch that is not the group's.
    case wrongEpoch = "dave_wrong_epoch"
    /// A Welcome that is never sent.
    case withheldWelcome = "dave_withheld_welcome"
    /// A Welcome with a changed byte.
    case corruptedWelcome = "dave_corrupted_welcome"
    /// Two members commit at the same time: the one whose commit came second wins.
    case racingCommits = "dave_racing_commits"
    /// A transition that is never executed (opcode 22).
    case withheldExecute = "dave_withheld_execute"
}

/// Standing faults of REST and gateway, as a value.
struct StandingFaults: Sendable {
    struct Limited: Sendable {
        var route: String?
        var count: Int
        var retryAfter: Double
        var scope: String
    }
    struct Failing: Sendable {
        var route: String?
        var count: Int
        var status: Int
    }
    var restLatency: Int64 = 0
    var gatewayLatency: Int64 = 0
    var voiceLatency: Int64 = 0
    var limited: [Limited] = []
    var failing: [Failing] = []
    var restDownUntil: Int64 = 0
    var gatewayRefusedUntil: Int64 = 0

    /// Uses up a 429 meant for this route.
    mutating func takeLimit(_ route: String) -> Limited? {
        guard let place = limited.firstIndex(where: { $0.route == nil || $0.route == route }) else { return nil }
        let found = limited[place]
        limited[place].count -= 1
        if limited[place].count <= 0 { limited.remove(at: place) }
        return found
    }

    /// Uses up an error meant for this route.
    mutating func takeFailure(_ route: String) -> Int? {
        guard let place = failing.firstIndex(where: { $0.route == nil || $0.route == route }) else { return nil }
        let status = failing[place].status
        failing[place].count -= 1
        if failing[place].count <= 0 { failing.remove(at: place) }
        return status
    }
}
