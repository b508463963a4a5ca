import ServiceKit

/// One stream of frames from its order to its end.
final class Delivery: Sendable {
    /// What was ordered.
    let order: StreamOrder
    /// Gets an element when there is room for frames again; finished with the delivery.
    let room = BoundedChannel<Void>(capacity: 1)
    /// Finished when the stream is not wanted any more or is over.
    let closing = BoundedChannel<Void>(capacity: 1)

    /// A delivery that has not begun.
    init(_ order: StreamOrder) { self.order = order }

    /// Ends the waits of whoever carries it.
    func close() {
        closing.finish()
        room.finish()
    }
}
