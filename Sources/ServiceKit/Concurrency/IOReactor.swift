internal import CSystem
import Glibc
import Synchronization

/// One thread that waits on descriptors for everybody (epoll), so that no await ever blocks a thread of the pool.
public final class IOReactor: Sendable {
    /// The one reactor of the process.
    public static let shared = IOReactor()

    private enum Direction { case reading, writing }

    private struct Interest {
        var reader: (identity: Int, continuation: CheckedContinuation<Bool, Never>)?
        var writer: (identity: Int, continuation: CheckedContinuation<Bool, Never>)?
    }

    private struct State {
        var interests: [Int32: Interest] = [:]
        var nextIdentity = 0
        var cancelledEarly: Set<Int> = []
    }

    private let poll: Int32
    private let state = Mutex(State())

    private init() {
        poll = backline_epoll_open()
        precondition(poll >= 0, "epoll could not be opened")
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { _ in
                unsafe backline_name_this_thread("io")
                IOReactor.shared.loop()
                return nil
            }, nil)
        precondition(started == 0, "the io thread could not be started")
    }

    /// Waits until `descriptor` can be read, or has ended or failed (the read then tells); one waiter per descriptor.
    public func readable(_ descriptor: Int32) async throws(CancellationError) {
        try await wait(descriptor, .reading)
    }

    /// Waits until `descriptor` can be written, or has failed (the write then tells); one waiter per descriptor.
    public func writable(_ descriptor: Int32) async throws(CancellationError) {
        try await wait(descriptor, .writing)
    }

    /// Ends all waits on `descriptor`; to be called before it is closed.
    public func forget(_ descriptor: Int32) {
        let interest = state.withLock { state -> Interest? in
            guard let interest = state.interests.removeValue(forKey: descriptor) else { return nil }
            backline_epoll_remove(poll, descriptor)
            return interest
        }
        interest?.reader?.continuation.resume(returning: true)
        interest?.writer?.continuation.resume(returning: true)
    }

    private func wait(_ descriptor: Int32, _ direction: Direction) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let identity = state.withLock { state in
            state.nextIdentity += 1
            return state.nextIdentity
        }
        let ready = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let replaced = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                    if state.cancelledEarly.remove(identity) != nil { return continuation }
                    var interest = state.interests[descriptor] ?? Interest()
                    let previous: CheckedContinuation<Bool, Never>?
                    switch direction {
                    case .reading:
                        previous = interest.reader?.continuation
                        interest.reader = (identity, continuation)
                    case .writing:
                        previous = interest.writer?.continuation
                        interest.writer = (identity, continuation)
                    }
                    guard arm(descriptor, interest) else {
                        // Not something epoll can wait for (a plain file, a closed descriptor): the call itself will tell.
                        state.interests[descriptor] = nil
                        return continuation
                    }
                    state.interests[descriptor] = interest
                    return previous
                }
                replaced?.resume(returning: true)
            }
        } onCancel: {
            cancel(descriptor, identity)
        }
        if Task.isCancelled {
            state.withLock { _ = $0.cancelledEarly.remove(identity) }
            throw CancellationError()
        }
        _ = ready
    }

    private func cancel(_ descriptor: Int32, _ identity: Int) {
        let continuation = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard var interest = state.interests[descriptor] else {
                state.cancelledEarly.insert(identity)
                return nil
            }
            var found: CheckedContinuation<Bool, Never>?
            if let reader = interest.reader, reader.identity == identity {
                found = reader.continuation
                interest.reader = nil
            } else if let writer = interest.writer, writer.identity == identity {
                found = writer.continuation
                interest.writer = nil
            } else {
                state.cancelledEarly.insert(identity)
            }
            state.interests[descriptor] = interest
            return found
        }
        continuation?.resume(returning: false)
    }

    /// Asks epoll for one report about what is waited for; false when it cannot watch the descriptor.
    private func arm(_ descriptor: Int32, _ interest: Interest) -> Bool {
        backline_epoll_arm(poll, descriptor, interest.reader == nil ? 0 : 1, interest.writer == nil ? 0 : 1) == 0
    }

    private func loop() {
        /// Reports taken from epoll at once.
        let batch = 64
        // Plain memory for the life of the thread: an array sliced in a loop without an end was leaked in each turn.
        let reports = UnsafeMutableBufferPointer<backline_epoll_report>.allocate(capacity: batch)
        unsafe reports.initialize(repeating: backline_epoll_report())
        guard let first = reports.baseAddress else { return }
        while true {
            let count = unsafe backline_epoll_wait(poll, first, Int32(batch))
            for index in 0..<max(0, Int(count)) {
                let report = unsafe reports[index]
                deliver(report.descriptor, readable: report.readable != 0, writable: report.writable != 0)
            }
        }
    }

    private func deliver(_ descriptor: Int32, readable: Bool, writable: Bool) {
        let (reader, writer) = state.withLock {
            state -> (CheckedContinuation<Bool, Never>?, CheckedContinuation<Bool, Never>?) in
            guard var interest = state.interests[descriptor] else { return (nil, nil) }
            var reader: CheckedContinuation<Bool, Never>?
            var writer: CheckedContinuation<Bool, Never>?
            if readable {
                reader = interest.reader?.continuation
                interest.reader = nil
            }
            if writable {
                writer = interest.writer?.continuation
                interest.writer = nil
            }
            if interest.reader != nil || interest.writer != nil { _ = arm(descriptor, interest) }
            state.interests[descriptor] = interest
            return (reader, writer)
        }
        reader?.resume(returning: true)
        writer?.resume(returning: true)
    }
}
