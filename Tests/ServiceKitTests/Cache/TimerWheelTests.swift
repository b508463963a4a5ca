import TestSupport
import Testing

@testable import ServiceKit

@Suite struct TimerWheelTests {
    /// Spans from less than a tick to beyond the slowest wheel.
    private static let spans: [Double] = [0.1, 1, 30, 3_000, 200_000, 2_000_000]

    @Test(arguments: 1...20) func reportsWhatIsDueAndNothingElse(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var now = Duration.seconds(Double.random(in: 0...1e9, using: &random))
        var wheel = TimerWheel(now: now)
        var deadlines: [Slot: Duration] = [:]
        let tick = Duration(attoseconds: 1 << 60)
        for _ in 0..<2000 {
            let slot = Slot.random(in: 0..<200, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                wheel.cancel(slot)
                deadlines[slot] = nil
            case 1, 2:
                let span = Self.spans[Int.random(in: 0..<Self.spans.count, using: &random)]
                now += .seconds(Double.random(in: 0...span, using: &random))
                for due in wheel.advance(to: now) {
                    guard let deadline = deadlines.removeValue(forKey: due) else {
                        Issue.record("slot \(due) was reported but not scheduled, seed \(seed)")
                        return
                    }
                    #expect(deadline <= now)
                }
                // At most two ticks of delay: one from rounding, one from where the wheel stands.
                #expect(deadlines.values.allSatisfy { $0 + tick * 2 > now }, "seed \(seed)")
            default:
                let span = Self.spans[Int.random(in: 0..<Self.spans.count, using: &random)]
                let deadline = now + .seconds(Double.random(in: -1...span, using: &random))
                wheel.schedule(slot, at: deadline)
                deadlines[slot] = deadline
            }
            #expect(wheel.count == deadlines.count)
        }
    }
}

@Suite struct FrequencySketchTests {
    @Test func countsUpToFifteenAndForgets() {
        var sketch = FrequencySketch()
        sketch.ensureCapacity(1024)
        var random = SeededRandom(seed: 3)
        let popular = random.next()
        for _ in 0..<40 { sketch.increment(popular) }
        #expect(sketch.estimate(popular) == 15)
        let before = sketch.estimate(popular)
        sketch.ensureCapacity(4096)
        #expect(sketch.estimate(popular) == before, "growing keeps the counts")
        for _ in 0..<(4096 * 10) { sketch.increment(random.next()) }
        #expect(sketch.estimate(popular) < 15)
    }

    /// A count-min sketch never counts too little (below saturation and before ageing).
    @Test(arguments: 1...5) func neverCountsTooLittle(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var sketch = FrequencySketch()
        sketch.ensureCapacity(512)
        let keys = (0..<200).map { _ in random.next() }
        var counts = Array(repeating: 0, count: keys.count)
        for _ in 0..<1500 {
            let index = Int.random(in: 0..<keys.count, using: &random)
            counts[index] += 1
            sketch.increment(keys[index])
        }
        for (key, count) in zip(keys, counts) { #expect(sketch.estimate(key) >= UInt64(min(15, count))) }
        let strangers = (0..<500).filter { _ in sketch.estimate(random.next()) > 3 }
        #expect(strangers.count < 50)
    }
}

@Suite struct HashIndexTests {
    @Test(arguments: 1...10) func findsWhatIsThere(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var index = HashIndex()
        var model: [UInt64: Slot] = [:]
        for step in 0..<5000 {
            // Few different low bits, so that searches run into each other.
            let hash = UInt64.random(in: 0..<60, using: &random) << 2
            if let slot = model.removeValue(forKey: hash) {
                index.remove(hash, slot)
            } else {
                model[hash] = Slot(step)
                index.insert(hash, Slot(step))
            }
            #expect(index.count == model.count)
            for (hash, slot) in model { #expect(index.first(hash) == slot) }
            if step > 300 { continue }
            index.remove(hash, .max - 5)
        }
        #expect(index.first(1) == nil)
    }
}
