/// When ticks are due: every 20 ms from the first, whatever happens in between; pure.
package struct TickSchedule: Sendable, Equatable {
    /// Nanoseconds between ticks.
    package static let interval: Int64 = 20_000_000
    /// Late by this much, the schedule starts anew instead of catching up in a burst.
    package static let rebaseAfter: Int64 = 40_000_000

    /// When the next tick is due, in nanoseconds of the monotonic clock.
    package private(set) var deadline: Int64
    /// How often the schedule started anew.
    package private(set) var rebases: UInt64 = 0

    /// A schedule whose first tick is due at once.
    package init(startingAt now: Int64) {
        deadline = now
    }

    /// After a pause in which nothing was live: the next tick is due at once.
    package mutating func restart(at now: Int64) {
        deadline = now
    }

    /// Moves on after the tick that ran at `now`; returns how late it was.
    package mutating func ticked(at now: Int64) -> Int64 {
        let lateness = max(0, now - deadline)
        if lateness >= TickSchedule.rebaseAfter {
            rebases += 1
            deadline = now
        }
        deadline += TickSchedule.interval
        return lateness
    }
}
