/// What the gateway hub wants done on a connection.
enum LinkOutput: Sendable {
    /// A JSON message; compressed as the connection asked for.
    case text(String)
    /// A binary message as it is.
    case binary([UInt8])
    /// A JSON message deflated by itself, for clients that asked for payload compression.
    case deflated(String)
    /// The first bytes of a message's compressed form only, then nothing more of it.
    case truncated(String)
    /// The end with a code.
    case close(UInt16, String)
    /// The end without a word.
    case drop
}

/// How the sandbox's gateway behaves; the defaults are Discord's.
public struct GatewayRules: Sendable {
    /// Milliseconds between heartbeats, as told in Hello.
    public var heartbeatInterval: Int64 = 41_250
    /// Milliseconds in which a lost session can be resumed.
    public var resumeWindow: Int64 = 180_000
    /// Dispatches kept for a resume.
    public var replayed = 1024
    /// Identifies per window and rate limit key.
    public var maxConcurrency: Int64 = 1
    /// Milliseconds between two identifies of one key.
    public var identifyWindow: Int64 = 5000
    /// Messages a client may send per minute.
    public var sendsPerMinute = 120
    /// The default rules.
    public init() {}
}

/// All gateway connections and sessions as a value: takes client messages and world events, returns what to send.
struct GatewayHub: Sendable {
    /// One WebSocket.
    struct Link: Sendable {
        var session: String?
        var lastBeat: Int64
        /// Milliseconds between heartbeats, as it was told.
        var interval: Int64
        var sends: [Int64] = []
        /// The connection compresses as a stream, so single payloads are not.
        var isStream = false
        /// Large payloads are deflated (Identify's `compress`).
        var deflates = false
        /// Half-open by fault: nothing goes in or out any more.
        var isDeaf = false
        /// Set once the hub has ended it.
        var isOver = false
    }

    /// One session, which may outlive its connection.
    struct Session: Sendable {
        var id: String
        var application: ID
        var intents: UInt64
        var shard: Int64
        var shardCount: Int64
        var sequence: Int64 = 0
        var link: Int?
        var lostAt: Int64?
        var replay: [(sequence: Int64, text: String)] = []
        var memberRequests: [ID: Int64] = [:]
    }

    typealias Outputs = [(link: Int, output: LinkOutput)]

    /// Bytes from which a payload is deflated for clients that asked for it.
    private static let deflatedFrom = 1024

    var rules: GatewayRules
    var url = "ws://sandbox/gw"
    private(set) var links: [Int: Link] = [:]
    private(set) var sessions: [String: Session] = [:]
    private var identifies: [String: Int64] = [:]
    private var nextLink = 1

    init(rules: GatewayRules) { self.rules = rules }

    // MARK: Connections

    /// A client connected; the version decides whether it may stay.
    mutating func connect(version: String?, isStream: Bool = false, now: Int64) -> (Int, Outputs) {
        let id = nextLink
        nextLink += 1
        links[id] = Link(lastBeat: now, interval: rules.heartbeatInterval, isStream: isStream)
        if let version, version != "10", version != "9" {
            return (id, end(id, 4012, "Invalid API version"))
        }
        let hello: JSON = [
            "op": 10, "s": nil, "t": nil,
            "d": ["heartbeat_interval": .int(rules.heartbeatInterval), "_trace": ["[\"sandbox\"]"]],
        ]
        return (id, [(id, .text(hello.text))])
    }

    /// A client's connection is gone; codes 1000 and 1001 from it end the session.
    mutating func disconnect(_ id: Int, clientCode: UInt16?, now: Int64, world: inout World) {
        guard let link = links.removeValue(forKey: id), let key = link.session, sessions[key]?.link == id else {
            return
        }
        sessions[key]?.link = nil
        sessions[key]?.lostAt = now
        if !link.isOver, clientCode == 1000 || clientCode == 1001 { forget(key, &world) }
    }

    /// Ends a session for good; its bot leaves voice.
    private mutating func forget(_ key: String, _ world: inout World) {
        guard let session = sessions.removeValue(forKey: key) else { return }
        world.endVoice(of: session.application, session: session.id)
    }

    /// Closes a connection with a code; fatal codes end its session too.
    private mutating func end(_ id: Int, _ code: UInt16, _ reason: String) -> Outputs {
        guard links[id]?.isOver == false else { return [] }
        links[id]?.isOver = true
        return [(id, .close(code, reason))]
    }

    /// Time passes: clients that no longer beat are closed, sessions too long lost are forgotten.
    mutating func tick(now: Int64, world: inout World) -> Outputs {
        var outputs: Outputs = []
        for (id, link) in links
        where !link.isOver && !link.isDeaf && now - link.lastBeat > link.interval * 5 / 2 {
            if let key = link.session { forget(key, &world) }
            outputs += end(id, 4009, "Session timed out")
        }
        for (key, session) in sessions {
            if let lost = session.lostAt, now - lost > rules.resumeWindow { forget(key, &world) }
        }
        return outputs
    }

    // MARK: Client messages

    /// A message of a client, text or binary alike.
    mutating func receive(_ id: Int, _ bytes: [UInt8], now: Int64, world: inout World) -> Outputs {
        guard let link = links[id], !link.isOver, !link.isDeaf else { return [] }
        if bytes.count > 4096 { return end(id, 4002, "Payload too large") }
        links[id]?.sends.removeAll { now - $0 >= 60_000 }
        links[id]?.sends.append(now)
        if links[id]?.sends.count ?? 0 > rules.sendsPerMinute { return end(id, 4008, "Rate limited") }
        guard let message = JSONReader.read(bytes), let op = message["op"]?.integer else {
            return end(id, 4002, "Error while decoding payload")
        }
        let data = message["d"] ?? .null
        switch op {
        case 1:
            links[id]?.lastBeat = now
            return [(id, .text(#"{"op":11,"d":null,"s":null,"t":null}"#))]
        case 2: return identify(id, data, now, &world)
        case 6: return resume(id, data, now, &world)
        default:
            guard let key = link.session, let session = sessions[key] else {
                return end(id, 4003, "Not authenticated")
            }
            return command(id, op, data, session, now, &world)
        }
    }

    private mutating func command(
        _ id: Int, _ op: Int64, _ data: JSON, _ session: Session, _ now: Int64, _ world: inout World
    ) -> Outputs {
        switch op {
        case 3:
            guard data.object != nil else { return end(id, 4002, "Error while decoding payload") }
            world.setPresence(session.application, data)
        case 4:
            guard let guild = data["guild_id"]?.snowflake else { return end(id, 4002, "Error while decoding payload") }
            world.changeVoice(
                user: session.application, guild: guild, channel: data["channel_id"]?.snowflake,
                selfMute: data["self_mute"]?.bool ?? false, selfDeaf: data["self_deaf"]?.bool ?? false,
                session: session.id)
        case 8: return requestMembers(session, data, now, world)
        case 31:
            return (data["guild_ids"]?.array ?? []).compactMap(\.snowflake).flatMap {
                push(session.id, "SOUNDBOARD_SOUNDS", ["guild_id": .id($0), "soundboard_sounds": []])
            }
        case 43:
            guard let guild = data["guild_id"]?.snowflake.flatMap({ world.guilds[$0] }) else { return [] }
            let channels = guild.channels.compactMap { world.channels[$0] }.filter(\.isVoice)
            return push(
                session.id, "CHANNEL_INFO",
                [
                    "guild_id": .id(guild.id),
                    "channels": .array(channels.map { ["id": .id($0.id), "status": .text($0.status)] }),
                ])
        default: return end(id, 4001, "Unknown opcode")
        }
        return []
    }

    private mutating func identify(_ id: Int, _ data: JSON, _ now: Int64, _ world: inout World) -> Outputs {
        if links[id]?.session != nil { return end(id, 4005, "Already authenticated") }
        guard let token = data["token"]?.string else { return end(id, 4002, "Error while decoding payload") }
        let bare = token.hasPrefix("Bot ") ? String(token.dropFirst(4)) : token
        guard let application = world.application(token: bare) else { return end(id, 4004, "Authentication failed") }
        guard let raw = data["intents"]?.integer, raw >= 0, UInt64(raw) & ~Intent.known == 0 else {
            return end(id, 4013, "Invalid intent(s)")
        }
        let intents = UInt64(raw)
        if intents & Intent.privileged & ~application.privilegedIntents != 0 {
            return end(id, 4014, "Disallowed intent(s)")
        }
        let shard = data["shard"]?[0]?.integer ?? 0
        let count = data["shard"]?[1]?.integer ?? 1
        guard count > 0, (0..<count).contains(shard) else { return end(id, 4010, "Invalid shard") }
        let key = "\(application.id)/\(shard % max(1, rules.maxConcurrency))"
        if let last = identifies[key], now - last < rules.identifyWindow {
            return [(id, .text(#"{"op":9,"d":false,"s":null,"t":null}"#))]
        }
        guard application.identifiesLeft > 0 else {
            world.applications[application.id]?.tokenValid = false
            return end(id, 4004, "Authentication failed")
        }
        identifies[key] = now
        world.applications[application.id]?.identifiesLeft -= 1
        if let presence = data["presence"], !presence.isNull { world.keepPresence(application.id, presence) }
        var session = Session(
            id: world.newSecret(3), application: application.id, intents: intents, shard: shard, shardCount: count)
        session.link = id
        sessions[session.id] = session
        let isStream = links[id]?.isStream ?? false
        links[id]?.session = session.id
        links[id]?.deflates = data["compress"]?.bool == true && !isStream
        return ready(session, application, world)
    }

    private mutating func ready(_ session: Session, _ application: Application, _ world: World) -> Outputs {
        let guilds = world.guilds(of: application.id).filter { covers(session, $0.id) }
        var ready: JSON = [
            "v": 10, "user": world.ownUserJSON(application.id), "session_id": .string(session.id),
            "guilds": .array(guilds.map { ["id": .id($0.id), "unavailable": true] }),
            "resume_gateway_url": .string(url), "shard": [.int(session.shard), .int(session.shardCount)],
            "application": ["id": .id(application.id), "flags": .number(world.applicationFlags(application))],
        ]
        ready = ready.merging([
            "private_channels": [], "relationships": [], "presences": [], "user_settings": [:],
            "session_type": "normal", "geo_ordered_rtc_regions": ["sandbox-a"], "_trace": [],
        ])
        var outputs = push(session.id, "READY", ready)
        if session.intents & Intent.guilds != 0 {
            for guild in guilds {
                outputs += push(
                    session.id, "GUILD_CREATE",
                    world.guildCreateJSON(guild, bot: application.id, intents: session.intents))
            }
        }
        return outputs
    }

    private mutating func resume(_ id: Int, _ data: JSON, _ now: Int64, _ world: inout World) -> Outputs {
        if links[id]?.session != nil { return end(id, 4005, "Already authenticated") }
        guard let token = data["token"]?.string, let key = data["session_id"]?.string, let seq = data["seq"]?.integer
        else { return end(id, 4002, "Error while decoding payload") }
        let bare = token.hasPrefix("Bot ") ? String(token.dropFirst(4)) : token
        guard let application = world.application(token: bare) else { return end(id, 4004, "Authentication failed") }
        guard let session = sessions[key], session.application == application.id else {
            return [(id, .text(#"{"op":9,"d":false,"s":null,"t":null}"#))]
        }
        if seq > session.sequence || seq < 0 {
            forget(key, &world)
            return end(id, 4007, "Invalid seq")
        }
        if seq < session.sequence, (session.replay.first?.sequence ?? .max) > seq + 1 {
            forget(key, &world)
            return [(id, .text(#"{"op":9,"d":false,"s":null,"t":null}"#))]
        }
        var outputs: Outputs = []
        if let old = session.link, old != id {
            outputs += end(old, 4000, "Session resumed elsewhere")
            links[old]?.session = nil
        }
        links[id]?.session = key
        sessions[key]?.link = id
        sessions[key]?.lostAt = nil
        outputs += session.replay.filter { $0.sequence > seq }.map { (id, .text($0.text)) }
        return outputs + push(key, "RESUMED", ["_trace": []])
    }

    private mutating func requestMembers(_ session: Session, _ data: JSON, _ now: Int64, _ world: World) -> Outputs {
        let asked = data["guild_id"]?.snowflake ?? data["guild_id"]?[0]?.snowflake
        guard let guild = asked.flatMap({ world.guilds[$0] }), guild.members[session.application] != nil else {
            return []
        }
        let nonce = data["nonce"]?.string.flatMap { $0.utf8.count <= 32 ? $0 : nil }
        var found: [Member]
        var missing: [JSON] = []
        if let wanted = data["user_ids"], !wanted.isNull {
            let ids = (wanted.array ?? [wanted]).compactMap(\.snowflake).prefix(100)
            found = ids.compactMap { guild.members[$0] }
            missing = ids.filter { guild.members[$0] == nil }.map { .id($0) }
        } else {
            let query = data["query"]?.string ?? ""
            let limit = Int(clamping: data["limit"]?.integer ?? 0)
            if query.isEmpty && limit == 0 {
                guard session.intents & Intent.members != 0 else { return [] }
                if let last = session.memberRequests[guild.id], now - last < 30_000 {
                    var meta: JSON = ["guild_id": .id(guild.id)]
                    if let nonce { meta["nonce"] = .string(nonce) }
                    return push(
                        session.id, "RATE_LIMITED",
                        ["opcode": 8, "retry_after": .double(Double(30_000 - (now - last)) / 1000), "meta": meta])
                }
                sessions[session.id]?.memberRequests[guild.id] = now
                found = guild.members.values.sorted { $0.user < $1.user }
            } else {
                found = Array(world.members(of: guild, named: query).prefix(limit == 0 ? 100 : min(limit, 100)))
            }
        }
        let chunks = stride(from: 0, to: max(1, found.count), by: 1000).map {
            Array(found[$0..<min($0 + 1000, found.count)])
        }
        return chunks.enumerated().flatMap { index, members in
            var chunk: JSON = [
                "guild_id": .id(guild.id), "members": .array(members.map { world.memberJSON($0) }),
                "chunk_index": .number(index), "chunk_count": .number(chunks.count), "not_found": .array(missing),
            ]
            if data["presences"]?.bool == true, session.intents & Intent.presences != 0 {
                chunk["presences"] = .array(members.map { world.presenceJSON($0.user, guild: nil) })
            }
            if let nonce { chunk["nonce"] = .string(nonce) }
            return push(session.id, "GUILD_MEMBERS_CHUNK", chunk)
        }
    }

    // MARK: Dispatching

    private func covers(_ session: Session, _ guild: ID?) -> Bool {
        guard let guild else { return session.shard == 0 }
        return Int64((guild >> 22) % UInt64(session.shardCount)) == session.shard
    }

    /// Sends a world event to every session it concerns.
    mutating func dispatch(_ event: Dispatch, world: World) -> Outputs {
        var outputs: Outputs = []
        var full: String?
        var stripped: String?
        for session in sessions.values.sorted(by: { $0.id < $1.id }) {
            guard concerns(event, session, world) else { continue }
            if let rule = event.content, hides(rule, session) {
                let text = stripped ?? Self.withoutContent(event.data).text
                stripped = text
                outputs += push(session.id, event.name, text: text)
            } else {
                let text = full ?? event.data.text
                full = text
                outputs += push(session.id, event.name, text: text)
            }
        }
        return outputs
    }

    private func concerns(_ event: Dispatch, _ session: Session, _ world: World) -> Bool {
        let me = session.application
        let wanted = event.intent == 0 || session.intents & event.intent != 0 || event.own == me
        switch event.audience {
        case .guild(let guild, let channel):
            guard wanted, covers(session, guild), world.guilds[guild]?.members[me] != nil else { return false }
            guard let channel, let room = world.channels[channel] else { return true }
            return world.sees(me, room)
        case .bot(let bot, let guild): return bot == me && wanted && covers(session, guild)
        case .direct(let people): return people.contains(me) && wanted && covers(session, nil)
        }
    }

    private func hides(_ rule: ContentRule, _ session: Session) -> Bool {
        session.intents & Intent.messageContent == 0 && rule.author != session.application
            && !rule.mentions.contains(session.application)
    }

    private static func withoutContent(_ data: JSON) -> JSON {
        var data = data.merging(["content": "", "embeds": [], "attachments": [], "components": []])
        if data["poll"] != nil { data = data.removing("poll") }
        return data
    }

    /// Numbers a dispatch, keeps it for a resume and sends it if the session is connected.
    private mutating func push(_ key: String, _ name: String, _ data: JSON) -> Outputs {
        push(key, name, text: data.text)
    }

    private mutating func push(_ key: String, _ name: String, text data: String) -> Outputs {
        guard sessions[key] != nil else { return [] }
        let sequence = (sessions[key]?.sequence ?? 0) + 1
        let text = #"{"op":0,"s":\#(sequence),"t":"\#(name)","d":\#(data)}"#
        sessions[key]?.sequence = sequence
        sessions[key]?.replay.append((sequence, text))
        if let count = sessions[key]?.replay.count, count > rules.replayed + rules.replayed / 4 {
            sessions[key]?.replay.removeFirst(count - rules.replayed)
        }
        guard let link = sessions[key]?.link, links[link]?.isOver == false, links[link]?.isDeaf == false else {
            return []
        }
        let isLarge = links[link]?.deflates == true && text.utf8.count > Self.deflatedFrom
        return [(link, isLarge ? .deflated(text) : .text(text))]
    }

    // MARK: Faults

    /// What a test can do to gateway connections.
    enum Trouble: Sendable {
        case drop, halfOpen, reconnect
        case invalidSession(resumable: Bool)
        case close(UInt16)
        case malformed(String)
        case heartbeatRequest
    }

    /// Brings trouble over every connection, or those of one application.
    mutating func trouble(_ kind: Trouble, application: ID?, world: inout World) -> Outputs {
        var outputs: Outputs = []
        for (id, link) in links where !link.isOver {
            let session = link.session.flatMap { sessions[$0] }
            if let application, session?.application != application { continue }
            switch kind {
            case .drop:
                links[id]?.isOver = true
                outputs.append((id, .drop))
            case .halfOpen: links[id]?.isDeaf = true
            case .reconnect: outputs.append((id, .text(#"{"op":7,"d":null,"s":null,"t":null}"#)))
            case .heartbeatRequest: outputs.append((id, .text(#"{"op":1,"d":null,"s":null,"t":null}"#)))
            case .invalidSession(let resumable):
                if !resumable, let key = link.session {
                    forget(key, &world)
                    links[id]?.session = nil
                }
                outputs.append((id, .text(#"{"op":9,"d":\#(resumable),"s":null,"t":null}"#)))
            case .close(let code):
                if [4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014].contains(code), let key = link.session {
                    forget(key, &world)
                }
                outputs += end(id, code, "Closed by the sandbox")
            case .malformed(let what): outputs += malformed(id, what, link.session)
            }
        }
        return outputs
    }

    private mutating func malformed(_ id: Int, _ what: String, _ session: String?) -> Outputs {
        switch what {
        case "unknown_op": return [(id, .text(#"{"op":99,"d":{"x":[1,2,{"y":null}]},"s":null,"t":null}"#))]
        case "unknown_event":
            guard let session else { return [] }
            return push(session, "SANDBOX_UNHEARD_OF", ["id": "1", "nested": ["list": [1, 2.5, nil, true]]])
        case "truncated": return [(id, .truncated(#"{"op":11,"d":null,"s":null,"t":null,"pad":"0123456789"}"#))]
        case "binary": return [(id, .binary([0xFF, 0x00, 0x13, 0x37, 0xFE]))]
        case "wrong_types": return [(id, .text(#"{"op":"zero","d":[],"s":"x","t":5}"#))]
        default: return [(id, .text(#"{"op":0,"d":{"broken": tru"#))]
        }
    }

    /// Ends every connection and session of an application whose token was revoked.
    mutating func revoke(_ application: ID, world: inout World) -> Outputs {
        trouble(.close(4004), application: application, world: &world)
    }

    /// Sessions of a bot, for reports: connected or waiting for a resume.
    func state(of application: ID) -> [(id: String, isConnected: Bool, sequence: Int64)] {
        sessions.values.filter { $0.application == application }.map { ($0.id, $0.link != nil, $0.sequence) }
    }
}

extension World {
    /// Sets a bot's presence and tells who listens.
    mutating func setPresence(_ user: ID, _ data: JSON) {
        keepPresence(user, data)
        for guild in guilds(of: user) {
            tell(guild: guild.id, "PRESENCE_UPDATE", intent: Intent.presences, presenceJSON(user, guild: guild.id))
        }
    }

    /// Remembers a bot's presence, with what clients index when it was left out.
    mutating func keepPresence(_ user: ID, _ data: JSON) {
        let status = data["status"]?.string == "invisible" ? "offline" : data["status"] ?? "online"
        presences[user] = ["status": status, "activities": .array(data["activities"]?.array ?? [])]
    }
}
