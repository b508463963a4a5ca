import Testing

@testable import Sandbox

@Suite struct HeldFramesTests {
    private func frame(_ number: Int, at milliseconds: Int64) -> HeldFrames.Frame {
        HeldFrames.Frame(
            sequence: UInt16(number), timestamp: UInt32(number * 960), payload: [UInt8(truncatingIfNeeded: number)],
            time: milliseconds * 1_000_000)
    }

    private func drain(_ held: inout HeldFrames, at milliseconds: Int64, _ opens: (UInt16) -> Bool) -> ([UInt16], Int) {
        let drained = held.drain(now: milliseconds * 1_000_000) { opens($0.sequence) ? $0.payload : nil }
        return (drained.opened.map(\.0.sequence), drained.givenUp.count)
    }

    private func five() -> HeldFrames {
        var held = HeldFrames()
        for number in 0..<5 { #expect(held.add(frame(number, at: Int64(number) * 20)) == nil) }
        return held
    }

    @Test func framesWaitInOrder() {
        var held = five()
        #expect(drain(&held, at: 500) { $0 < 4 } == ([], 0))
        #expect(held.has(3) && !held.has(5))
        #expect(drain(&held, at: 500) { _ in true } == ([0, 1, 2, 3, 4], 0))
        #expect(held.frames.isEmpty)
    }

    @Test func whatDoesNotOpenWithTheNewestNeverWill() {
        var held = five()
        #expect(drain(&held, at: 500) { $0 == 4 || $0 == 1 } == ([1, 4], 3))
        #expect(held.frames.isEmpty)
    }

    @Test func whatWaitedASecondIsGivenUp() {
        var held = five()
        #expect(drain(&held, at: 1_040) { $0 == 1 } == ([1], 2))
        #expect(held.frames.map(\.sequence) == [3, 4])
    }

    @Test func memoryIsBounded() {
        var held = HeldFrames()
        let givenUp = (0..<250).compactMap { held.add(frame($0, at: 0)) }
        #expect(
            givenUp.map(\.sequence) == Array(0..<150) && held.frames.count == 100 && held.frames.first?.sequence == 150)
    }
}
