import Synchronization

/// Lets callers that want the same key share one load.
///
/// The flight belongs to no caller: a caller that is cancelled leaves it, and the last one to leave cancels it. Errors
/// reach everyone who waited and are not kept.
public final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Flight {
        let number: Int
        let task: Task<Value, any Error>
        var waiting: Int
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Makes a table without flights.
    public init() {}

    /// How many loads are under way.
    public var count: Int { state.withLock { $0.flights.count } }

    /// How many callers wait for them.
    public var waitingCount: Int { state.withLock { $0.flights.values.reduce(0) { $0 + $1.waiting } } }

    /// The result of the load under way for `key`, or of `load` when there is none.
    public func value(for key: Key, _ load: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let (number, task) = state.withLock { state -> (Int, Task<Value, any Error>) in
            if var flight = state.flights[key] {
                flight.waiting += 1
                state.flights[key] = flight
                return (flight.number, flight.task)
            }
            state.next += 1
            let number = state.next
            // Owned by the flight: ended by the last waiter that leaves.
            let task = Task<Value, any Error> { [weak self] in
                defer { self?.land(key, number) }
                return try await load()
            }
            state.flights[key] = Flight(number: number, task: task, waiting: 1)
            return (number, task)
        }
        return try await withTaskCancellationHandler {
            let value = try await task.value
            try Task.checkCancellation()
            return value
        } onCancel: {
            leave(key, number)
        }
    }

    private func land(_ key: Key, _ number: Int) {
        state.withLock { state in
            if state.flights[key]?.number == number { state.flights[key] = nil }
        }
    }

    private func leave(_ key: Key, _ number: Int) {
        let abandoned = state.withLock { state -> Task<Value, any Error>? in
            guard var flight = state.flights[key], flight.number == number else { return nil }
            flight.waiting -= 1
            state.flights[key] = flight.waiting > 0 ? flight : nil
            return flight.waiting > 0 ? nil : flight.task
        }
        abandoned?.cancel()
    }
}
