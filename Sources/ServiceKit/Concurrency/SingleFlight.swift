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
        /// Resumed when the flight lands or their caller leaves it.
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var next = 0

        mutating func number() -> Int {
            next += 1
            return next
        }
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
        let waiter = state.withLock { $0.number() }
        let (number, task) = state.withLock { state -> (Int, Task<Value, any Error>) in
            if var flight = state.flights[key] {
                flight.waiting += 1
                state.flights[key] = flight
                return (flight.number, flight.task)
            }
            let number = state.number()
            // Owned by the flight: ended by the last waiter that leaves.
            let task = Task<Value, any Error> { [weak self] in
                defer { self?.land(key, number) }
                return try await load()
            }
            state.flights[key] = Flight(number: number, task: task, waiting: 1)
            return (number, task)
        }
        // Not `task.value` at once: a caller that is cancelled would stay for as long as others wait for the load.
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !Task.isCancelled, state.flights[key]?.number == number else { return false }
                    state.flights[key]?.waiters[waiter] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            leave(key, number, waiter)
        }
        try Task.checkCancellation()
        return try await task.value
    }

    private func land(_ key: Key, _ number: Int) {
        let waiters = state.withLock { state -> [Int: CheckedContinuation<Void, Never>] in
            guard let flight = state.flights[key], flight.number == number else { return [:] }
            state.flights[key] = nil
            return flight.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    private func leave(_ key: Key, _ number: Int, _ waiter: Int) {
        let (abandoned, continuation) = state.withLock {
            state -> (Task<Value, any Error>?, CheckedContinuation<Void, Never>?) in
            guard var flight = state.flights[key], flight.number == number else { return (nil, nil) }
            let continuation = flight.waiters.removeValue(forKey: waiter)
            flight.waiting -= 1
            state.flights[key] = flight.waiting > 0 ? flight : nil
            return (flight.waiting > 0 ? nil : flight.task, continuation)
        }
        abandoned?.cancel()
        continuation?.resume()
    }
}
