internal import ServiceKit
internal import Synchronization

/// The limiter's owner: callers wait here for their permit. It keeps one timer task for the limiter's next moment.
final class RateLimitGate: Sendable {
    private typealias Waiter = CheckedContinuation<Result<RateLimiter.Permit, DiscordError>, Never>

    private struct State {
        var limiter: RateLimiter
        var waiters: [UInt64: Waiter] = [:]
        var nextRequest: UInt64 = 0
        var timer: Task<Void, Never>?
        var timerMoment: Duration?
    }

    private let state: Mutex<State>
    private let time: any TimeSource

    /// A gate with a fresh limiter.
    init(_ limiter: RateLimiter, time: any TimeSource) {
        state = Mutex(State(limiter: limiter))
        self.time = time
    }

    deinit {
        state.withLock { $0.timer?.cancel() }
    }

    /// Waits for the permit to send one request. `since` is when the request first asked.
    func permit(
        _ route: RateLimitRoute, priority: RequestPriority, deadline: Duration, since: Duration
    ) async throws(DiscordError) -> RateLimiter.Permit {
        let request = state.withLock { state in
            state.nextRequest += 1
            return state.nextRequest
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let now = time.now
                let actions: [RateLimiter.Action]? = state.withLock { state in
                    guard !Task.isCancelled else { return nil }
                    state.waiters[request] = waiter
                    return state.limiter.enqueue(
                        request, route, priority: priority, deadline: deadline, since: since, now: now)
                }
                guard let actions else { return waiter.resume(returning: .failure(.cancelled)) }
                perform(actions)
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.limiter.cancel(request)
                return state.waiters.removeValue(forKey: request)
            }
            waiter?.resume(returning: .failure(.cancelled))
        }
        return try result.get()
    }

    /// Brings a permit back.
    func settle(_ permit: RateLimiter.Permit, _ outcome: RateLimiter.Outcome) {
        let now = time.now
        perform(state.withLock { $0.limiter.settle(permit, outcome, now: now) })
    }

    private func perform(_ actions: [RateLimiter.Action]) {
        var actions = actions
        while !actions.isEmpty {
            var unused: [RateLimiter.Permit] = []
            for action in actions {
                switch action {
                case .grant(let request, let permit):
                    let waiter = state.withLock { $0.waiters.removeValue(forKey: request) }
                    if let waiter { waiter.resume(returning: .success(permit)) } else { unused.append(permit) }
                case .refuse(let request, let error):
                    state.withLock { $0.waiters.removeValue(forKey: request) }?.resume(returning: .failure(error))
                }
            }
            // Granted to a task that was cancelled at the same moment.
            let now = time.now
            actions = state.withLock { state in
                unused.flatMap { state.limiter.settle($0, .notSent, now: now) }
            }
        }
        setTimer()
    }

    private func setTimer() {
        let old: Task<Void, Never>? = state.withLock { state in
            guard let moment = state.limiter.nextWake(), state.timerMoment.map({ moment < $0 }) ?? true else {
                return nil
            }
            let old = state.timer
            state.timerMoment = moment
            state.timer = Task { [weak self, time] in
                guard (try? await time.sleep(until: moment)) != nil else { return }
                self?.fire(moment)
            }
            return old
        }
        old?.cancel()
    }

    private func fire(_ moment: Duration) {
        let now = time.now
        let actions = state.withLock { state in
            if state.timerMoment == moment {
                state.timerMoment = nil
                state.timer = nil
            }
            return state.limiter.tick(now: now)
        }
        perform(actions)
    }
}
