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

    /// Whether a load for `key` is under way.
    public func isUnderWay(_ key: Key) -> Bool { state.withLock { $0.flights[key] != nil } }

    /// The result of the load under way for `key`, or of `load` when there is none.
    public func value(for key: Key, _ load: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await share(for: key, load)
    }

    /// Starts a load that nobody waits for, which others may join; false when one is under way. It ends by itself or with
    /// `cancelAll()`.
    @discardableResult
    public func start(for key: Key, _ load: @escaping @Sendable () async throws -> Value) -> Bool {
        state.withLock { state in
            guard state.flights[key] == nil else { return false }
            // The table itself counts as the one that waits, so that callers who leave do not cancel the load.
            takeOff(key, &state, waiting: 1, load)
            return true
        }
    }

    /// Cancels all loads under way.
    public func cancelAll() {
        for flight in state.withLock({ Array($0.flights.values) }) { flight.task.cancel() }
    }

    @discardableResult
    private func takeOff(
        _ key: Key, _ state: inout State, waiting: Int, _ load: @escaping @Sendable () async throws -> Value
    ) -> (Int, Task<Value, any Error>) {
        let number = state.number()
        // Owned by the flight: ended by the last waiter that leaves.
        let task = Task<Value, any Error> { [weak self] in
            defer { self?.land(key, number) }
            return try await load()
        }
        state.flights[key] = Flight(number: number, task: task, waiting: waiting)
        return (number, task)
    }

    /// As `value(for:_:)`; with `outlivingCallers` the load that this call starts goes on when all callers have left, and
    /// `joined` is called at once when the load was under way already.
    public func share(
        for key: Key, outlivingCallers: Bool = false, joined: () -> Void = {},
        _ load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let waiter = state.withLock { $0.number() }
        let ((number, task), hasJoined) = state.withLock { state -> ((Int, Task<Value, any Error>), Bool) in
            if var flight = state.flights[key] {
                flight.waiting += 1
                state.flights[key] = flight
                return ((flight.number, flight.task), true)
            }
            return (takeOff(key, &state, waiting: outlivingCallers ? 2 : 1, load), false)
        }
        if hasJoined { joined() }
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
