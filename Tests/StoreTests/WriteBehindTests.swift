import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Records on their way from the journal into both databases.
@Suite(.timeLimit(.minutes(2)))
struct WriteBehindTests {
    /// “add” is not idempotent by itself: applied twice it shows.
    static let appliers: [String: RecordApplier] = [
        "add": { record throws(StoreError) in
            let amount = Int(record.payload.first ?? 0)
            return [
                .write(
                    [.text(record.key), .integer(0), .text("")], into: StoreFixture.words, onConflict: .keep),
                .run("update words set part = part, note = note || \(",\(amount)") where word = \(record.key)"),
            ]
        },
        "put": { record throws(StoreError) in
            let text = String(decoding: record.payload, as: UTF8.self)
            return [
                .write([.text(record.key), .integer(1), .text(text)], into: StoreFixture.words, onConflict: .replace)
            ]
        },
        "break": { record throws(StoreError) in [.run("insert into words (word, part) values (null, 1)")] },
        "throw": { record throws(StoreError) in throw .invalid("of no use") },
    ]

    /// Runs a carrier beside `body`.
    static func carry<Result: Sendable>(
        _ journal: Journal, to store: any DataStore, settings: WriteBehindSettings = .init(),
        time: any TimeSource = SystemTime.shared, _ body: (WriteBehind) async throws -> Result
    ) async throws -> Result {
        let carrier = WriteBehind(journal, to: store, appliers: appliers, settings: settings, time: time)
        let task = Task { await carrier.run() }
        do {
            let result = try await body(carrier)
            task.cancel()
            await task.value
            return result
        } catch {
            task.cancel()
            await task.value
            throw error
        }
    }

    static func notes(_ store: any DataStore) async throws -> [String: String] {
        var notes: [String: String] = [:]
        for row in try await store.rows("select word, note from words") {
            notes[try row.get("word")] = try row.get("note")
        }
        return notes
    }

    static func journal(_ folder: TemporaryFolder) async throws -> Journal {
        try await Journal.open(JournalSettings(folder: folder.file("journal")))
    }

    @Test(arguments: StoreFixture.kinds)
    func everyRecordIsAppliedOnceInOrder(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let folder = try TemporaryFolder()
            let journal = try await Self.journal(folder)
            try await Self.carry(journal, to: store) { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for key in 0..<5 {
                        group.addTask {
                            for number in 0..<40 {
                                _ = try await journal.append(
                                    JournalEntry(kind: "add", key: "key \(key)", payload: [UInt8(number)]))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                await journal.drained()
            }
            let expected = (0..<40).map { ",\($0)" }.joined()
            let notes = try await Self.notes(store)
            #expect(notes.count == 5 && notes.values.allSatisfy { $0 == expected })
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aCommitThatWasNotHeardOfIsNotMadeTwice(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let folder = try TemporaryFolder()
            let random = Mutex(SeededRandom(seed: 11))
            let clock = ManualClock()
            let faulty = FaultyStore(inner: store) {
                random.withLock { random in
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: .unheard
                    case 1:
                        .refused(
                            [.unavailable("gone"), .timedOut(.seconds(1)), .diskFull, .busy].randomElement(
                                using: &random) ?? .busy)
                    default: .none
                    }
                }
            }
            var settings = WriteBehindSettings()
            settings.batchRows = 3
            let journal = try await Self.journal(folder)
            try await Self.carry(journal, to: faulty, settings: settings, time: clock) { _ in
                for number in 0..<100 {
                    _ = try await journal.append(JournalEntry(kind: "add", key: "key", payload: [UInt8(number)]))
                }
                let drained = Task { await journal.drained() }
                let isDone = Mutex(false)
                let watch = Task {
                    await drained.value
                    isDone.withLock { $0 = true }
                }
                // The waits after failures are on the clock of the test.
                while !isDone.withLock({ $0 }) {
                    await clock.advance(by: .seconds(11))
                    await Task.yield()
                }
                await watch.value
            }
            #expect(try await Self.notes(store) == ["key": (0..<100).map { ",\($0)" }.joined()])
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func poisonIsParkedWithItsKeyAndTheOthersGoOn(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let folder = try TemporaryFolder()
            let journal = try await Self.journal(folder)
            var expected = 0
            for number in 0..<60 {
                let kind = number == 20 ? "break" : number == 30 ? "throw" : number == 40 ? "unknown" : "put"
                let key = number % 20 == 0 || number == 30 ? "poison \(number / 10)" : "key \(number)"
                expected += kind == "put" && key.hasPrefix("key") ? 1 : 0
                _ = try await journal.append(JournalEntry(kind: kind, key: key, payload: Array("\(number)".utf8)))
            }
            // Behind a parked record its key stands still.
            _ = try await journal.append(JournalEntry(kind: "put", key: "poison 2", payload: Array("late".utf8)))
            let parked = try await Self.carry(journal, to: store) { carrier in
                await journal.drained()
                return try await carrier.parked()
            }
            #expect(parked.map(\.record.key) == ["poison 2", "poison 3", "poison 4", "poison 2"])
            #expect(parked.allSatisfy { !$0.reason.isEmpty })
            // “poison 0” is an ordinary key of this test.
            #expect(try await Self.notes(store).count == expected + 1)

            // After a start the key is still parked; mended, it is applied in order.
            let again = try await Self.journal(folder)
            var mended = Self.appliers
            mended["break"] = mended["put"]
            let carrier = WriteBehind(again, to: store, appliers: mended)
            let task = Task { await carrier.run() }
            _ = try await again.append(JournalEntry(kind: "put", key: "poison 2", payload: Array("latest".utf8)))
            await again.drained()
            #expect(try await carrier.parked().count == 5)
            #expect(try await carrier.retryParked(key: "poison 2") == 3)
            #expect(try await carrier.parked().map(\.record.key) == ["poison 3", "poison 4"])
            _ = try await again.append(JournalEntry(kind: "put", key: "poison 2", payload: Array("free".utf8)))
            await again.drained()
            #expect(try await Self.notes(store)["poison 2"] == "free")
            task.cancel()
            await task.value
        }
    }

    @Test
    func whatIsNotAppliedIsThereAfterAStart() async throws {
        try await StoreFixture.withTables(.sqlite) { store in
            let folder = try TemporaryFolder()
            let clock = ManualClock()
            let away = FaultyStore(inner: store) { .refused(.unavailable("away")) }
            let journal = try await Self.journal(folder)
            for number in 0..<50 {
                _ = try await journal.append(JournalEntry(kind: "add", key: "key", payload: [UInt8(number)]))
            }
            await #expect(throws: StoreError.journalInUse) { try await Self.journal(folder) }
            let carrier = WriteBehind(journal, to: away, appliers: Self.appliers, time: clock)
            let task = Task { await carrier.run() }
            await clock.waitForSleepers(1)
            #expect(journal.statistics.pending == 50)
            task.cancel()
            // The last round waits on the clock too; its limit ends it.
            await clock.waitForSleepers(1)
            await clock.advance(by: .seconds(60))
            await task.value
            await #expect(throws: StoreError.closed) {
                try await journal.append(JournalEntry(kind: "add", key: "key", payload: []))
            }
            let again = try await Self.journal(folder)
            #expect(again.identity == journal.identity && again.statistics.pending == 50)
            try await Self.carry(again, to: store) { _ in await again.drained() }
            #expect(try await Self.notes(store) == ["key": (0..<50).map { ",\($0)" }.joined()])
        }
    }

    @Test
    func aFullJournalHoldsBackByUrgency() async throws {
        let folder = try TemporaryFolder()
        var settings = JournalSettings(folder: folder.file("journal"))
        settings.mostPending = 10
        let journal = try await Journal.open(settings)
        let entry = JournalEntry(kind: "put", key: "key", payload: [1])
        for _ in 0..<10 { _ = try await journal.append(entry, urgency: .droppable) }
        await #expect(throws: StoreError.journalFull) { try await journal.append(entry, urgency: .droppable) }
        // Results are still taken, to twice the bound.
        for _ in 0..<10 { _ = try await journal.append(entry, urgency: .essential) }
        let waiting = Task { try await journal.append(entry, urgency: .ordinary) }
        let essential = Task { try await journal.append(entry, urgency: .essential) }
        let cancelled = Task { try await journal.append(entry, urgency: .ordinary) }
        cancelled.cancel()
        await #expect(throws: StoreError.cancelled) { try await cancelled.value }
        #expect(journal.statistics.pending == 20)
        // Room: both go on by themselves.
        journal.applied(through: 15)
        #expect(try await Set([waiting.value, essential.value]) == [21, 22])
        await journal.close()
    }

    @Test
    func oneSyncServesManyAppends() async throws {
        let disk = PaperDisk()
        let journal = try await Journal.open(JournalSettings(folder: "/journal"), files: disk)
        let numbers = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for number in 0..<500 {
                group.addTask {
                    try await journal.append(JournalEntry(kind: "k", key: "\(number)", payload: []))
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers == Set(1...500))
        #expect(journal.statistics.acknowledged == 500)
        #expect(journal.statistics.syncs <= 500)
        await journal.close()
    }

    @Test
    func afterAFailedSyncNothingIsAcknowledged() async throws {
        let disk = PaperDisk()
        let journal = try await Journal.open(JournalSettings(folder: "/journal"), files: disk)
        let entry = JournalEntry(kind: "k", key: "k", payload: [])
        _ = try await journal.append(entry)
        #expect(journal.statistics.isHealthy)
        disk.adjust { $0.failingSync = $0.syncs + 1 }
        for _ in 0..<3 {
            await #expect(throws: StoreError.journalFailed("fdatasync, errno 5")) { try await journal.append(entry) }
        }
        #expect(!journal.statistics.isHealthy)
        await journal.close()
        let again = try await Journal.open(JournalSettings(folder: "/journal"), files: disk.afterPowerCut(seed: 1))
        #expect(again.statistics.pending == 1)
        await again.close()
    }

    @Test
    func hostileEntriesAreBounded() async throws {
        let folder = try TemporaryFolder()
        let journal = try await Self.journal(folder)
        let large = JournalEntry(kind: "k", key: "k", payload: [UInt8](repeating: 0, count: (1 << 20) + 1))
        await #expect(throws: StoreError.self) { try await journal.append(large) }
        let named = JournalEntry(kind: "k", key: String(repeating: "x", count: 1_025), payload: [])
        await #expect(throws: StoreError.self) { try await journal.append(named) }
        await journal.close()
    }
}
