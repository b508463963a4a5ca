/// A monotonic clock as a parameter: real in the program, moved by hand in tests.
public protocol TimeSource: Sendable {
    /// Time since an arbitrary zero that never goes back.
    var now: Duration { get }

    /// Waits until `now` has reached `deadline`; ends early by throwing when the task is cancelled.
    func sleep(until deadline: Duration) async throws(CancellationError)

    /// Calls `ring` once, as soon as `now` has reached `deadline`, from any thread: it must not wait, and not be long.
    func alarm(at deadline: Duration, _ ring: @escaping @Sendable () -> Void) -> any Alarm
}

/// A call that is due at a time.
public protocol Alarm: AnyObject, Sendable {
    /// Withdraws it; it may just be ringing. Does nothing when it has rung.
    func cancel()
}

extension TimeSource {
    /// Waits for `duration`; ends early by throwing when the task is cancelled.
    public func sleep(for duration: Duration) async throws(CancellationError) {
        try await sleep(until: now + duration)
    }
}

/// The machine's monotonic clock.
public struct SystemTime: TimeSource {
    /// The one system clock.
    public static let shared = SystemTime()

    private static let start = ContinuousClock.now

    private init() {}

    /// Time since the clock was first asked in this process.
    public var now: Duration { ContinuousClock.now - Self.start }

    /// Waits until `now` has reached `deadline`; ends early by throwing when the task is cancelled.
    public func sleep(until deadline: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(until: Self.start + deadline, clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }

    /// Calls `ring` once, soon after `deadline`, on the thread of the alarms.
    public func alarm(at deadline: Duration, _ ring: @escaping @Sendable () -> Void) -> any Alarm {
        AlarmClock.shared.add(deadline, ring)
    }
}
