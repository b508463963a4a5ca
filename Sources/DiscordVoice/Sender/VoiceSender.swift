internal import CSystem
internal import Glibc
public import ServiceKit
internal import Synchronization

/// What the sender thread has done so far.
public struct SenderStatistics: Sendable {
    /// Ticks with at least one live stream.
    public var ticks: UInt64 = 0
    /// Packets sent.
    public var packets: UInt64 = 0
    /// Times the schedule started anew because a tick was 40 ms or more late.
    public var rebases: UInt64 = 0
    /// Streams that were live on the last tick.
    public var liveStreams = 0
    /// Time spent working (pulling, encrypting, sending), not sleeping.
    public var busy: Duration = .zero
    /// How late each packet left, against its tick's deadline.
    public var lateness = LatenessHistogram()
}

/// The thread that sends one packet every 20 ms for every live stream; one per process.
///
/// A tick's packets are made before its deadline and only sent at it. Ticking neither awaits nor allocates. While no
/// stream is live the thread sleeps without a timeout.
public final class VoiceSender: Sendable {
    private struct Commands {
        var woken: [PacketStream] = []
        var streams = 0
        var sleeping = false
        var stopping = false
        var running = false
    }

    private let capacity: Int
    private let commands: Mutex<Commands>
    private let ticker: Mutex<Ticker>
    private let semaphore = Semaphore()

    /// A sender for at most `capacity` streams at a time; its lists are made now.
    public init(capacity: Int = 4_096) {
        self.capacity = capacity
        var commands = Commands()
        commands.woken.reserveCapacity(capacity + 1)
        self.commands = Mutex(commands)
        ticker = Mutex(Ticker(capacity: capacity))
        _ = SideThread.shared
    }

    /// Starts the thread; more than once does nothing.
    public func start() throws(VoiceError) {
        let start = commands.withLock { commands in
            guard !commands.running else { return false }
            commands.running = true
            commands.stopping = false
            return true
        }
        guard start else { return }
        guard NamedThread.start("voice-sender", { [self] in work() }) else {
            commands.withLock { $0.running = false }
            throw .system(call: "pthread_create", code: errno)
        }
    }

    /// Ends the thread within one tick; streams stay and go on after another `start`.
    public func stop() {
        let wake = commands.withLock { commands in
            commands.stopping = true
            defer { commands.sleeping = false }
            return commands.sleeping
        }
        if wake { semaphore.signal() }
    }

    /// Takes a stream in, and lets it begin at once when its source has frames.
    public func add(_ stream: PacketStream) throws(VoiceError) {
        let full = commands.withLock { commands in
            guard commands.streams < capacity else { return true }
            commands.streams += 1
            return false
        }
        if full { throw .senderFull(capacity: capacity) }
        wake(stream)
    }

    /// Ends a stream: nothing of it is sent once this returns.
    public func remove(_ stream: PacketStream) {
        guard stream.requestRemoval() else { return }
        commands.withLock { $0.streams -= 1 }
    }

    /// Asks a parked stream's source again; does nothing while it is live.
    public func wake(_ stream: PacketStream) {
        guard stream.requestWake() else { return }
        let signal = commands.withLock { commands in
            commands.woken.append(stream)
            defer { commands.sleeping = false }
            return commands.sleeping
        }
        if signal { semaphore.signal() }
    }

    /// Streams taken in and not removed.
    public var streamCount: Int { commands.withLock { $0.streams } }

    /// A snapshot of the counters.
    public var statistics: SenderStatistics { ticker.withLock { $0.statistics } }

    /// Starts counting anew, for a measurement that leaves the start out.
    public func resetStatistics() {
        ticker.withLock { $0.statistics = SenderStatistics() }
    }

    /// One whole tick by hand; `now` is both deadline and time of sending. For tests.
    package func tick(now: Duration) {
        prepare()
        flush(now: now)
    }

    /// The second half of a tick by hand: sends what `prepare` made. For tests.
    package func flush(now: Duration) {
        let nanoseconds = now.components.seconds * 1_000_000_000 + now.components.attoseconds / 1_000_000_000
        ticker.withLock { $0.flush { nanoseconds } }
    }

    /// Takes in what was woken and makes the packets of the next tick; returns how many streams are live.
    @discardableResult
    package func prepare() -> Int {
        ticker.withLock { ticker in
            commands.withLock { swap(&$0.woken, &ticker.incoming) }
            return ticker.prepare()
        }
    }

    private func work() {
        _ = backline_make_this_thread_punctual()
        ticker.withLock { $0.schedule.restart(at: MonotonicClock.now) }
        while true {
            let begun = MonotonicClock.now
            let live = prepare()
            let (sleeps, stops) = commands.withLock { commands in
                commands.sleeping = live == 0 && commands.woken.isEmpty && !commands.stopping
                if commands.stopping { commands.running = false }
                return (commands.sleeping, commands.stopping)
            }
            if stops { return }
            if sleeps {
                semaphore.wait()
                ticker.withLock { $0.schedule.restart(at: MonotonicClock.now) }
                continue
            }
            guard live > 0 else { continue }
            let deadline = ticker.withLock { ticker in
                ticker.statistics.busy += .nanoseconds(MonotonicClock.now - begun)
                return ticker.schedule.deadline
            }
            MonotonicClock.sleep(until: deadline)
            ticker.withLock { $0.flush { MonotonicClock.now } }
        }
    }
}

extension VoiceSender: Service {
    /// The service's name in logs.
    public var name: String { "voice sender" }

    /// Runs the thread until the task is cancelled.
    public func run() async throws {
        try start()
        // Nothing is ever sent here: the wait ends with the task.
        _ = await BoundedChannel<Never>(capacity: 1).next()
        stop()
    }
}

/// The kernel's monotonic clock in nanoseconds.
enum MonotonicClock {
    /// Now.
    static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Sleeps until an absolute time; returns at once when it has passed.
    static func sleep(until deadline: Int64) {
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}

/// What only the ticking thread touches; in a lock so that counters can be read in between.
private struct Ticker: ~Copyable {
    var schedule = TickSchedule(startingAt: 0)
    var statistics = SenderStatistics()
    /// Streams woken since the last tick; swapped with the commands' list so that neither ever grows.
    var incoming: [PacketStream] = []
    private var live: [PacketStream] = []

    init(capacity: Int) {
        incoming.reserveCapacity(capacity + 1)
        live.reserveCapacity(capacity + 1)
    }

    mutating func prepare() -> Int {
        var index = 0
        while index < live.count {
            if live[index].prepare() {
                index += 1
            } else {
                live.swapAt(index, live.count - 1)
                // The last reference may be ours: the side thread takes it over and runs the destructor.
                SideThread.shared.post(live.removeLast())
            }
        }
        while let stream = incoming.popLast() {
            if stream.becomeLive(), stream.prepare() {
                live.append(stream)
            } else {
                SideThread.shared.post(stream)
            }
        }
        statistics.liveStreams = live.count
        return live.count
    }

    mutating func flush(_ clock: () -> Int64) {
        guard !live.isEmpty else { return }
        let deadline = schedule.deadline
        let begun = clock()
        var now = begun
        // By index: an iterator is an allocation in unoptimised builds.
        var index = 0
        while index < live.count {
            let lateness = max(0, now - deadline)
            defer { index += 1 }
            if live[index].flush(lateness: lateness) {
                statistics.packets += 1
                statistics.lateness.record(nanoseconds: lateness)
            }
            now = clock()
        }
        statistics.ticks += 1
        statistics.busy += .nanoseconds(now - begun)
        let rebases = schedule.rebases
        _ = schedule.ticked(at: begun)
        statistics.rebases += schedule.rebases - rebases
    }
}
