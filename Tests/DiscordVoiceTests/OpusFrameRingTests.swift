import DiscordVoice
import TestSupport
import Testing

/// Takes one frame from a source as the sender does.
func pull(_ source: any OpusFrameSource) -> (pull: FramePull, frame: [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 1_400)
    let result = unsafe buffer.withUnsafeMutableBytes { unsafe source.nextFrame(into: $0) }
    guard case .frame(let count) = result else { return (result, []) }
    return (result, Array(buffer[..<count]))
}

@Suite(.timeLimit(.minutes(5))) struct OpusFrameRingTests {
    @Test func framesComeOutAsTheyWentInAcrossManyWraps() {
        let ring = OpusFrameRing(capacity: 7, byteCapacity: 3_000)
        var random = SeededRandom(seed: 3)
        var waiting: [[UInt8]] = []
        var seen = 0
        for _ in 0..<20_000 {
            if Bool.random(using: &random) {
                let frame = (0..<Int.random(in: 1...1_275, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                let fits = waiting.count < 7 && waiting.reduce(0) { $0 + $1.count } + frame.count <= 3_000
                #expect(ring.push(frame) == fits)
                if fits { waiting.append(frame) }
            } else if waiting.isEmpty {
                #expect(pull(ring).pull == (seen > 0 ? .starved : .idle))
            } else {
                #expect(pull(ring).frame == waiting.removeFirst())
                seen += 1
            }
            #expect(ring.count == waiting.count)
            if Int.random(in: 0..<5, using: &random) == 0 { #expect(ring.releaseTaken() == seen) }
        }
        #expect(ring.playedFrames == seen)
        #expect(seen > 1_000)
    }

    @Test func emptyAndOversizedFramesAreRefused() {
        let ring = OpusFrameRing()
        #expect(!ring.push([]))
        #expect(!ring.push([UInt8](repeating: 1, count: 1_276)))
        #expect(ring.push([UInt8](repeating: 1, count: 1_275)))
    }

    @Test func pausedKeepsFramesAndEndedGoesIdle() {
        let ring = OpusFrameRing()
        #expect(ring.push([1]) && ring.push([2]))
        ring.setPaused(true)
        #expect(pull(ring).pull == .idle)
        ring.setPaused(false)
        #expect(pull(ring).frame == [1])
        ring.markEnded()
        #expect(pull(ring).frame == [2])
        #expect(pull(ring).pull == .idle)
        ring.clear()
        #expect(pull(ring).pull == .idle)
        #expect(ring.push([3]))
        #expect(pull(ring).frame == [3])
        #expect(pull(ring).pull == .starved)
    }

    @Test func aProducerWaitsForRoomAndAllArrivesInOrder() async {
        let ring = OpusFrameRing(capacity: 4)
        async let produced: Void = {
            for number in 0..<500 {
                while !ring.push([UInt8(number & 255), UInt8(number >> 8)]) { await ring.waitForRoom() }
            }
            ring.markEnded()
        }()
        var received: [Int] = []
        while true {
            let (result, frame) = pull(ring)
            if case .frame = result { received.append(Int(frame[0]) | Int(frame[1]) << 8) }
            if result == .idle, received.count == 500 { break }
            if frame.isEmpty { await Task.yield() }
        }
        await produced
        #expect(received == Array(0..<500))
    }

    @Test func waitersReturnWhenEmptyClearedOrCancelled() async {
        let ring = OpusFrameRing(capacity: 2)
        #expect(ring.push([1]))
        async let empty: Void = ring.waitUntilEmpty()
        #expect(pull(ring).frame == [1])
        await empty
        #expect(ring.push([1]) && ring.push([2]))
        let waiting = Task { await ring.waitForRoom() }
        waiting.cancel()
        await waiting.value
        async let cleared: Void = ring.waitForRoom()
        ring.clear()
        await cleared
        #expect(ring.count == 0)
    }
}
