import Synchronization

/// A first-in, first-out channel with many senders and receivers that makes senders wait while it is full.
///
/// `AsyncStream` has no back-pressure; this has nothing else: at most `capacity` elements wait inside.
public final class BoundedChannel<Element: Sendable>: AsyncSequence, Sendable {
    private struct Waiter<Result: Sendable>: Sendable {
        let identity: Int
        let continuation: CheckedContinuation<Result, Never>
    }

    private struct State {
        var elements: [Element?] = []
        var head = 0
        var count = 0
        var finished = false
        var receivers: [Waiter<Element?>] = []
        var senders: [(element: Element, waiter: Waiter<Bool>)] = []
        var nextIdentity = 0
        /// Waits that were cancelled before their continuation was stored.
        var cancelledEarly: Set<Int> = []

        mutating func append(_ element: Element) {
            if count == elements.count { grow() }
            elements[(head + count) % elements.count] = element
            count += 1
        }

        /// Doubles the storage: a channel that stays nearly empty costs next to nothing, whatever its capacity.
        private mutating func grow() {
            var larger: [Element?] = []
            larger.reserveCapacity(Swift.max(4, elements.count * 2))
            larger += elements[head...]
            larger += elements[..<head]
            larger += Array(repeating: nil, count: Swift.max(4, elements.count * 2) - elements.count)
            elements = larger
            head = 0
        }

        mutating func popFirst() -> Element? {
            guard count > 0 else { return nil }
            let element = elements[head]
            elements[head] = nil
            head = (head + 1) % elements.count
            count -= 1
            return element
        }

        mutating func identity() -> Int {
            nextIdentity += 1
            return nextIdentity
        }
    }

    private let capacity: Int
    private let state: Mutex<State>

    /// Makes a channel that holds at most `capacity` elements (at least one).
    public init(capacity: Int) {
        self.capacity = Swift.max(1, capacity)
        state = Mutex(State())
    }

    /// How many elements wait inside.
    public var count: Int { state.withLock { $0.count } }

    /// Puts `element` in without waiting; false when the channel is full or finished. Any thread may call it.
    @discardableResult
    public func trySend(_ element: Element) -> Bool {
        let (sent, receiver) = state.withLock { state -> (Bool, Waiter<Element?>?) in
            if state.finished { return (false, nil) }
            if !state.receivers.isEmpty { return (true, state.receivers.removeFirst()) }
            guard state.count < capacity else { return (false, nil) }
            state.append(element)
            return (true, nil)
        }
        receiver?.continuation.resume(returning: element)
        return sent
    }

    /// Puts `element` in, waiting while the channel is full; false when it is finished or the task is cancelled.
    @discardableResult
    public func send(_ element: Element) async -> Bool {
        if Task.isCancelled { return false }
        if trySend(element) { return true }
        let identity = state.withLock { $0.identity() }
        defer { forget(identity) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(identity: identity, continuation: continuation)
                let (answer, receiver) = state.withLock { state -> (Bool?, Waiter<Element?>?) in
                    if state.finished || state.cancelledEarly.remove(identity) != nil { return (false, nil) }
                    if !state.receivers.isEmpty { return (true, state.receivers.removeFirst()) }
                    if state.count < capacity {
                        state.append(element)
                        return (true, nil)
                    }
                    state.senders.append((element, waiter))
                    return (nil, nil)
                }
                receiver?.continuation.resume(returning: element)
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter<Bool>? in
                guard let index = state.senders.firstIndex(where: { $0.waiter.identity == identity }) else {
                    if !state.finished { state.cancelledEarly.insert(identity) }
                    return nil
                }
                return state.senders.remove(at: index).waiter
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Takes the next element without waiting; nil when none is there.
    public func tryNext() -> Element? {
        let (element, sender) = state.withLock { Self.take(from: &$0) }
        sender?.continuation.resume(returning: true)
        return element
    }

    /// The next element; nil when the channel is finished and drained, or when the task is cancelled.
    public func next() async -> Element? {
        if Task.isCancelled { return nil }
        if let element = tryNext() { return element }
        let identity = state.withLock { $0.identity() }
        defer { forget(identity) }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter<Element?>(identity: identity, continuation: continuation)
                let (answered, element, sender) = state.withLock { state -> (Bool, Element?, Waiter<Bool>?) in
                    if state.cancelledEarly.remove(identity) != nil { return (true, nil, nil) }
                    let (element, sender) = Self.take(from: &state)
                    if element != nil || state.finished { return (true, element, sender) }
                    state.receivers.append(waiter)
                    return (false, nil, nil)
                }
                sender?.continuation.resume(returning: true)
                if answered { continuation.resume(returning: element) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter<Element?>? in
                guard let index = state.receivers.firstIndex(where: { $0.identity == identity }) else {
                    if !state.finished { state.cancelledEarly.insert(identity) }
                    return nil
                }
                return state.receivers.remove(at: index)
            }
            waiter?.continuation.resume(returning: nil)
        }
    }

    /// Ends the channel: what is inside can still be received, nothing more can be sent.
    public func finish() {
        let (receivers, senders) = state.withLock { state -> ([Waiter<Element?>], [Waiter<Bool>]) in
            state.finished = true
            state.cancelledEarly = []
            defer {
                state.receivers = []
                state.senders = []
            }
            return (state.receivers, state.senders.map(\.waiter))
        }
        for receiver in receivers { receiver.continuation.resume(returning: nil) }
        for sender in senders { sender.continuation.resume(returning: false) }
    }

    /// Whether `finish` was called.
    public var isFinished: Bool { state.withLock { $0.finished } }

    /// Drops the mark of a cancellation that came after the wait was over.
    private func forget(_ identity: Int) {
        guard Task.isCancelled else { return }
        state.withLock { _ = $0.cancelledEarly.remove(identity) }
    }

    private static func take(from state: inout State) -> (Element?, Waiter<Bool>?) {
        let element = state.popFirst()
        guard !state.senders.isEmpty, element != nil else { return (element, nil) }
        let sender = state.senders.removeFirst()
        state.append(sender.element)
        return (element, sender.waiter)
    }

    /// Receives until the channel is finished or the task cancelled.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let channel: BoundedChannel

        /// The next element, as the channel's own `next()`.
        public mutating func next() async -> Element? { await channel.next() }

        /// The next element, as the channel's own `next()`.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? { await channel.next() }
    }

    /// An iterator; several may share the channel, each element goes to one of them.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(channel: self) }
}
