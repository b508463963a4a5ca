import DiscordModel
import DiscordVoice
import Synchronization
import TestSupport
import Testing

@testable import Sandbox

/// A client that opens what begins with its key and remembers what it was told.
private final class PaperSession: E2EESession {
    let key = Mutex<UInt8?>(nil)
    let heard = Mutex<[E2EEInput]>([])
    let deadline = Mutex<Duration?>(nil)
    let hasEnded = Mutex(false)

    var maximumProtocolVersion: Int { 1 }
    var transform: (any FrameTransform)? { nil }
    var nextDeadline: Duration? { deadline.withLock { $0 } }
    var report: E2EEReport { E2EEReport() }

    func handle(_ input: E2EEInput, now: Duration) -> [E2EEReply] {
        heard.withLock { $0.append(input) }
        return switch input {
        case .begin: [.binary(opcode: 26, [1, 2])]
        case .tick: [.renew("stuck")]
        case .json(let payload) where payload.op.rawValue == 22:
            [.json(VoiceGatewayPayload(op: .daveTransitionReady, d: ["transition_id": 7]))]
        default: []
        }
    }

    func open(_ frame: [UInt8], ssrc: UInt32, now: Duration) -> [UInt8]? {
        frame.first == key.withLock { $0 } ? Array(frame.dropFirst()) : nil
    }

    func end() { hasEnded.withLock { $0 = true } }
}

@Suite struct CallPeopleTests {
    private final class Room: Sendable {
        let sessions = Mutex<[PaperSession]>([])
        let clock = ManualClock()
        func make() -> any E2EESession {
            let session = PaperSession()
            sessions.withLock { $0.append(session) }
            return session
        }
    }

    private func message(_ user: ID, _ content: PersonMessage.Content) -> PersonMessage {
        PersonMessage(user: user, guild: 1, channel: 5, content: content)
    }

    private let sealed: [UInt8] = [9] + [UInt8](repeating: 1, count: 20) + [0xFA, 0xFA]

    @Test func whatIsSaidAndAnswered() {
        let room = Room()
        let people = CallPeople(time: room.clock, makeSession: room.make)
        let first = people.take(message(1, .begin(version: 1, present: [2])))
        #expect(first.count == 1)
        guard case .binary(26, [1, 2]) = first.first else {
            Issue.record("no key package")
            return
        }
        let ready = people.take(message(1, .json(22, ["transition_id": 7])))
        guard case .json(23, let data) = ready.first else {
            Issue.record("not ready")
            return
        }
        #expect(data["transition_id"] == 7)
        #expect(people.take(message(2, .json(22, [:]))).isEmpty)
        let session = room.sessions.withLock { $0[0] }
        let heard = session.heard.withLock { $0 }
        #expect(heard.count == 4 && heard[0] == .opened)
        #expect(!people.isTickDue)
        session.deadline.withLock { $0 = room.clock.now }
        #expect(people.isTickDue)
        guard case .renew? = people.tick().first?.replies.first else {
            Issue.record("no wish for a fresh session")
            return
        }
        _ = people.take(message(1, .end))
        #expect(session.hasEnded.withLock { $0 } && people.report(5) == [])
    }

    @Test func whoCameFirstHears() {
        let room = Room()
        let people = CallPeople(time: room.clock, makeSession: room.make)
        guard case .sealed = people.hear(sealed, ssrc: 1, in: 5),
            case .heard([1, 2, 3], wasEncrypted: false) = people.hear([1, 2, 3], ssrc: 1, in: 5)
        else {
            Issue.record("nobody hears what is encrypted, everybody what is not")
            return
        }
        for user in [1, 2] as [ID] { _ = people.take(message(user, .begin(version: 1, present: []))) }
        guard case .notYet = people.hear(sealed, ssrc: 1, in: 5), case .notYet = people.hear([4, 4], ssrc: 1, in: 5)
        else {
            Issue.record("nobody has the key")
            return
        }
        room.sessions.withLock { $0[1] }.key.withLock { $0 = 9 }
        guard case .heard(let payload, wasEncrypted: true) = people.hear(sealed, ssrc: 1, in: 5) else {
            Issue.record("the second has the key")
            return
        }
        #expect(payload == Array(sealed.dropFirst()))
    }

    @Test func valuesKeepTheirShape() {
        let value: SandboxJSON = ["a": [1, -2, 2.5, "x", true, nil], "b": [:]]
        #expect(SandboxJSON(JSONValue(value)) == value)
    }
}
