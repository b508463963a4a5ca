/// Who and what waits at the journal; a plain value, the journal performs what it answers.
struct JournalQueue: Sendable {
    /// What an appender hears.
    enum Outcome: Sendable {
        case written(UInt64)
        /// There may be room now: try again.
        case room
        case failed(StoreError)
    }

    /// An entry on its way to the disk.
    struct Item: Sendable {
        let entry: JournalEntry
        let continuation: CheckedContinuation<Outcome, Never>
    }

    enum Admission {
        /// Taken; whether the thread has to be woken.
        case accepted(isFirst: Bool)
        case waits
        case refused(StoreError)
    }

    private struct Pending {
        let record: JournalRecord
        let since: Duration
    }

    private let settings: JournalSettings
    private var incoming: [Item] = []
    private var incomingBytes = 0
    private var records: [Pending] = []
    private var head = 0
    private var recordBytes = 0
    private var lastWritten: UInt64 = 0
    private var lastApplied: UInt64 = 0
    private var trimmed: UInt64 = 0
    private var skip: UInt64?
    private var roomWaiters: [(identity: Int, continuation: CheckedContinuation<Outcome, Never>)] = []
    private var cancelledEarly: Set<Int> = []
    private var drainWaiters: [(sequence: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    private var failure: StoreError?
    private var isStopped = false
    private var closing: CheckedContinuation<Void, Never>?
    private var hasEnded = false
    private var nextIdentity = 0
    private var figures = JournalStatistics()

    init(_ settings: JournalSettings) { self.settings = settings }

    var pendingCount: Int { records.count - head }

    mutating func newIdentity() -> Int {
        nextIdentity += 1
        return nextIdentity
    }

    /// A record found at the start.
    mutating func recovered(_ record: JournalRecord, at now: Duration) {
        add(record, now)
    }

    mutating func admit(
        _ entry: JournalEntry, _ urgency: JournalUrgency, identity: Int,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) -> Admission {
        if let failure { return .refused(failure) }
        if isStopped { return .refused(.closed) }
        let rows = pendingCount + incoming.count
        let bytes = recordBytes + incomingBytes + entry.byteCount
        let times = urgency == .essential ? 2 : 1
        guard rows < settings.mostPending * times, bytes <= settings.mostPendingBytes * times else {
            if urgency == .droppable { return .refused(.journalFull) }
            if cancelledEarly.remove(identity) != nil { return .refused(.cancelled) }
            // Those who wait hold their entries: bounded as well.
            guard roomWaiters.count < settings.mostPending else { return .refused(.journalFull) }
            roomWaiters.append((identity, continuation))
            return .waits
        }
        incoming.append(Item(entry: entry, continuation: continuation))
        incomingBytes += entry.byteCount
        return .accepted(isFirst: incoming.count == 1)
    }

    mutating func cancelWaiting(_ identity: Int) -> CheckedContinuation<Outcome, Never>? {
        guard let index = roomWaiters.firstIndex(where: { $0.identity == identity }) else {
            cancelledEarly.insert(identity)
            return nil
        }
        return roomWaiters.remove(at: index).continuation
    }

    mutating func forget(_ identity: Int) { cancelledEarly.remove(identity) }

    /// What the thread has to do next.
    mutating func takeWork() -> (entries: [Item], trim: UInt64?, skip: UInt64?) {
        var bytes = 0
        var count = 0
        while count < incoming.count, count < settings.mostInBatch, bytes < JournalSettings.batchBytes {
            bytes += incoming[count].entry.byteCount
            count += 1
        }
        let entries = Array(incoming.prefix(count))
        incoming.removeFirst(count)
        incomingBytes -= bytes
        let trim = lastApplied > trimmed ? lastApplied : nil
        trimmed = lastApplied
        defer { skip = nil }
        return (entries, trim, skip)
    }

    mutating func written(_ new: [JournalRecord], took: Duration, now: Duration) {
        for record in new { add(record, now) }
        figures.acknowledged += new.count
        figures.syncs += 1
        figures.lastSync = took
    }

    mutating func failed(_ entries: [JournalEntry], _ failure: StoreError?) {
        self.failure = failure ?? self.failure
    }

    func oldest(_ count: Int, bytes: Int) -> [JournalRecord] {
        var result: [JournalRecord] = []
        var size = 0
        for pending in records[head...] {
            size += pending.record.entry.byteCount
            guard result.count < count, size <= bytes || result.isEmpty else { break }
            result.append(pending.record)
        }
        return result
    }

    /// Lets records go; whoever waited for room, and whoever waited for these.
    mutating func applied(
        through sequence: UInt64
    ) -> ([CheckedContinuation<Outcome, Never>], [CheckedContinuation<Void, Never>]) {
        while head < records.count, records[head].record.sequence <= sequence {
            recordBytes -= records[head].record.entry.byteCount
            head += 1
        }
        if head > 1_024, head * 2 > records.count {
            records.removeFirst(head)
            head = 0
        }
        lastApplied = max(lastApplied, sequence)
        // The database knows of later records than this journal: numbers must not be given twice.
        if sequence > lastWritten {
            lastWritten = sequence
            skip = sequence
        }
        let room = roomWaiters.map(\.continuation)
        roomWaiters = []
        let done = drainWaiters.filter { $0.sequence <= lastApplied }.map(\.continuation)
        drainWaiters.removeAll { $0.sequence <= lastApplied }
        return (room, done)
    }

    /// Whether nothing is to be waited for.
    mutating func waitUntilDrained(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        if pendingCount == 0 || hasEnded { return true }
        drainWaiters.append((lastWritten, continuation))
        return false
    }

    mutating func takeDrainWaiters() -> [CheckedContinuation<Void, Never>] {
        defer { drainWaiters = [] }
        return drainWaiters.map(\.continuation)
    }

    mutating func stopIntake() -> [CheckedContinuation<Outcome, Never>] {
        isStopped = true
        defer { roomWaiters = [] }
        return roomWaiters.map(\.continuation)
    }

    /// Asks the thread to end; whether it has ended already.
    mutating func close(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        if hasEnded || closing != nil { return true }
        closing = continuation
        return false
    }

    /// Whom to tell that the thread ends now; nil while it goes on.
    mutating func isOver() -> CheckedContinuation<Void, Never>? {
        guard let closing, incoming.isEmpty else { return nil }
        hasEnded = true
        self.closing = nil
        return closing
    }

    func statistics(now: Duration) -> JournalStatistics {
        var result = figures
        result.pending = pendingCount
        result.pendingBytes = recordBytes
        result.oldestAge = head < records.count ? now - records[head].since : .zero
        result.isHealthy = failure == nil && !isStopped
        return result
    }

    private mutating func add(_ record: JournalRecord, _ now: Duration) {
        lastWritten = record.sequence
        recordBytes += record.entry.byteCount
        records.append(Pending(record: record, since: now))
    }
}
