internal import DiscordModel
internal import DiscordVoice
internal import ServiceKit
internal import Synchronization

/// The voice clients of the sandbox's own people: each is a member of its channel's call with keys of its own, and what
/// the listener of a channel hears, it hears with their ears.
final class CallPeople: Sendable {
    /// What became of a frame.
    enum Hearing: Sendable {
        /// The frame, and whether it came encrypted.
        case heard([UInt8], wasEncrypted: Bool)
        /// Nobody there can decrypt it, now.
        case notYet
        /// Nobody is there to hear it: it stays between the bots.
        case sealed
    }

    private struct Person: Sendable {
        let user: ID
        let session: any E2EESession
    }

    /// People of each channel in the order of arrival.
    private let calls = Mutex<[ID: [Person]]>([:])
    private let time: any TimeSource
    private let makeSession: @Sendable () -> any E2EESession
    /// How many people try to hear one frame.
    private static let earsTried = 3

    init(time: any TimeSource, makeSession: @escaping @Sendable () -> any E2EESession) {
        self.time = time
        self.makeSession = makeSession
    }

    // MARK: The voice server's messages, one at a time

    /// Takes a message and says what to answer.
    func take(_ message: PersonMessage) -> [PersonReply] {
        switch message.content {
        case .begin(let version, let present): return begin(message, version, present)
        case .end:
            remove(message.user, message.channel)?.end()
            return []
        case .json(let op, let data): return handle(message, .json(Self.payload(op, data)))
        case .binary(let op, let body): return handle(message, .binary(opcode: op, body))
        }
    }

    private func begin(_ message: PersonMessage, _ version: Int, _ present: [ID]) -> [PersonReply] {
        remove(message.user, message.channel)?.end()
        let session = makeSession()
        calls.withLock { $0[message.channel, default: []].append(Person(user: message.user, session: session)) }
        var replies = session.handle(.opened, now: time.now)
        if !present.isEmpty {
            replies += session.handle(.json(Self.payload(11, ["user_ids": .ids(present)])), now: time.now)
        }
        let begin = E2EEInput.begin(
            protocolVersion: version, user: UserID(message.user), channel: ChannelID(message.channel), ssrc: 0)
        replies += session.handle(begin, now: time.now)
        return replies.map(PersonReply.init)
    }

    private func handle(_ message: PersonMessage, _ input: E2EEInput) -> [PersonReply] {
        guard let session = session(message.user, message.channel) else { return [] }
        return session.handle(input, now: time.now).map(PersonReply.init)
    }

    /// Time passed: what overdue clients say.
    func tick() -> [(user: ID, channel: ID, replies: [PersonReply])] {
        let now = time.now
        return overdue(now).map { channel, person in
            (person.user, channel, person.session.handle(.tick, now: now).map(PersonReply.init))
        }
    }

    /// Whether anybody waits for time to pass.
    var isTickDue: Bool { !overdue(time.now).isEmpty }

    private func overdue(_ now: Duration) -> [(ID, Person)] {
        calls.withLock { calls in
            calls.flatMap { channel, people in
                people.filter { $0.session.nextDeadline.map { $0 <= now } ?? false }.map { (channel, $0) }
            }
        }
    }

    private func session(_ user: ID, _ channel: ID) -> (any E2EESession)? {
        calls.withLock { $0[channel]?.first { $0.user == user }?.session }
    }

    private func remove(_ user: ID, _ channel: ID) -> (any E2EESession)? {
        calls.withLock { calls in
            guard let place = calls[channel]?.firstIndex(where: { $0.user == user }) else { return nil }
            let person = calls[channel]?.remove(at: place)
            if calls[channel]?.isEmpty == true { calls[channel] = nil }
            return person?.session
        }
    }

    private static func payload(_ op: Int64, _ data: JSON) -> VoiceGatewayPayload {
        VoiceGatewayPayload(op: VoiceOpcode(rawValue: Int(clamping: op)), d: JSONValue(data))
    }

    // MARK: Listening, from any thread

    /// What the people of a channel hear in a frame of a stream.
    func hear(_ frame: [UInt8], ssrc: UInt32, in channel: ID) -> Hearing {
        let wasEncrypted = frame.count > 10 && frame.suffix(2).elementsEqual([0xFA, 0xFA])
        let ears = calls.withLock { $0[channel]?.prefix(Self.earsTried).map(\.session) ?? [] }
        if ears.isEmpty { return wasEncrypted ? .sealed : .heard(frame, wasEncrypted: false) }
        for session in ears {
            if let opened = session.open(frame, ssrc: ssrc, now: time.now) {
                return .heard(opened, wasEncrypted: wasEncrypted)
            }
        }
        return .notYet
    }

    /// How the people of a channel see their call.
    func report(_ channel: ID) -> JSON {
        let people = calls.withLock { $0[channel] ?? [] }
        return .array(
            people.map { person in
                let report = person.session.report
                return [
                    "user_id": .id(person.user), "privacy_code": .text(report.privacyCode),
                    "version": .number(report.version), "recoveries": .number(report.recoveries),
                ]
            })
    }
}

extension PersonReply {
    /// What a client wants sent.
    init(_ reply: E2EEReply) {
        switch reply {
        case .json(let payload): self = .json(Int64(payload.op.rawValue), JSON(payload.d))
        case .binary(let op, let body): self = .binary(op, body)
        case .renew: self = .renew
        }
    }
}

extension JSONValue {
    /// The same value in the bots' model.
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .integer(value)
        case .double(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let items): self = .array(items.map { JSONValue($0) })
        case .object(let fields): self = .object(fields.mapValues { JSONValue($0) })
        }
    }
}

extension JSON {
    /// A value of the bots' model as the sandbox's own.
    init(_ value: JSONValue?) {
        switch value {
        case nil, .null?: self = .null
        case .bool(let value)?: self = .bool(value)
        case .integer(let value)?: self = .int(value)
        case .unsigned(let value)?: self = .double(Double(value))
        case .number(let value)?: self = .double(value)
        case .string(let value)?: self = .string(value)
        case .array(let items)?: self = .array(items.map { JSON($0) })
        case .object(let fields)?: self = .object(fields.mapValues { JSON($0) })
        }
    }
}
