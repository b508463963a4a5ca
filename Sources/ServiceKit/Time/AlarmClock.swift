internal import CSystem
import Glibc
import Synchronization

/// The thread that rings the alarms of `SystemTime`: a wait with a deadline needs no task of its own to sleep.
final class AlarmClock: Sendable {
    /// One alarm; its place in the heap is the clock's, under the clock's lock.
    fileprivate final class Entry: Alarm, @unchecked Sendable {
        let deadline: Duration
        let ring: @Sendable () -> Void
        /// Nil once it has rung or was cancelled.
        var place: Int?

        init(deadline: Duration, ring: @escaping @Sendable () -> Void) {
            self.deadline = deadline
            self.ring = ring
        }

        func cancel() { AlarmClock.shared.remove(self) }
    }

    /// The one of this process.
    static let shared = AlarmClock()

    /// The longest the thread sleeps: its clock stands still while the machine is suspended.
    private static let longestSleep = Duration.seconds(30)

    fileprivate struct State {
        /// A heap with the earliest deadline first.
        var entries: [Entry] = []
        /// Whether the thread sleeps, and when it wakes by itself.
        var sleepsUntil: Duration?
    }

    private let state = Mutex(State())
    /// A pipe: a byte in it ends the thread's sleep.
    private let ends: (reading: Int32, writing: Int32)

    private init() {
        var (reading, writing): (Int32, Int32) = (-1, -1)
        let made = unsafe backline_pipe(&reading, &writing)
        precondition(made == 0, "the alarm clock's pipe could not be made")
        ends = (reading, writing)
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { _ in
                unsafe backline_name_this_thread("alarms")
                while true { AlarmClock.shared.turn() }
            }, nil)
        precondition(started == 0, "the alarm thread could not be started")
        pthread_detach(thread)
    }

    /// Calls `ring` on the clock's thread once `deadline` has passed, unless cancelled before.
    func add(_ deadline: Duration, _ ring: @escaping @Sendable () -> Void) -> any Alarm {
        let entry = Entry(deadline: deadline, ring: ring)
        let wakes = state.withLock { state in
            entry.place = state.entries.count
            state.entries.append(entry)
            state.rise(state.entries.count - 1)
            guard let until = state.sleepsUntil, deadline < until else { return false }
            state.sleepsUntil = nil
            return true
        }
        if wakes {
            var byte: UInt8 = 0
            _ = unsafe write(ends.writing, &byte, 1)
        }
        return entry
    }

    /// Rings what is due, or sleeps until something may be. A function of its own, so that what it took is released.
    @inline(never)
    private func turn() {
        let now = SystemTime.shared.now
        let (due, sleep) = state.withLock { state -> (Entry?, Duration) in
            let left = state.entries.first.map { $0.deadline - now } ?? Self.longestSleep
            guard left > .zero else { return (state.take(0), .zero) }
            let sleep = min(left, Self.longestSleep)
            state.sleepsUntil = now + sleep
            return (nil, sleep)
        }
        if let due { return due.ring() }
        var end = pollfd(fd: ends.reading, events: Int16(POLLIN), revents: 0)
        // Rounded up: too early would be in vain.
        let woken = unsafe poll(&end, 1, Int32(sleep / .milliseconds(1)) + 1)
        state.withLock { $0.sleepsUntil = nil }
        guard woken > 0 else { return }
        var byte: UInt8 = 0
        _ = unsafe read(ends.reading, &byte, 1)
    }

    private func remove(_ entry: Entry) {
        state.withLock { state in
            if let place = entry.place { _ = state.take(place) }
        }
    }
}

extension AlarmClock.State {
    /// Takes an entry out of the heap.
    mutating func take(_ place: Int) -> AlarmClock.Entry {
        let last = entries.count - 1
        exchange(place, last)
        let entry = entries.removeLast()
        entry.place = nil
        if place < last {
            rise(place)
            sink(place)
        }
        return entry
    }

    /// Moves an entry to the front as far as its deadline demands.
    mutating func rise(_ start: Int) {
        var place = start
        while place > 0, entries[place].deadline < entries[(place - 1) / 2].deadline {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < entries.count && entries[child].deadline < entries[least].deadline { least = child }
            guard least != place else { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ first: Int, _ second: Int) {
        entries.swapAt(first, second)
        entries[first].place = first
        entries[second].place = second
    }
}
