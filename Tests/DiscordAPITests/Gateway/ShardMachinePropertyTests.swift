import DiscordModel
import TestSupport
import Testing

@testable import DiscordAPI

/// Whatever happens in whatever order, the machine keeps the rules of the protocol.
struct ShardMachinePropertyTests {
    /// Watches the actions the way Discord and the owner would.
    private struct Referee {
        var isOpen = false
        var saidHello = false
        var sentOnConnection: [Int] = []
        var asked = false
        var holdsPermit = false
        var failed = false
        var sends: [Duration] = []

        mutating func judge(_ action: ShardMachine.Action, now: Duration) {
            #expect(!failed, "nothing follows a failure")
            switch action {
            case .requestPermit:
                #expect(!asked && !holdsPermit)
                asked = true
            case .releasePermit(let used):
                #expect(holdsPermit || asked)
                #expect(used == sentOnConnection.contains(2))
                holdsPermit = false
            case .open:
                #expect(!isOpen, "one connection at a time")
                isOpen = true
                saidHello = false
                sentOnConnection = []
                sends = []
            case .send(let bytes):
                #expect(isOpen && saidHello, "nothing is sent before hello")
                #expect(bytes.count <= 4096)
                let opcode = (try? JSON.parse(bytes))?["op"]?.int ?? -1
                if opcode == 2 || opcode == 6 {
                    #expect(!sentOnConnection.contains(2) && !sentOnConnection.contains(6))
                    #expect(opcode == 6 || holdsPermit, "identify needs permission")
                } else if opcode != 1 {
                    #expect(sentOnConnection.contains(2) || sentOnConnection.contains(6))
                }
                sentOnConnection.append(opcode)
                sends.append(now)
                if sends.count > 120 { #expect(now - sends[sends.count - 121] >= .seconds(60)) }
            case .close(let code):
                #expect(isOpen)
                #expect(code != 1001)
                isOpen = false
            case .fail:
                failed = true
            case .dispatch: #expect(isOpen)
            case .sessionChanged, .note: break
            }
        }
    }

    @Test(arguments: 1...60)
    func randomLives(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var driver = MachineDriver(seed: UInt64(seed))
        var referee = Referee()
        var sequence = 0
        let codes = [1000, 1001, 1006, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009, 4999]
        func judge() { for action in driver.last { referee.judge(action, now: driver.now) } }
        driver.handle(.start)
        judge()
        for step in 0..<400 {
            let choice = Int.random(in: 0..<20, using: &random)
            driver.now += .milliseconds(Int.random(in: 0...3000, using: &random))
            sequence += 1
            let event: ShardMachine.Event?
            switch choice {
            case 0...5: event = .time
            case 6, 7: event = referee.asked ? .permitGranted : nil
            case 8, 9: event = referee.isOpen ? .opened : nil
            case 10: event = referee.isOpen ? .openFailed : nil
            case 11, 12: event = .frame(.hello(heartbeatInterval: [1, 300, 41250][step % 3]))
            case 13: event = .frame(.dispatch(sequence: sequence, event: .ready(MachineDriver.ready)))
            case 14: event = .frame(.dispatch(sequence: sequence, event: .resumed))
            case 15:
                event = .frame([.heartbeatACK, .heartbeatRequest, .unknown(GatewayOpcode(rawValue: 50))][step % 3])
            case 16:
                event = .frame(
                    [.reconnect, .invalidSession(resumable: true), .invalidSession(resumable: false)][step % 3])
            case 17: event = referee.isOpen ? .closed(code: codes[step % codes.count]) : nil
            case 18: event = [.malformed, .corrupt][step % 2]
            default:
                event = nil
                for number in 0..<30 {
                    let command = GatewayCommand.other(.requestChannelInfo, .integer(Int64(number)))
                    driver.last = (try? driver.machine.send(command, now: driver.now)) ?? []
                    judge()
                }
            }
            guard let event else { continue }
            if case .permitGranted = event { (referee.asked, referee.holdsPermit) = (false, true) }
            if case .frame(.hello) = event, referee.isOpen { referee.saidHello = true }
            if case .openFailed = event, case .connecting = driver.machine.state { referee.isOpen = false }
            if case .closed = event { referee.isOpen = false }
            driver.handle(event)
            judge()
            // Time alone always leads somewhere: no deadline stays in the past.
            var turns = 0
            while let deadline = driver.machine.deadline, deadline <= driver.now, turns < 10 {
                driver.handle(.time)
                judge()
                turns += 1
            }
            #expect(turns < 10)
        }
        driver.handle(.stop)
        judge()
        #expect(!referee.isOpen)
        #expect(!referee.holdsPermit)
        #expect(driver.machine.deadline == nil)
    }
}
