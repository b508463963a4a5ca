import MediaPipeline
import Networking

/// One request whose body is read ahead, within bounds, for a thread that blocks. It owns the task that reads and ends it
/// when cancelled or dropped.
final class BodyPump {
    /// The head of the answer.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var url: String
    }

    private struct State: Sendable {
        var answer: Answer?
        var chunks: [[UInt8]] = []
        /// Bytes of the first chunk already taken.
        var taken = 0
        var buffered = 0
        var limit = BodyPump.smallestBuffer
        var ended = false
        var failure: MediaError?
        var roomWaiter: CheckedContinuation<Void, Never>?
        /// The position of the next byte.
        var position: Int64
    }

    /// The read-ahead grows with what is really played: a skipped song does not cost a whole download.
    private static let smallestBuffer = 256 << 10
    private static let largestBuffer = 4 << 20

    private let state: Guarded<State>
    private let task: Task<Void, Never>
    /// The position after the last byte that was asked for, when that is not the end of the body.
    private(set) var end: Int64?

    /// Starts the request; its body begins at `position`.
    init(_ request: HTTPRequest, client: HTTPClient, position: Int64, end: Int64?) {
        state = Guarded(State(position: position))
        self.end = end
        task = Self.start(request, client: client, into: state)
    }

    deinit { cancel() }

    private static func start(_ request: HTTPRequest, client: HTTPClient, into state: Guarded<State>) -> Task<
        Void, Never
    > {
        Task.detached { await pump(request, client: client, into: state) }
    }

    /// Waits for the head of the answer.
    func answer(control: SessionControl) throws(MediaError) -> Answer {
        try wait(control) { state in
            if let answer = state.answer { return .success(answer) }
            return state.failure.map { .failure($0) }
        }
    }

    /// Says where the body really begins.
    func setStart(_ position: Int64) {
        state.with { $0.position = position }
    }

    /// Says where the body really ends; nil for the end of the whole.
    func setEnd(_ position: Int64?) {
        end = position
    }

    /// Whether `position` is ahead by no more than what is buffered and `distance`.
    func reaches(_ position: Int64, within distance: Int64) -> Bool {
        state.with { state in
            position >= state.position && position - state.position <= Int64(state.buffered) + distance
        }
    }

    /// Fills `buffer` with bytes from `position` on, passing over those before; 0 at the end of the body.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, at position: Int64, control: SessionControl
    ) throws(MediaError) -> Int {
        try wait(control) { state in
            while state.position < position, Self.take(&state, min(state.buffered, Int(position - state.position))) {}
            guard state.position == position, state.buffered > 0 else {
                if let failure = state.failure { return .failure(failure) }
                return state.ended ? .success(0) : nil
            }
            let chunk = state.chunks[0]
            let count = min(buffer.count, chunk.count - state.taken)
            unsafe buffer.copyBytes(from: chunk[state.taken..<state.taken + count])
            _ = Self.take(&state, count)
            return .success(count)
        }
    }

    /// Ends the request.
    func cancel() {
        task.cancel()
        state.with { state in
            state.failure = state.failure ?? .closed
            state.roomWaiter?.resume()
            state.roomWaiter = nil
        }
    }

    private func wait<Value>(
        _ control: SessionControl, _ body: (inout State) -> Result<Value, MediaError>?
    ) throws(MediaError) -> Value {
        while true {
            if let reason = control.stopReason { throw reason }
            // Woken at least four times a second to see whether the session was closed.
            let found = state.wait(until: min(control.deadline, monotonicNow() + .milliseconds(250)), body)
            if let found { return try found.get() }
        }
    }

    /// Drops `count` bytes from the front and wakes the reading task when there is room; false when nothing was dropped.
    private static func take(_ state: inout State, _ count: Int) -> Bool {
        guard count > 0 else { return false }
        var left = count
        while left > 0 {
            let step = min(left, state.chunks[0].count - state.taken)
            state.taken += step
            left -= step
            if state.taken == state.chunks[0].count {
                state.chunks.removeFirst()
                state.taken = 0
            }
        }
        state.buffered -= count
        state.position += Int64(count)
        state.limit = min(largestBuffer, state.limit + count)
        if state.buffered < state.limit / 2 {
            state.roomWaiter?.resume()
            state.roomWaiter = nil
        }
        return true
    }

    @concurrent
    private static func pump(_ request: HTTPRequest, client: HTTPClient, into state: Guarded<State>) async {
        do throws(NetworkError) {
            let body = try await client.stream(request)
            state.with { $0.answer = Answer(status: body.status, headers: body.headers, url: body.url) }
            while let bytes = try await body.next() {
                state.with { state in
                    state.chunks.append(bytes)
                    state.buffered += bytes.count
                }
                await room(in: state)
            }
            state.with { $0.ended = true }
        } catch {
            state.with { state in
                state.failure = state.failure ?? MediaError(error)
            }
        }
    }

    private static func room(in state: Guarded<State>) async {
        await withCheckedContinuation { continuation in
            let now = state.with { state -> Bool in
                if state.buffered < state.limit || state.failure != nil { return true }
                state.roomWaiter = continuation
                return false
            }
            if now { continuation.resume() }
        }
    }
}
