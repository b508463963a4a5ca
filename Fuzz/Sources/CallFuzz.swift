import DiscordModel
@testable import DiscordVoice
@testable import Sandbox
import ServiceKit

/// A whole encrypted call: DAVE sessions of several people at one delivery service. Each byte is an event: the low two
/// bits say who, the rest what: come, go, the next message arrives (as it is, or changed), or time passes.
///
/// Afterwards everything arrives and time passes without trouble: then all who are there share one group.
enum CallFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        guard var call = try? FuzzedCall() else { preconditionFailure("no call") }
        for byte in bytes.prefix(200) { call.take(byte) }
        call.settle()
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        /// Everything that is under way to everybody arrives.
        let all = [UInt8](repeating: 0, count: 12).indices.map { UInt8(8 | $0 % 4) }
        func come(_ who: UInt8) -> [UInt8] { [who] + all }
        func go(_ who: UInt8) -> [UInt8] { [4 | who] + all }
        return [
            ("two", come(0) + come(1)), ("all", come(0) + come(1) + come(2) + come(3)),
            ("back", come(0) + come(1) + go(1) + come(1) + go(0) + come(0)), ("together", [0, 1, 2, 3] + all + all),
            ("changed", come(0) + [1, 9, 8, 12, 13, 12, 13] + all + [16, 20, 24]),
            ("storm", come(0) + come(1) + [2, 6, 2, 5, 3, 1] + all + [7, 6] + all),
        ]
    }
}

private struct FuzzedCall {
    private struct Person {
        var session = DAVESession(logger: Logger("fuzz"))
        var isHere = false
        /// What is on its way to them, in order.
        var inbox: [DeliveryMessage.Content] = []
    }

    private static let channel: ID = 77
    private var service: DeliveryService
    private var people: [Person] = (0..<4).map { _ in Person() }
    private var now: Duration = .seconds(1)
    private var ticks: Int64 { now.components.seconds * 1000 + now.components.attoseconds / 1_000_000_000_000_000 }

    init() throws {
        service = try DeliveryService(channel: FuzzedCall.channel, guild: 7, rule: .required)
    }

    private func user(_ index: Int) -> ID { ID(100 + index) }

    mutating func take(_ byte: UInt8) {
        let who = Int(byte & 3)
        switch byte >> 2 {
        case 0: come(who)
        case 1: go(who)
        case 2: deliver(who, changing: nil)
        case 3: deliver(who, changing: 40)
        case 4: deliver(who, changing: 5)
        default: pass(.milliseconds(20) * Int(byte >> 2))
        }
    }

    private mutating func come(_ who: Int) {
        guard !people[who].isHere else { return }
        hear(who, .opened)
        let present = people.indices.filter { people[$0].isHere }
        people[who].isHere = true
        if !present.isEmpty { hear(who, .json(self.present(present))) }
        for other in present { hear(other, .json(self.present([who]))) }
        let answer = service.join(user(who), maximumVersion: 1, now: ticks)
        hear(
            who,
            .begin(
                protocolVersion: answer.version, user: UserID(user(who)), channel: ChannelID(FuzzedCall.channel),
                ssrc: UInt32(who + 1)))
        send(answer.messages)
    }

    private mutating func go(_ who: Int) {
        guard people[who].isHere else { return }
        people[who].isHere = false
        people[who].inbox = []
        people[who].session.end()
        for other in people.indices where people[other].isHere {
            hear(other, .json(payload(13, #"{"user_id":"\#(user(who))"}"#)))
        }
        send(service.leave(user(who), now: ticks))
    }

    /// A JSON message of the voice gateway.
    private func payload(_ opcode: Int, _ data: String) -> VoiceGatewayPayload {
        guard let payload = VoiceGatewayPayload(text: #"{"op":\#(opcode),"d":\#(data)}"#) else {
            preconditionFailure("the sandbox's JSON does not decode")
        }
        return payload
    }

    private func present(_ people: [Int]) -> VoiceGatewayPayload {
        payload(11, #"{"user_ids":\#(people.map { "\(user($0))" })}"#)
    }

    private mutating func send(_ messages: [DeliveryMessage]) {
        for message in messages {
            guard let who = people.indices.first(where: { user($0) == message.to }), people[who].isHere else {
                continue
            }
            people[who].inbox.append(message.content)
        }
    }

    private mutating func deliver(_ who: Int, changing place: Int?) {
        guard people[who].isHere, !people[who].inbox.isEmpty else { return }
        switch people[who].inbox.removeFirst() {
        case .json(let opcode, let data): hear(who, .json(payload(Int(opcode), data.text)))
        case .binary(let opcode, var body):
            // The external sender comes once; the server's word for it is all there is.
            if let place, !body.isEmpty, opcode != 25 { body[place % body.count] ^= 1 }
            hear(who, .binary(opcode: opcode, body))
        }
    }

    private mutating func hear(_ who: Int, _ input: E2EEInput) {
        var renews = false
        let replies = people[who].session.handle(input, now: now)
        precondition(replies.count < 20, "a session talks without end")
        for reply in replies {
            switch reply {
            case .renew: renews = true
            case .binary(26, let body): send(service.keyPackage(user(who), body, now: ticks))
            case .binary(28, let body): send(service.commitWelcome(user(who), body, now: ticks))
            case .binary: preconditionFailure("a client sent what only a server sends")
            case .json(let payload):
                let id = UInt16(truncatingIfNeeded: payload.d?["transition_id"]?.int ?? 0)
                if payload.op == .daveTransitionReady { send(service.ready(user(who), id, now: ticks)) }
                if payload.op == .daveInvalidCommitWelcome { send(service.invalid(user(who), now: ticks)) }
            }
        }
        guard renews, people[who].isHere else { return }
        go(who)
        come(who)
    }

    private mutating func pass(_ time: Duration) {
        now += time
        send(service.tick(now: ticks))
        for who in people.indices where people[who].isHere {
            guard let deadline = people[who].session.nextDeadline, deadline <= now else { continue }
            hear(who, .tick)
        }
    }

    /// No more trouble: everything arrives at once, and five minutes pass.
    mutating func settle() {
        for _ in 0..<3000 {
            for who in people.indices {
                while people[who].isHere, !people[who].inbox.isEmpty { deliver(who, changing: nil) }
            }
            if isSettled { return }
            pass(.milliseconds(100))
        }
        let states = people.filter(\.isHere).map { "\($0.session.report)" }
        preconditionFailure("the call did not come together: \(states)")
    }

    /// Whether all who are here are in one group; one alone has nobody to share it with.
    private var isSettled: Bool {
        let reports = people.filter(\.isHere).map(\.session.report)
        guard reports.count > 1, people.allSatisfy({ $0.inbox.isEmpty }) else { return reports.count < 2 }
        let codes = Set(reports.map { $0.privacyCode ?? "" })
        return codes.count == 1 && !codes.contains("")
            && reports.allSatisfy {
                if case .encrypted(_, let members) = $0.status { members.count == reports.count } else { false }
            }
    }
}
