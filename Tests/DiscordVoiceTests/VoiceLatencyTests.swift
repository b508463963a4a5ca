import DiscordModel
import DiscordVoice
import TestSupport
import Testing

/// How long joining and coming back take on a slow line, in simulated time.
@Suite struct VoiceLatencyTests {
    /// A network on which everything takes `oneWay` per direction.
    struct SlowLine {
        static let oneWay: Duration = .milliseconds(150)
        var bench = MachineBench()
        var due: [(at: Duration, event: VoiceMachine.Event)] = []
        var token = 0
        var losesFirstDiscovery = false

        mutating func react(to actions: [VoiceMachine.Action]) {
            let answer = bench.now + Self.oneWay * 2
            for action in actions {
                switch action {
                case .changeVoiceState(let channel?):
                    token += 1
                    due.append((answer, MachineBench.state(channel)))
                    due.append((answer, MachineBench.server(token: "token-\(token)")))
                case .openSocket:
                    due.append((answer, .socketOpened))
                    due.append((answer + Self.oneWay, MachineBench.hello()))
                case .discover(_, _, _, let isRepeated):
                    if losesFirstDiscovery, !isRepeated { continue }
                    due.append((answer, .discovered(address: "203.0.113.5", port: 1)))
                case .send(let payload):
                    switch payload.op {
                    case .identify: due.append((answer, MachineBench.ready()))
                    case .selectProtocol: due.append((answer, MachineBench.session()))
                    case .resume: due.append((answer, MachineBench.resumed))
                    default: break
                    }
                default: break
                }
            }
        }

        /// Time until the machine is ready.
        mutating func untilReady(after event: VoiceMachine.Event) -> Duration {
            let start = bench.now
            react(to: bench.feed(event))
            while bench.machine.status != .connected(MachineBench.lounge), bench.now < start + .seconds(30) {
                let next = due.map(\.at).min()
                let deadline = bench.machine.nextDeadline
                bench.now = min(next ?? .seconds(9_999), deadline ?? .seconds(9_999))
                let ready = due.filter { $0.at <= bench.now }
                due.removeAll { $0.at <= bench.now }
                for item in ready { react(to: bench.feed(item.event)) }
                react(to: bench.feed(.tick))
            }
            return bench.now - start
        }
    }

    @Test func aJoinTakesFiveRoundTrips() {
        var line = SlowLine()
        #expect(line.untilReady(after: .connect(MachineBench.lounge)) == .milliseconds(1_500))
    }

    @Test func aLostDiscoveryRequestCostsLessThanHalfASecond() {
        var line = SlowLine()
        line.losesFirstDiscovery = true
        #expect(line.untilReady(after: .connect(MachineBench.lounge)) == .milliseconds(1_900))
    }

    @Test(arguments: [(UInt16(1006), 600), (4015, 600), (4006, 1_500), (4002, 1_200)])
    func aDroppedConnectionIsBackInTime(_ code: UInt16, _ milliseconds: Int) {
        var line = SlowLine()
        _ = line.untilReady(after: .connect(MachineBench.lounge))
        line.due = []
        #expect(line.untilReady(after: .socketClosed(code: code)) == .milliseconds(milliseconds))
    }
}
