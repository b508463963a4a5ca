import DiscordModel
import ServiceKit
import Synchronization

/// A connection's requests to the main gateway, one at a time and in order.
final class StateRequests: Sendable {
    /// One request, or the word that all before it are sent.
    enum Request: Sendable {
        case change(ChannelID?)
        case done(CheckedContinuation<Void, Never>)

        /// Sends the request; a failure is logged, and noticed by the connection's deadlines.
        func perform(_ environment: VoiceEnvironment) async {
            switch self {
            case .done(let continuation): continuation.resume()
            case .change(let channel):
                do { try await environment.changeVoiceState(channel) } catch {
                    environment.logger.warning("the main gateway did not take the voice state", ["error": "\(error)"])
                }
            }
        }
    }

    private struct State {
        var waiting: [Request] = []
        var isSending = false
        var isFinished = false
    }

    /// Requests that may wait; more are a sign that none gets through, and are left out.
    private static let limit = 64

    private let state = Mutex(State())

    /// Adds a request; true when its caller has to start a task that performs what `next` gives.
    func add(_ request: Request) -> Bool {
        let (taken, starts) = state.withLock { state in
            guard !state.isFinished, state.waiting.count < Self.limit else { return (false, false) }
            state.waiting.append(request)
            defer { state.isSending = true }
            return (true, !state.isSending)
        }
        if !taken, case .done(let continuation) = request { continuation.resume() }
        return starts
    }

    /// The next request, or nil when the task that asks has to end.
    func next() -> Request? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isSending = false
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    /// Takes no more; who waits for the word waits no longer.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for case .done(let continuation) in waiting { continuation.resume() }
    }
}
