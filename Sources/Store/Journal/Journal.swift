public import ServiceKit
internal import Synchronization

/// What happens to a record when the journal is full because its database is away.
public enum JournalUrgency: Sendable, Hashable {
    /// It is refused: figures and statistics.
    case droppable
    /// It waits for room: what a user can ask for again.
    case ordinary
    /// It is taken up to twice the bounds, then it waits too: results that cannot be had a second time.
    case essential
}

/// How the journal is.
public struct JournalStatistics: Sendable, Hashable {
    /// Records on disk that are not applied yet.
    public var pending = 0
    /// The same in bytes.
    public var pendingBytes = 0
    /// Age of the oldest of them.
    public var oldestAge = Duration.zero
    /// Records acknowledged since the start.
    public var acknowledged = 0
    /// Syncs since the start; one serves many records.
    public var syncs = 0
    /// How long the last write and sync took.
    public var lastSync = Duration.zero
    /// Whether it takes records.
    public var isHealthy = true
}

/// A durable, ordered list of what happened: `append` returns when its record survives a power cut.
///
/// One thread writes; whoever comes while it syncs is served together by the next sync (group commit).
public final class Journal: Sendable {
    /// The journal's identity, under which databases keep how far it was applied; 32 hexadecimal digits.
    public let identity: String

    let settings: JournalSettings
    let state: Mutex<JournalQueue>
    let time: any TimeSource
    private let semaphore = Semaphore()
    /// Tells whoever applies records that there are some.
    let arrivals = BoundedChannel<Bool>(capacity: 1)

    /// Opens the journal, or makes an empty one; what a power cut left half-written is cut off.
    ///
    /// One process at a time: a second one throws `journalInUse`.
    public static func open(
        _ settings: JournalSettings, files: any FileLayer = SystemFiles(), time: any TimeSource = SystemTime.shared,
        now: @escaping @Sendable () -> Int64 = { TimeOfDay.microseconds },
        random: @escaping @Sendable () -> UInt64 = { .random(in: 0 ... .max) }
    ) async throws(StoreError) -> Journal {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<Opened, Never>) in
            let started = NamedThread.start("journal") {
                var queue = JournalQueue(settings)
                do throws(StoreError) {
                    let log = try JournalLog(
                        settings, files: files, now: now, random: random,
                        recovered: { queue.recovered($0, at: time.now) })
                    let journal = Journal(settings, hexadecimal(log.identity), queue, time)
                    continuation.resume(returning: .journal(journal))
                    // Told only when the files and their lock are let go: whoever waits may open them at once.
                    journal.write(log).resume()
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !started {
                continuation.resume(returning: .failure(.unavailable("the system refuses to start a thread")))
            }
        }
        switch result {
        case .journal(let journal): return journal
        case .failure(let error): throw error
        }
    }

    private enum Opened: Sendable {
        case journal(Journal)
        case failure(StoreError)
    }

    private init(_ settings: JournalSettings, _ identity: String, _ queue: JournalQueue, _ time: any TimeSource) {
        self.settings = settings
        self.identity = identity
        self.time = time
        state = Mutex(queue)
        if queue.pendingCount > 0 { _ = arrivals.trySend(true) }
    }

    /// Writes an entry; when this returns, its record, with this number, survives a power cut.
    ///
    /// Throwing `diskFull` or `journalFull` leaves nothing behind; after `journalFailed` it is not known.
    public func append(
        _ entry: JournalEntry, urgency: JournalUrgency = .ordinary
    ) async throws(StoreError) -> UInt64 {
        try entry.check()
        while true {
            if Task.isCancelled { throw .cancelled }
            let identity = state.withLock { $0.newIdentity() }
            let outcome = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let answer = state.withLock { queue in
                        queue.admit(entry, urgency, identity: identity, continuation)
                    }
                    switch answer {
                    case .accepted(let isFirst): if isFirst { semaphore.signal() }
                    case .waits: break
                    case .refused(let error): continuation.resume(returning: .failed(error))
                    }
                }
            } onCancel: {
                state.withLock { $0.cancelWaiting(identity) }?.resume(returning: .failed(.cancelled))
            }
            state.withLock { $0.forget(identity) }
            switch outcome {
            case .written(let sequence): return sequence
            case .room: continue
            case .failed(let error): throw error
            }
        }
    }

    /// The oldest records that are not applied yet; they stay until `applied`.
    func pending(atMost count: Int, bytes: Int) -> [JournalRecord] {
        state.withLock { $0.oldest(count, bytes: bytes) }
    }

    /// Lets go of all records up to `sequence`: the database has them for good.
    func applied(through sequence: UInt64) {
        let (appenders, waiters) = state.withLock { $0.applied(through: sequence) }
        for appender in appenders { appender.resume(returning: .room) }
        for waiter in waiters { waiter.resume() }
        semaphore.signal()
    }

    /// Waits until every record that is acknowledged now was applied or parked, or the journal is closed.
    public func drained() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { $0.waitUntilDrained(continuation) }
            if isDone { continuation.resume() }
        }
    }

    /// How the journal is.
    public var statistics: JournalStatistics { state.withLock { $0.statistics(now: time.now) } }

    /// Refuses new entries; those on their way are still written.
    public func stopIntake() {
        let waiting = state.withLock { $0.stopIntake() }
        for appender in waiting { appender.resume(returning: .failed(.closed)) }
    }

    /// Ends the thread and lets the folder go; what is not applied is there again when it is opened.
    public func close() async {
        stopIntake()
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { $0.close(continuation) }
            if isOver { continuation.resume() }
            semaphore.signal()
        }
        arrivals.finish()
        for waiter in state.withLock({ $0.takeDrainWaiters() }) { waiter.resume() }
    }

    /// The thread: writes what waits, again and again, until the journal is closed; gives whom to tell then.
    private func write(_ log: consuming JournalLog) -> CheckedContinuation<Void, Never> {
        while true {
            semaphore.wait()
            while true {
                let work = state.withLock { $0.takeWork() }
                if let sequence = work.trim { log.trim(through: sequence) }
                if let sequence = work.skip { try? log.skip(past: sequence) }
                guard !work.entries.isEmpty else { break }
                let start = time.now
                do throws(StoreError) {
                    let records = try log.append(work.entries.map(\.entry))
                    let took = time.now - start
                    state.withLock { $0.written(records, took: took, now: time.now) }
                    for (record, item) in zip(records, work.entries) {
                        item.continuation.resume(returning: .written(record.sequence))
                    }
                    _ = arrivals.trySend(true)
                } catch {
                    state.withLock { $0.failed(work.entries.map(\.entry), log.failed) }
                    for item in work.entries { item.continuation.resume(returning: .failed(error)) }
                }
            }
            if let closing = state.withLock({ $0.isOver() }) {
                return closing
            }
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
