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
        /// Waits that have begun and whose continuation is not stored yet; one that is cancelled is taken out.
        var beginning: [Int] = []
        /// Told of every change that a receiver wants to know of.
        var bell: (@Sendable () -> Void)?

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
            beginning.append(nextIdentity)
            return nextIdentity
        }

        /// Ends the beginning of a wait; false when it was cancelled meanwhile.
        mutating func begin(_ identity: Int) -> Bool {
            let index = beginning.firstIndex(of: identity)
            if let index { beginning.swapAt(index, beginning.count - 1) }
            return index.map { _ in beginning.removeLast() } != nil
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
        let (sent, receiver, bell) = state.withLock { state -> (Bool, Waiter<Element?>?, (@Sendable () -> Void)?) in
            if state.finished { return (false, nil, nil) }
            if !state.receivers.isEmpty { return (true, state.receivers.removeFirst(), nil) }
            guard state.count < capacity else { return (false, nil, nil) }
            state.append(element)
            return (true, nil, state.bell)
        }
        receiver?.continuation.resume(returning: element)
        bell?()
        return sent
    }

    /// Puts `element` in, waiting while the channel is full; false when it is finished or the task is cancelled.
    @discardableResult
    public func send(_ element: Element) async -> Bool {
        if Task.isCancelled { return false }
        if trySend(element) { return true }
        let identity = state.withLock { $0.identity() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(identity: identity, continuation: continuation)
                let (answer, receiver, bell) = state.withLock {
                    state -> (Bool?, Waiter<Element?>?, (@Sendable () -> Void)?) in
                    guard state.begin(identity), !state.finished else { return (false, nil, nil) }
                    if !state.receivers.isEmpty { return (true, state.receivers.removeFirst(), nil) }
                    if state.count < capacity {
                        state.append(element)
                        return (true, nil, state.bell)
                    }
                    state.senders.append((element, waiter))
                    return (nil, nil, nil)
                }
                receiver?.continuation.resume(returning: element)
                bell?()
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter<Bool>? in
                _ = state.begin(identity)
                let index = state.senders.firstIndex { $0.waiter.identity == identity }
                return index.map { state.senders.remove(at: $0).waiter }
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
        return await receive(state.withLock { $0.identity() })
    }

    /// The next element, waiting until `deadline` at most; nil also when it has passed. Costs no task for the sleep.
    public func next(until deadline: Duration?, by time: any TimeSource) async -> Element? {
        guard let deadline else { return await next() }
        if Task.isCancelled { return nil }
        if let element = tryNext() { return element }
        guard time.now < deadline else { return nil }
        let identity = state.withLock { $0.identity() }
        let alarm = time.alarm(at: deadline) { [weak self] in self?.giveUp(identity) }
        defer { alarm.cancel() }
        return await receive(identity)
    }

    private func receive(_ identity: Int) async -> Element? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter<Element?>(identity: identity, continuation: continuation)
                let (answered, element, sender) = state.withLock { state -> (Bool, Element?, Waiter<Bool>?) in
                    guard state.begin(identity) else { return (true, nil, nil) }
                    let (element, sender) = Self.take(from: &state)
                    if element != nil || state.finished { return (true, element, sender) }
                    state.receivers.append(waiter)
                    return (false, nil, nil)
                }
                sender?.continuation.resume(returning: true)
                if answered { continuation.resume(returning: element) }
            }
        } onCancel: {
            giveUp(identity)
        }
    }

    /// Ends the wait of one receiver without an element.
    private func giveUp(_ identity: Int) {
        let waiter = state.withLock { state -> Waiter<Element?>? in
            _ = state.begin(identity)
            let index = state.receivers.firstIndex { $0.identity == identity }
            return index.map { state.receivers.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: nil)
    }

    /// Has `bell` called each time an element waits inside that did not before, and at the end; for one who looks after
    /// several channels with `tryNext`. It is called from any thread and must not wait.
    public func onChange(_ bell: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.bell = bell
            return state.count > 0 || state.finished
        }
        if isLate { bell() }
    }

    /// Ends the channel: what is inside can still be received, nothing more can be sent.
    public func finish() {
        let (receivers, senders, bell) = state.withLock { state in
            state.finished = true
            defer {
                state.receivers = []
                state.senders = []
                state.bell = nil
            }
            return (state.receivers, state.senders.map(\.waiter), state.bell)
        }
        for receiver in receivers { receiver.continuation.resume(returning: nil) }
        for sender in senders { sender.continuation.resume(returning: false) }
        bell?()
    }

    /// Whether `finish` was called.
    public var isFinished: Bool { state.withLock { $0.finished } }

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
