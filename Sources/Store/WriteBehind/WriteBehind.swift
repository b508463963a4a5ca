public import ServiceKit
internal import Synchronization

/// Carries the journal's records into a store, in order, each exactly once.
///
/// The number of the last applied record is written in the same transaction as what it changed, and only when it is
/// still what it was: a batch whose commit was not heard of is not applied a second time (core notes 4.3).
public final class WriteBehind: Service {
    /// The name in logs.
    public let name = "write-behind"
    /// The journal that is applied.
    public let journal: Journal

    private let store: any DataStore
    private let appliers: [String: RecordApplier]
    private let settings: WriteBehindSettings
    private let time: any TimeSource
    private let logger: Logger
    private let requests = Mutex<[Request]>([])

    private struct Request: Sendable {
        let key: String
        let continuation: CheckedContinuation<Result<Int, StoreError>, Never>
    }

    /// A carrier; `appliers` are found by the records' kind.
    public init(
        _ journal: Journal, to store: any DataStore, appliers: [String: RecordApplier],
        settings: WriteBehindSettings = .init(), time: any TimeSource = SystemTime.shared,
        logger: Logger = Logger("write-behind")
    ) {
        self.journal = journal
        self.store = store
        self.appliers = appliers
        self.settings = settings
        self.time = time
        self.logger = logger
    }

    /// Carries until cancelled; then takes nothing more, carries the rest within the limit, and closes the journal.
    public func run() async {
        var position = WriteBehindPosition()
        await carry(&position)
        journal.stopIntake()
        // A task of its own because this one is cancelled; waited for right here, and bounded.
        position = await Task.detached { [self, position] in await lastRound(position) }.value
        let rest = journal.statistics.pending
        if rest > 0 { logger.notice("records stay in the journal until the next start", ["records": "\(rest)"]) }
        for request in requests.withLock({ requests in
            defer { requests = [] }
            return requests
        }) { request.continuation.resume(returning: .failure(.closed)) }
        await journal.close()
    }

    /// The parked records, oldest first.
    public func parked() async throws(StoreError) -> [ParkedRecord] {
        try await store.rows(
            """
            select sequence, kind, key, payload, recorded_at, reason from journal_parked \
            where journal = \(journal.identity) order by sequence
            """, as: ParkedRecord.self)
    }

    /// Tries the parked records of a key again, in order; how many were applied. All of them are, or none.
    public func retryParked(key: String) async throws(StoreError) -> Int {
        let result = await withCheckedContinuation { continuation in
            requests.withLock { $0.append(Request(key: key, continuation: continuation)) }
            if !journal.arrivals.trySend(true), journal.arrivals.isFinished {
                let request = requests.withLock { $0.popLast() }
                request?.continuation.resume(returning: .failure(.closed))
            }
        }
        return try result.get()
    }

    private func lastRound(_ position: WriteBehindPosition) async -> WriteBehindPosition {
        let deadline = time.now + settings.drainLimit
        return await withTaskGroup(of: WriteBehindPosition?.self) { group in
            group.addTask { [self] in
                var position = position
                while !Task.isCancelled, journal.statistics.pending > 0 {
                    guard await step(&position) else { break }
                }
                return position
            }
            group.addTask { [time] in
                try? await time.sleep(until: deadline)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? position
        }
    }

    private func carry(_ position: inout WriteBehindPosition) async {
        while !Task.isCancelled {
            if journal.statistics.pending == 0, requests.withLock({ $0.isEmpty }), position.isKnown {
                guard await journal.arrivals.next() != nil else { return }
            }
            _ = await step(&position)
        }
    }

    /// One round; false when it was cancelled.
    private func step(_ position: inout WriteBehindPosition) async -> Bool {
        var generator = SystemRandomNumberGenerator()
        do throws(StoreError) {
            if !position.isKnown { try await find(&position) }
            if let request = requests.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                await perform(request, &position)
            }
            let batch = journal.pending(atMost: settings.batchRows, bytes: settings.batchBytes)
            if !batch.isEmpty { try await apply(batch[...], &position) }
            if position.backoff.count > 0 { logger.notice("the database takes records again") }
            position.backoff.reset()
            return true
        } catch {
            if Task.isCancelled { return false }
            // Whether the last batch was kept is asked of the database before anything is tried again.
            position.isKnown = false
            if position.backoff.count == 0 {
                logger.warning(
                    "the database takes no records; they wait in the journal",
                    ["reason": "\(error)", "waiting": "\(journal.statistics.pending)"])
            }
            let delay = position.backoff.next(using: &generator)
            do {
                try await time.sleep(for: delay)
            } catch {
                return false
            }
            return true
        }
    }

    /// Asks the database how far it is, and which keys are parked.
    private func find(_ position: inout WriteBehindPosition) async throws(StoreError) {
        try await store.insert(
            [[.text(journal.identity), .integer(0)]], into: BacklineSchema.watermarks, onConflict: .keep)
        let rows = try await store.rows(
            "select applied from journal_watermarks where journal = \(journal.identity)")
        guard let row = rows.first else { throw .busy }
        position.applied = UInt64(bitPattern: try row.get("applied", as: Int64.self))
        let keys = try await store.rows(
            "select distinct key from journal_parked where journal = \(journal.identity)")
        position.parkedKeys = []
        for key in keys { position.parkedKeys.insert(try key.get("key")) }
        journal.applied(through: position.applied)
        position.isKnown = true
    }

    /// Applies records, or finds the one that cannot be applied by halving, parks it, and goes on.
    private func apply(_ records: ArraySlice<JournalRecord>, _ position: inout WriteBehindPosition)
        async throws(StoreError)
    {
        guard let last = records.last else { return }
        var changes: [StoreChange] = []
        var parkedNow: Set<String> = []
        for record in records {
            let key = record.key.withoutZeroBytes
            do throws(StoreError) {
                guard !position.parkedKeys.contains(key), !parkedNow.contains(key) else {
                    throw .invalid("it stands behind a parked record of the same key")
                }
                guard let applier = appliers[record.kind] else {
                    throw .invalid("nothing here knows how to apply a record of this kind")
                }
                changes += try applier(record)
            } catch {
                parkedNow.insert(key)
                changes.append(park(record, error))
            }
        }
        do throws(StoreError) {
            try await commit(changes, from: position.applied, to: last.sequence)
        } catch {
            guard !error.isTransient, error != Self.moved else { throw error }
            guard let first = records.first, records.count == 1 else {
                let middle = records.startIndex + records.count / 2
                try await apply(records[..<middle], &position)
                return try await apply(records[middle...], &position)
            }
            try await commit([park(first, error)], from: position.applied, to: first.sequence)
            parkedNow.insert(first.key.withoutZeroBytes)
        }
        if !parkedNow.isEmpty {
            position.parkedKeys.formUnion(parkedNow)
            logger.error("records were parked; see the table journal_parked", ["keys": "\(parkedNow.count)"])
        }
        position.applied = last.sequence
        journal.applied(through: last.sequence)
    }

    private static let moved = StoreError.verification("another process applies this journal")

    private func commit(_ changes: [StoreChange], from: UInt64, to: UInt64) async throws(StoreError) {
        do {
            let (before, after) = (Int64(bitPattern: from), Int64(bitPattern: to))
            try await store.transaction { [journal] transaction in
                let moved = try await transaction.run(
                    """
                    update journal_watermarks set applied = \(after) \
                    where journal = \(journal.identity) and applied = \(before)
                    """)
                guard moved == 1 else { throw Self.moved }
                try await transaction.perform(changes)
            }
        } catch {
            throw StoreError(caught: error)
        }
    }

    private func park(_ record: JournalRecord, _ reason: StoreError) -> StoreChange {
        .write(
            ParkedRecord.row(record, journal: journal.identity, reason: reason.description),
            into: BacklineSchema.parked, onConflict: .replace)
    }

    private func perform(_ request: Request, _ position: inout WriteBehindPosition) async {
        do throws(StoreError) {
            let parked = try await parked().filter { $0.record.key == request.key }.map(\.record)
            var changes: [StoreChange] = []
            for record in parked {
                guard let applier = appliers[record.kind] else { throw .invalid("no applier for a parked record") }
                changes += try applier(record)
            }
            let all = changes
            do {
                try await store.transaction { [journal] transaction in
                    try await transaction.perform(all)
                    try await transaction.run(
                        "delete from journal_parked where journal = \(journal.identity) and key = \(request.key)")
                }
            } catch {
                throw StoreError(caught: error)
            }
            position.parkedKeys.remove(request.key)
            request.continuation.resume(returning: .success(parked.count))
        } catch {
            request.continuation.resume(returning: .failure(error))
        }
    }
}
