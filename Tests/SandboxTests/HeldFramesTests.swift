import Testing

@testable import Sandbox

@Suite struct HeldFramesTests {
    private func frame(_ number: Int, at milliseconds: Int64) -> HeldFrames.Frame {
        HeldFrames.Frame(
            sequence: UInt16(number), timestamp: UInt32(number * 960), payload: [UInt8(truncatingIfNeeded: number)],
            time: milliseconds * 1_000_000)
    }

    @Test func framesWaitInOrder() {
        var held = HeldFrames()
        for number in 0..<5 { #expect(held.add(frame(number, at: Int64(number) * 20)) == 0) }
        let none = held.drain(now: 500_000_000) { _ in false }
        #expect(none.opened.isEmpty && none.givenUp == 0)
        let some = held.drain(now: 500_000_000) { $0.sequence < 3 }
        #expect(some.opened.map(\.sequence) == [0, 1, 2] && held.frames.map(\.sequence) == [3, 4])
    }

    @Test func whatWaitedASecondIsGivenUp() {
        var held = HeldFrames()
        for number in 0..<5 { _ = held.add(frame(number, at: Int64(number) * 20)) }
        let late = held.drain(now: 1_040_000_000) { $0.sequence == 4 }
        #expect(late.opened.isEmpty && late.givenUp == 3 && held.frames.map(\.sequence) == [3, 4])
    }

    @Test func memoryIsBounded() {
        var held = HeldFrames()
        let givenUp = (0..<250).map { held.add(frame($0, at: 0)) }.reduce(0, +)
        #expect(givenUp == 150 && held.frames.count == 100 && held.frames.first?.sequence == 150)
    }
}
