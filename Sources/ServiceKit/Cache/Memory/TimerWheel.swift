/// Which slots are due, in constant time for each: wheels of about 1.2 s, 74 s, 79 min and 1.75 d a step, from which slots
/// move to a finer one as their time comes (Varghese and Lauck 1987; spans as in Caffeine's `TimerWheel`).
@usableFromInline
struct TimerWheel: Sendable {
    private static let levels = 4
    private static let unscheduled = Int64.min

    /// The steps of all wheels, 64 places for each.
    private var wheels = ContiguousArray(repeating: SlotList(), count: levels * 64)
    private var links = SlotLinks()
    private var deadlines: ContiguousArray<Int64> = []
    private var tick: Int64

    /// How many slots are scheduled.
    @usableFromInline private(set) var count = 0

    /// A wheel that stands at `now`.
    init(now: Duration) {
        tick = Self.ticks(now)
    }

    /// Has a slot reported once `deadline` has passed, at most one tick later than the next advance.
    @usableFromInline
    mutating func schedule(_ slot: Slot, at deadline: Duration) {
        cancel(slot)
        if deadlines.count <= Int(slot) {
            links.grow(to: Int(slot) + 1)
            while deadlines.count <= Int(slot) { deadlines.append(Self.unscheduled) }
        }
        deadlines[Int(slot)] = Self.ticks(deadline) + 1
        count += 1
        place(slot)
    }

    /// Forgets a slot; harmless when it is not scheduled.
    @usableFromInline
    mutating func cancel(_ slot: Slot) {
        guard Int(slot) < deadlines.count, deadlines[Int(slot)] != Self.unscheduled else { return }
        let link = links[slot]
        wheels[Int(link.segment) * 64 + Int(link.frequency)].remove(slot, &links)
        deadlines[Int(slot)] = Self.unscheduled
        count -= 1
    }

    /// Moves on to `now` and takes out the slots whose time has passed.
    @usableFromInline
    mutating func advance(to now: Duration) -> [Slot] {
        let next = Self.ticks(now)
        guard next > tick else { return [] }
        let before = tick
        tick = next
        var due: [Slot] = []
        for level in 0..<Self.levels {
            let first = before >> Self.shift(level)
            let last = next >> Self.shift(level)
            guard last > first else { break }
            for step in (first + 1)...min(last, first + Self.steps(level)) {
                empty(level, Int(step & (Self.steps(level) - 1)), into: &due)
            }
        }
        return due
    }

    private mutating func empty(_ level: Int, _ step: Int, into due: inout [Slot]) {
        // The slots that stay may come back to this very step: only those here now are looked at.
        var waiting = wheels[level * 64 + step]
        wheels[level * 64 + step] = SlotList()
        while waiting.tail != .none {
            let slot = waiting.tail
            waiting.remove(slot, &links)
            if deadlines[Int(slot)] <= tick {
                deadlines[Int(slot)] = Self.unscheduled
                count -= 1
                due.append(slot)
            } else {
                place(slot)
            }
        }
    }

    private mutating func place(_ slot: Slot) {
        // What is due already, or too far away for the slowest wheel, comes up at the nearest or farthest step there is.
        let farthest = (tick >> Self.shift(3)) + Self.steps(3)
        let deadline = min(max(deadlines[Int(slot)], tick + 1), farthest << Self.shift(3))
        var level = 0
        while level < 3, (deadline >> Self.shift(level)) - (tick >> Self.shift(level)) >= Self.steps(level) {
            level += 1
        }
        let step = Int((deadline >> Self.shift(level)) & (Self.steps(level) - 1))
        links[slot].segment = UInt8(level)
        links[slot].frequency = UInt8(step)
        wheels[level * 64 + step].pushHead(slot, &links)
    }

    /// The power of two of ticks that one step of a wheel takes.
    @inline(__always)
    private static func shift(_ level: Int) -> Int64 { level == 0 ? 0 : level == 1 ? 6 : level == 2 ? 12 : 17 }

    /// The steps of a wheel.
    @inline(__always)
    private static func steps(_ level: Int) -> Int64 { level < 2 ? 64 : level == 2 ? 32 : 4 }

    /// Ticks of 2⁶⁰ attoseconds, about 1.15 s.
    private static func ticks(_ time: Duration) -> Int64 {
        Int64(clamping: time.attoseconds >> 60)
    }
}
