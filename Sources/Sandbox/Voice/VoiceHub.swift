/// How the sandbox's voice servers behave.
public struct VoiceRules: Sendable {
    /// Milliseconds between heartbeats, as told in Hello.
    public var heartbeatInterval: Int64 = 13_750
    /// Messages kept for a resume.
    public var replayed = 512
    /// Milliseconds in which a lost connection can be resumed; then its bot is taken out of the channel.
    public var resumeWindow: Int64 = 60_000
    /// Encryption modes offered, in order.
    public var modes = ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
    /// Whether calls are end-to-end encrypted.
    public var dave = DAVERule.required
    /// The default rules.
    public init() {}
}

/// What the voice hub wants of the media server.
enum MediaOrder: Sendable {
    /// A member with its stream; audio flows once it has a key.
    case add(ssrc: UInt32, user: ID, guild: ID, channel: ID, region: Int)
    /// The member chose a mode.
    case key(ssrc: UInt32, mode: String, key: [UInt8])
    /// Whether it may be heard and hears.
    case flags(ssrc: UInt32, mute: Bool, deaf: Bool)
    /// It sent Speaking, so its packets are welcome.
    case speaking(ssrc: UInt32, bits: Int64)
    case remove(ssrc: UInt32)
    /// `/play` was asked for in a guild, or a bot joined a channel: latency is measured from here.
    case mark(guild: ID)
}

/// All voice gateway connections and media sessions as a value (section 4.2).
struct VoiceHub: Sendable {
    /// One WebSocket.
    struct Link: Sendable {
        var region: Int
        var place: VoicePlace?
        var lastBeat: Int64
        var isOver = false
    }

    /// One media session, which may outlive its connection.
    struct Session: Sendable {
        var place: VoicePlace
        var grant: VoiceGrant
        var ssrc: UInt32
        var link: Int?
        var lostAt: Int64?
        var key: [UInt8]
        var mode: String?
        var sequence: UInt16 = 0
        var replay: [(sequence: UInt16, output: LinkOutput)] = []
        var speaking: Int64 = 0
        var isReady = false
        /// The newest DAVE version it speaks; 0 for none.
        var maximumVersion = 0
    }

    typealias Outputs = [(link: Int, output: LinkOutput)]

    /// What one step leads to.
    struct Step: Sendable {
        var outputs: Outputs = []
        var media: [MediaOrder] = []
        /// Speaking changes for the page.
        var speaking: [(user: ID, guild: ID, channel: ID, bits: Int64)] = []
        /// What the sandbox's own people in voice channels hear of their voice server.
        var people: [PersonMessage] = []

        mutating func add(_ other: Step) {
            outputs += other.outputs
            media += other.media
            speaking += other.speaking
            people += other.people
        }
    }

    var rules: VoiceRules
    /// UDP address of each region's media server.
    var mediaPorts: [(host: String, port: Int)] = [("127.0.0.1", 9)]
    var links: [Int: Link] = [:]
    var sessions: [VoicePlace: Session] = [:]
    /// The delivery service of each call.
    var deliveries: [ID: DeliveryService] = [:]
    /// The sandbox's own people in each channel.
    var people: [ID: Set<ID>] = [:]
    /// Trouble for the next call of a guild; the nil key is for any.
    var deliveryFaults: [ID?: DeliveryFaults] = [:]
    /// Members whose answers get lost in every call.
    var unanswering: Set<ID> = []
    private var nextLink = 1
    private var nextSSRC: UInt32 = 10_001

    init(rules: VoiceRules) { self.rules = rules }

    // MARK: Connections

    mutating func connect(region: Int, version: Int?, now: Int64) -> (Int, Step) {
        let id = nextLink
        nextLink += 1
        links[id] = Link(region: region, lastBeat: now)
        guard let version, version >= 4 else { return (id, end(id, 4020, "Unsupported voice gateway version")) }
        let hello: JSON = ["op": 8, "d": ["v": 8, "heartbeat_interval": .int(rules.heartbeatInterval)]]
        return (id, Step(outputs: [(id, .text(hello.text))]))
    }

    mutating func disconnect(_ id: Int, clientCode: UInt16?, now: Int64, world: World) -> Step {
        guard let link = links.removeValue(forKey: id), let place = link.place, sessions[place]?.link == id else {
            return Step()
        }
        sessions[place]?.link = nil
        sessions[place]?.lostAt = now
        return !link.isOver && clientCode == 1000 ? remove(place, closing: nil, world: world) : Step()
    }

    mutating func end(_ id: Int, _ code: UInt16, _ reason: String) -> Step {
        guard links[id]?.isOver == false else { return Step() }
        links[id]?.isOver = true
        return Step(outputs: [(id, .close(code, reason))])
    }

    /// Takes a media session away; the others in the channel hear of it.
    mutating func remove(_ place: VoicePlace, closing code: UInt16?, world: World) -> Step {
        guard let session = sessions.removeValue(forKey: place) else { return Step() }
        var step = Step(media: [.remove(ssrc: session.ssrc)])
        if let link = session.link, let code { step.add(end(link, code, "Disconnected.")) }
        step.add(tellOthers(session.grant.channel, except: place.user, 13, ["user_id": .id(place.user)]))
        step.add(leaveCall(place.user, session.grant.channel, world))
        if session.speaking != 0 { step.speaking.append((place.user, place.guild, session.grant.channel, 0)) }
        return step
    }

    mutating func tick(now: Int64, world: inout World) -> Step {
        var step = tickCalls(world)
        for (id, link) in links where !link.isOver && now - link.lastBeat > rules.heartbeatInterval * 3 {
            step.add(end(id, 4009, "Session timed out"))
            if let place = link.place { step.add(remove(place, closing: nil, world: world)) }
        }
        for (place, session) in sessions {
            guard let lost = session.lostAt, now - lost > rules.resumeWindow else { continue }
            step.add(remove(place, closing: nil, world: world))
            if world.voiceGrants[place]?.token == session.grant.token,
                let state = world.guilds[place.guild]?.voiceStates[place.user]
            {
                world.leaveVoice(state)
            }
        }
        return step
    }

    // MARK: Client messages

    mutating func receive(_ id: Int, _ bytes: [UInt8], isBinary: Bool, now: Int64, world: inout World) -> Step {
        guard let link = links[id], !link.isOver else { return Step() }
        if isBinary {
            guard let place = link.place, let session = sessions[place] else {
                return end(id, 4003, "Not authenticated")
            }
            return receiveDAVE(bytes, from: place.user, session.grant.channel, world)
        }
        guard let message = JSONReader.read(bytes), let op = message["op"]?.integer else {
            return end(id, 4002, "Failed to decode payload")
        }
        let data = message["d"] ?? .null
        switch op {
        case 0: return identify(id, data, now, &world)
        case 7: return resume(id, data, now, world)
        case 3: return heartbeat(id, data, now)
        default: break
        }
        guard let place = link.place, let session = sessions[place] else { return end(id, 4003, "Not authenticated") }
        switch op {
        case 1: return select(id, data, session, world)
        case 5: return speak(data, session)
        case 23, 31: return receiveDAVE(op, data, from: place.user, session.grant.channel, world)
        case 12, 14, 15, 21...32: return Step()
        case 16: return send(place, 16, ["voice": "0.11.0", "rtc_worker": "0.4.11"])
        default: return end(id, 4001, "Unknown opcode")
        }
    }

    private mutating func heartbeat(_ id: Int, _ data: JSON, _ now: Int64) -> Step {
        links[id]?.lastBeat = now
        if let place = links[id]?.place, let ack = data["seq_ack"]?.integer, ack >= 0 {
            sessions[place]?.replay.removeAll {
                Self.isAfter(UInt16(truncatingIfNeeded: ack), $0.sequence)
                    || $0.sequence == UInt16(truncatingIfNeeded: ack)
            }
        }
        let nonce = data.object != nil ? ["t": data["t"] ?? 0] : data
        let answer: JSON = ["op": 6, "d": nonce]
        return Step(outputs: [(id, .text(answer.text))])
    }

    /// Whether `left` comes after `right` in a wrapping 16-bit count.
    private static func isAfter(_ left: UInt16, _ right: UInt16) -> Bool {
        left != right && left &- right < 0x8000
    }

    private mutating func identify(_ id: Int, _ data: JSON, _ now: Int64, _ world: inout World) -> Step {
        if links[id]?.place != nil { return end(id, 4005, "Already authenticated") }
        guard let guild = data["server_id"]?.snowflake, let user = data["user_id"]?.snowflake,
            let token = data["token"]?.string, let sessionID = data["session_id"]?.string
        else { return end(id, 4002, "Failed to decode payload") }
        let place = VoicePlace(guild: guild, user: user)
        guard world.guilds[guild] != nil else { return end(id, 4011, "Server not found") }
        guard let grant = world.voiceGrants[place] else { return end(id, 4006, "Session is no longer valid") }
        guard grant.token == token else { return end(id, 4004, "Authentication failed") }
        guard grant.session == sessionID else { return end(id, 4006, "Session is no longer valid") }
        let maximumVersion = data["max_dave_protocol_version"]?.integer ?? 0
        if maximumVersion <= 0, rule(of: grant.channel, world) == .required {
            return end(id, 4017, "E2EE/DAVE protocol required")
        }
        var step = remove(place, closing: 4014, world: world)
        nextSSRC += 1 + UInt32(world.random() % 7)
        var session = Session(
            place: place, grant: grant, ssrc: nextSSRC,
            key: (0..<32).map { _ in UInt8(truncatingIfNeeded: world.random()) })
        session.link = id
        session.maximumVersion = Int(clamping: maximumVersion)
        sessions[place] = session
        links[id]?.place = place
        links[id]?.lastBeat = now
        let region = links[id]?.region ?? 0
        let media = mediaPorts[region % mediaPorts.count]
        step.media.append(.add(ssrc: session.ssrc, user: user, guild: guild, channel: grant.channel, region: region))
        if let state = world.guilds[guild]?.voiceStates[user] { step.media.append(flags(session.ssrc, state)) }
        step.add(
            send(
                place, 2,
                [
                    "ssrc": .number(session.ssrc), "ip": .string(media.host), "port": .number(media.port),
                    "modes": .array(rules.modes.map { .string($0) }), "experiments": ["fixed_keyframe_interval"],
                    "streams": [],
                ]))
        let present = present(in: grant.channel, except: user)
        if !present.isEmpty { step.add(introduce(present, to: place)) }
        step.add(introduce(user, toOthersIn: grant.channel))
        for other in sessions.values where other.grant.channel == grant.channel && other.place != place {
            if other.speaking != 0 { step.add(send(place, 5, speaking(other))) }
        }
        return step
    }

    mutating func introduce(_ users: [ID], to place: VoicePlace) -> Step {
        var step = send(place, 11, ["user_ids": .ids(users)])
        for user in users {
            step.add(send(place, 18, ["user_id": .id(user), "flags": 0]))
            step.add(send(place, 20, ["user_id": .id(user), "platform": 0]))
        }
        return step
    }

    func flags(_ ssrc: UInt32, _ state: VoiceState) -> MediaOrder {
        .flags(ssrc: ssrc, mute: state.mute || state.selfMute || state.suppress, deaf: state.deaf || state.selfDeaf)
    }

    private mutating func select(_ id: Int, _ data: JSON, _ session: Session, _ world: World) -> Step {
        guard data["protocol"]?.string == "udp" else { return end(id, 4012, "Unknown protocol") }
        guard let mode = data["data"]?["mode"]?.string ?? data["mode"]?.string, rules.modes.contains(mode) else {
            return end(id, 4016, "Unknown encryption mode")
        }
        sessions[session.place]?.mode = mode
        sessions[session.place]?.isReady = true
        var step = Step(media: [.key(ssrc: session.ssrc, mode: mode, key: session.key)])
        let (version, rest) = joinCall(session, world)
        step.add(
            send(
                session.place, 4,
                [
                    "mode": .string(mode), "secret_key": .array(session.key.map { .number($0) }),
                    "audio_codec": "opus", "video_codec": "H264", "dave_protocol_version": .number(version),
                    "media_session_id": .string(String(session.grant.token.prefix(16))),
                ]))
        step.add(deliver(rest, session.grant.channel, session.place.guild))
        return step
    }

    func speaking(_ session: Session) -> JSON {
        [
            "speaking": .int(session.speaking), "ssrc": .number(session.ssrc), "user_id": .id(session.place.user),
            "delay": 0,
        ]
    }

    private mutating func speak(_ data: JSON, _ session: Session) -> Step {
        let bits = data["speaking"]?.integer ?? (data["speaking"]?.bool == true ? 1 : 0)
        sessions[session.place]?.speaking = bits
        guard let changed = sessions[session.place] else { return Step() }
        var step = Step(media: [.speaking(ssrc: session.ssrc, bits: bits)])
        step.speaking.append((session.place.user, session.place.guild, session.grant.channel, bits))
        step.add(tellOthers(session.grant.channel, except: session.place.user, 5, speaking(changed)))
        return step
    }

    private mutating func resume(_ id: Int, _ data: JSON, _ now: Int64, _ world: World) -> Step {
        if links[id]?.place != nil { return end(id, 4005, "Already authenticated") }
        guard let guild = data["server_id"]?.snowflake, let token = data["token"]?.string,
            let sessionID = data["session_id"]?.string
        else { return end(id, 4002, "Failed to decode payload") }
        let match = sessions.values.first {
            $0.place.guild == guild && $0.grant.token == token && $0.grant.session == sessionID
        }
        guard let session = match, world.voiceGrants[session.place]?.token == token else {
            return end(id, 4006, "Session is no longer valid")
        }
        let ack = data["seq_ack"]?.integer ?? -1
        let from = ack < 0 ? 0 : UInt16(truncatingIfNeeded: ack)
        if let oldest = session.replay.first?.sequence, Self.isAfter(oldest, from &+ 1) {
            var step = remove(session.place, closing: nil, world: world)
            step.add(end(id, 4006, "Session is no longer valid"))
            return step
        }
        var step = Step()
        if let old = session.link, old != id {
            links[old]?.place = nil
            step.add(end(old, 4000, "Resumed elsewhere"))
        }
        links[id]?.place = session.place
        links[id]?.lastBeat = now
        sessions[session.place]?.link = id
        sessions[session.place]?.lostAt = nil
        step.outputs.append((id, .text(#"{"op":9,"d":null}"#)))
        for message in session.replay where ack < 0 || Self.isAfter(message.sequence, from) {
            step.outputs.append((id, message.output))
        }
        return step
    }

    /// Numbers a message, keeps it for a resume and sends it.
    mutating func send(_ place: VoicePlace, _ op: Int64, _ data: JSON) -> Step {
        send(place) { .text((["op": .int(op), "d": data, "seq": .number($0)] as JSON).text) }
    }

    /// The same with a binary message.
    mutating func send(_ place: VoicePlace, opcode: UInt8, _ body: [UInt8]) -> Step {
        send(place) { .binary([UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0), opcode] + body) }
    }

    private mutating func send(_ place: VoicePlace, _ message: (UInt16) -> LinkOutput) -> Step {
        guard var session = sessions[place] else { return Step() }
        session.sequence &+= 1
        let output = message(session.sequence)
        session.replay.append((session.sequence, output))
        if session.replay.count > rules.replayed { session.replay.removeFirst() }
        sessions[place] = session
        guard let link = session.link, links[link]?.isOver == false else { return Step() }
        return Step(outputs: [(link, output)])
    }

    mutating func tellOthers(_ channel: ID, except user: ID, _ op: Int64, _ data: JSON) -> Step {
        var step = tellPeople(in: channel, except: user, op, data)
        for place in sessions.values.filter({ $0.grant.channel == channel && $0.place.user != user }).map(\.place) {
            step.add(send(place, op, data))
        }
        return step
    }
}
