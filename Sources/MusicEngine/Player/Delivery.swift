import ServiceKit
import Synchronization

/// One stream of frames from its order to its end.
final class Delivery: Sendable {
    private struct State {
        var stream: (any AudioStream)?
        var isClosed = false
    }

    /// What was ordered.
    let order: StreamOrder
    /// Its name in the machine's events.
    let stream: StreamID
    /// Gets an element when there is room for frames again; finished with the delivery.
    let room = BoundedChannel<Void>(capacity: 1)
    /// Gets an element when opening is over, well or not; finished when the stream is not wanted any more.
    let opening = BoundedChannel<Void>(capacity: 1)
    private let state = Mutex(State())

    /// A delivery that has not begun.
    init(_ order: StreamOrder) {
        self.order = order
        stream = order.stream
    }

    /// Takes the opened stream, to be closed with the delivery; false when that has happened already.
    func attach(_ stream: any AudioStream) -> Bool {
        state.withLock { state in
            if !state.isClosed { state.stream = stream }
            return !state.isClosed
        }
    }

    /// Ends the stream and the waits of whoever carries it.
    func close() {
        let stream = state.withLock { state in
            state.isClosed = true
            defer { state.stream = nil }
            return state.stream
        }
        stream?.close()
        opening.finish()
        room.finish()
    }
}
