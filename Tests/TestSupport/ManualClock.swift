public import ServiceKit
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: TimeSource {
    private struct Sleeper {
        let identity: Int
        let deadline: Duration
        let continuation: CheckedContinuation<Bool, Never>
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

    /// How many tasks sleep on this clock.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Waits until the clock was moved to `deadline`.
    public func sleep(until deadline: Duration) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let identity = state.withLock { state in
            state.next += 1
            return state.next
        }
        let woken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (answer, watchers) = state.withLock { state -> (Bool?, [CheckedContinuation<Void, Never>]) in
                    if state.cancelledEarly.remove(identity) != nil { return (false, []) }
                    if state.now >= deadline { return (true, []) }
                    state.sleepers.append(Sleeper(identity: identity, deadline: deadline, continuation: continuation))
                    let count = state.sleepers.count
                    let ready = state.watchers.filter { $0.count <= count }
                    state.watchers.removeAll { $0.count <= count }
                    return (nil, ready.map(\.continuation))
                }
                for watcher in watchers { watcher.resume() }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let index = state.sleepers.firstIndex(where: { $0.identity == identity }) else {
                    state.cancelledEarly.insert(identity)
                    return nil
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(returning: false)
        }
        if !woken { throw CancellationError() }
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
            due.continuation.resume(returning: true)
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
