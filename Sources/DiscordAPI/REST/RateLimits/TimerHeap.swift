/// Events in the order of their moments: a binary heap.
struct TimerHeap<Event> {
    private var entries: [(time: Duration, event: Event)] = []

    /// The earliest entry.
    var first: (time: Duration, event: Event)? { entries.first }

    /// How many entries wait.
    var count: Int { entries.count }

    /// Adds an event.
    mutating func insert(_ event: Event, at time: Duration) {
        entries.append((time, event))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].time < entries[parent].time else { return }
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
                if entries[child].time < entries[least].time { least = child }
            }
            guard least != parent else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}

extension TimerHeap: Sendable where Event: Sendable {}
