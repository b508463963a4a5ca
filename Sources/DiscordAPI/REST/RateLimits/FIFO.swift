/// A first-in, first-out queue on one array.
struct FIFO<Element> {
    private var elements: [Element] = []
    private var start = 0

    /// Whether nothing waits.
    var isEmpty: Bool { start == elements.count }

    /// The oldest element.
    var first: Element? { isEmpty ? nil : elements[start] }

    /// Adds at the end.
    mutating func append(_ element: Element) {
        elements.append(element)
    }

    /// Removes the oldest element.
    mutating func removeFirst() {
        start += 1
        if start == elements.count {
            elements.removeAll(keepingCapacity: elements.capacity <= 64)
            start = 0
        } else if start > 64, start * 2 > elements.count {
            elements.removeFirst(start)
            start = 0
        }
    }
}

extension FIFO: Sendable where Element: Sendable {}
