internal import Synchronization

/// Lends a fixed number of places, first come first served; whoever waits can be cancelled.
///
/// A place may hold something used before (a connection), or nothing yet: the borrower then makes it.
final class LendingPool<Resource: Sendable>: Sendable {
    /// A place that was lent.
    struct Place: Sendable {
        /// What the last borrower left in it.
        var resource: Resource?
    }

    private struct Waiter {
        let identity: Int
        let continuation: CheckedContinuation<Result<Place, StoreError>, Never>
    }

    private struct State {
        var free: [Place]
        var waiters: [Waiter] = []
        var cancelledEarly: Set<Int> = []
        var next = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let count: Int
    private let mostWaiters: Int

    /// A pool of `count` empty places, for which at most `mostWaiters` wait.
    init(count: Int, mostWaiters: Int = 10_000) {
        self.count = count
        self.mostWaiters = mostWaiters
        state = Mutex(State(free: Array(repeating: Place(resource: nil), count: count)))
    }

    /// Puts something into a place of a new pool.
    func giveBackFirst(_ resource: Resource) {
        state.withLock { state in
            guard !state.free.isEmpty else { return }
            state.free[state.free.count - 1].resource = resource
        }
    }

    /// How many places are lent, and how many borrowers wait.
    var load: (lent: Int, waiting: Int) { state.withLock { (count - $0.free.count, $0.waiters.count) } }

    /// Takes a place, the one given back last first; waits for one.
    func borrow() async throws(StoreError) -> Place {
        if Task.isCancelled { throw .cancelled }
        let identity = state.withLock { state in
            state.next += 1
            return state.next
        }
        defer { state.withLock { _ = $0.cancelledEarly.remove(identity) } }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Result<Place, StoreError>? in
                    if state.isClosed { return .failure(.closed) }
                    if state.cancelledEarly.remove(identity) != nil { return .failure(.cancelled) }
                    if let place = state.free.popLast() { return .success(place) }
                    if state.waiters.count >= mostWaiters { return .failure(.busy) }
                    state.waiters.append(Waiter(identity: identity, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard let index = state.waiters.firstIndex(where: { $0.identity == identity }) else {
                    state.cancelledEarly.insert(identity)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: .failure(.cancelled))
        }
        return try result.get()
    }

    /// Gives a place back, with what the next borrower may use.
    func giveBack(_ place: Place) {
        let waiter = state.withLock { state -> Waiter? in
            guard !state.waiters.isEmpty else {
                state.free.append(place)
                return nil
            }
            return state.waiters.removeFirst()
        }
        waiter?.continuation.resume(returning: .success(place))
    }

    /// Refuses whoever comes from now on and hands out every place as it becomes free, to be emptied.
    func close() async -> [Resource] {
        let waiters = state.withLock { state -> [Waiter]? in
            if state.isClosed { return nil }
            defer { state.waiters = [] }
            state.isClosed = true
            return state.waiters
        }
        guard let waiters else { return [] }
        for waiter in waiters { waiter.continuation.resume(returning: .failure(.closed)) }
        var resources: [Resource] = []
        for _ in 0..<count {
            let place = await withCheckedContinuation { continuation in
                let free = state.withLock { state -> Place? in
                    if let place = state.free.popLast() { return place }
                    state.waiters.append(Waiter(identity: 0, continuation: continuation))
                    return nil
                }
                if let free { continuation.resume(returning: .success(free)) }
            }
            if case .success(let place) = place, let resource = place.resource { resources.append(resource) }
        }
        return resources
    }
}
