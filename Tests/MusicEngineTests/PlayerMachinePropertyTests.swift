import TestSupport
import Testing

@testable import MusicEngine

@Suite struct PlayerMachinePropertyTests {
    /// Whatever is done in whatever order: each song is heard from a frame on without loss or repetition until somebody
    /// jumps, never more is held than allowed, and the output holds exactly what the machine thinks it does.
    @Test(arguments: 0..<150) func framesStayInOrderUnderAnything(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var stage = PaperStage()
        for number in 1...9 { stage.lengths["\(number)"] = Int.random(in: 0...60, using: &random) }
        var jumps: Set<Int> = []
        for _ in 0..<300 {
            let number = Int.random(in: 1...9, using: &random)
            if Self.isJump(Int.random(in: 0..<8, using: &random), number, &stage, &random) {
                jumps.insert(stage.played.count)
            }
            Self.edit(Int.random(in: 0..<16, using: &random), number, &stage, &random)
            stage.deliver(number)
            stage.play(Int.random(in: 0...4, using: &random))
            if Bool.random(using: &random) { stage.look() }
            let plays = [stage.machine.current, stage.machine.next].compactMap(\.self)
            #expect(plays.allSatisfy { $0.feed.count <= 20 })
            stage.look()
            let pushed = [stage.machine.current, stage.machine.next].reduce(0) { $0 + ($1?.feed.pushed ?? 0) }
            #expect(pushed == stage.output.count)
        }
        let heard = stage.heard
        #expect(heard.count > 20)
        for (index, (former, frame)) in zip(heard, heard.dropFirst()).enumerated() where !jumps.contains(index + 1) {
            let follows = frame == [former[0], former[1] + 1]
            #expect(follows || frame[1] == 0, "\(former) then \(frame)")
        }
    }

    /// Skips, seeks, goes back or stops, by chance; whether it did.
    private static func isJump(
        _ choice: Int, _ number: Int, _ stage: inout PaperStage, _ random: inout SeededRandom
    ) -> Bool {
        switch choice {
        case 0: try? stage.cut { try $0.skip() }
        case 1:
            let target = Int.random(in: 0...70, using: &random)
            try? stage.cut { try $0.seek(to: target) }
        case 2 where number == 1: try? stage.cut { try $0.previous() }
        case 2 where number == 2: stage.cut { $0.stop() }
        default: return false
        }
        return true
    }

    /// Everything that must not be heard as a jump.
    private static func edit(
        _ choice: Int, _ number: Int, _ stage: inout PaperStage, _ random: inout SeededRandom
    ) {
        switch choice {
        case 0...2:
            let place: QueuePlace = [.end, .next, .index(number)][number % 3]
            try? stage.cut { try $0.enqueue([PaperStage.song(UInt8(number))], at: place) }
        case 3: stage.change { $0.setVolume(number * 20) }
        case 4: try? stage.change { try $0.pause() }
        case 5, 6: try? stage.change { try $0.resume() }
        case 7: stage.cut { _ = try? $0.remove(at: number % 3) }
        case 8: stage.cut { try? $0.move(from: 0, to: number % 3) }
        case 9: stage.cut { $0.setLoop(LoopMode.allCases[number % 3]) }
        case 10, 11:
            guard let order = stage.open.randomElement(using: &random) else { return }
            let kind: StreamFailure.Kind = [.workerLost, .addressRefused, .interrupted][number % 3]
            stage.change { $0.failed(order.stream, StreamFailure(kind, "lost")) }
        case 12: stage.cut { _ = $0 }
        default: break
        }
    }
}
