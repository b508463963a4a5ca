/// Events in the order of their moments, at the same moment in the order of their insertion: a binary heap.
struct TimerHeap<Event> {
    fileprivate struct Entry {
        var time: Duration
        var sequence: UInt64
        var event: Event

        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? sequence < other.sequence : time < other.time
        }
    }

    private var entries: [Entry] = []
    private var sequence: UInt64 = 0

    /// The earliest entry.
    var first: (time: Duration, event: Event)? { entries.first.map { ($0.time, $0.event) } }

    /// How many entries wait.
    var count: Int { entries.count }

    /// Adds an event.
    mutating func insert(_ event: Event, at time: Duration) {
        sequence += 1
        entries.append(Entry(time: time, sequence: sequence, event: event))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].isBefore(entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the earliest entry.
    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child].isBefore(entries[least]) { least = child }
            }
            guard least != parent else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}

extension TimerHeap: Sendable where Event: Sendable {}
extension TimerHeap.Entry: Sendable where Event: Sendable {}
