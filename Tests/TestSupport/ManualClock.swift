public import ServiceKit
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: TimeSource {
    private struct Sleeper {
        let identity: Int
        let deadline: Duration
        /// Told whether the time has come, or the wait was given up.
        let wake: @Sendable (Bool) -> Void
    }

    private final class Bell: Alarm {
        let withdraw: @Sendable () -> Void
        init(_ withdraw: @escaping @Sendable () -> Void) { self.withdraw = withdraw }
        func cancel() { withdraw() }
    }

    private struct State {
        var now: Duration
        var sleepers: [Sleeper] = []
        var next = 0
        var cancelledEarly: Set<Int> = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    /// Makes a clock that shows `start`.
    public init(start: Duration = .zero) {
        state = Mutex(State(now: start))
    }

    /// What the clock shows.
    public var now: Duration { state.withLock { $0.now } }

    /// How many tasks sleep on this clock, alarms included.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Waits until the clock was moved to `deadline`.
    public func sleep(until deadline: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let identity = newIdentity()
        let woken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enter(identity, deadline) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            giveUp(identity)
        }
        if !woken { throw CancellationError() }
    }

    /// Calls `ring` when the clock is moved to `deadline`.
    public func alarm(at deadline: Duration, _ ring: @escaping @Sendable () -> Void) -> any Alarm {
        let identity = newIdentity()
        enter(identity, deadline) { if $0 { ring() } }
        return Bell { [weak self] in self?.giveUp(identity) }
    }

    private func newIdentity() -> Int {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    private func enter(_ identity: Int, _ deadline: Duration, _ wake: @escaping @Sendable (Bool) -> Void) {
        let (answer, watchers) = state.withLock { state -> (Bool?, [CheckedContinuation<Void, Never>]) in
            if state.cancelledEarly.remove(identity) != nil { return (false, []) }
            if state.now >= deadline { return (true, []) }
            state.sleepers.append(Sleeper(identity: identity, deadline: deadline, wake: wake))
            let count = state.sleepers.count
            let ready = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return (nil, ready.map(\.continuation))
        }
        for watcher in watchers { watcher.resume() }
        if let answer { wake(answer) }
    }

    private func giveUp(_ identity: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let index = state.sleepers.firstIndex(where: { $0.identity == identity }) else {
                state.cancelledEarly.insert(identity)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.wake(false)
    }

    /// Moves the clock on, waking sleepers in the order of their deadlines and giving them a turn after each.
    public func advance(by duration: Duration) async {
        let end = now + duration
        while true {
            let due = state.withLock { state -> Sleeper? in
                guard let first = state.sleepers.min(by: { $0.deadline < $1.deadline }), first.deadline <= end else {
                    state.now = end
                    return nil
                }
                state.now = max(state.now, first.deadline)
                state.sleepers.removeAll { $0.identity == first.identity }
                return first
            }
            guard let due else { break }
            due.wake(true)
            await settle()
        }
        await settle()
    }

    /// Waits until at least `count` tasks sleep on this clock.
    public func waitForSleepers(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let enough = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if enough { continuation.resume() }
        }
    }

    /// Gives other tasks a number of turns; what a test relies on must still be awaited as an event.
    private func settle() async {
        for _ in 0..<20 { await Task.yield() }
    }
}
