/// The journal's files: appended to and synced on one thread, recovered when opened.
struct JournalLog: ~Copyable {
    /// The journal's identity, under which databases keep how far it was applied.
    private(set) var identity: [UInt8]
    /// The number of the last record.
    private(set) var last: UInt64

    private let settings: JournalSettings
    private let files: any FileLayer
    private let now: () -> Int64
    private let random: () -> UInt64
    private let lock: any Sendable
    private var closed: [(name: String, last: UInt64)] = []
    private var current: any OpenFile
    private var currentName: String
    private var head: JournalCoding.Head
    private var size: Int
    /// The number of the last record in a file; less than `last` after a skip.
    private var lastRecorded: UInt64
    private var acknowledged: UInt64
    private var failure: StoreError?

    /// Opens the folder; the records found are given to `recovered`, oldest first.
    init(
        _ settings: JournalSettings, files: any FileLayer, now: @escaping () -> Int64, random: @escaping () -> UInt64,
        recovered: (JournalRecord) -> Void
    ) throws(StoreError) {
        let lock = try Self.lock(settings, files)
        let found = try JournalRecovery.run(settings, files)
        let identity = found.identity ?? Self.newIdentity(random)
        let head = JournalCoding.Head(
            identity: identity, first: found.last + 1, previousLast: found.lastRecorded, salt: random())
        let (current, currentName) = try Self.start(head, settings, files)
        for segment in found.segments { for record in segment.records { recovered(record) } }
        self.settings = settings
        self.files = files
        self.now = now
        self.random = random
        self.lock = lock
        self.identity = identity
        self.head = head
        (self.current, self.currentName) = (current, currentName)
        last = found.last
        lastRecorded = found.lastRecorded
        acknowledged = found.last
        closed = found.segments.map { ($0.name, $0.last) }
        size = JournalCoding.headBytes
    }

    /// Why the journal takes nothing more; nil while it does.
    var failed: StoreError? { failure }

    /// Writes entries behind each other and syncs once; when this returns they survive a power cut.
    ///
    /// A full disk leaves the journal as it was before. A failed sync ends it: the system may have dropped what it could
    /// not write, and the next sync would not tell (core notes 4.2).
    mutating func append(_ entries: [JournalEntry]) throws(StoreError) -> [JournalRecord] {
        if let failure { throw failure }
        if size >= settings.segmentBytes { try rotate(first: last + 1) }
        let time = now()
        var records: [JournalRecord] = []
        var bytes: [UInt8] = []
        let seed = head.seed
        for entry in entries {
            let record = JournalRecord(sequence: last + UInt64(records.count) + 1, recordedAt: time, entry: entry)
            JournalCoding.append(record, acknowledged: acknowledged, seed: seed, to: &bytes)
            records.append(record)
        }
        do throws(FileFailure) {
            try current.write(bytes, at: size)
        } catch {
            try takeBack(error)
        }
        do throws(FileFailure) {
            try current.sync()
        } catch {
            throw fail("\(error.call), errno \(error.code)")
        }
        size += bytes.count
        last += UInt64(records.count)
        lastRecorded = last
        acknowledged = last
        return records
    }

    /// Goes on behind `sequence`, when a database has seen records that this journal does not know any more.
    mutating func skip(past sequence: UInt64) throws(StoreError) {
        guard sequence > last else { return }
        try rotate(first: sequence + 1)
        last = sequence
        acknowledged = sequence
    }

    /// Removes files whose records are all applied, up to `sequence`.
    mutating func trim(through sequence: UInt64) {
        while let oldest = closed.first, oldest.last <= sequence {
            do {
                try files.remove(settings.folder + "/" + oldest.name)
                // One after the other also on the disk: a file missing between two others would pass for damage.
                try files.syncFolder(settings.folder)
            } catch {
                // What cannot be removed now is removed after the next start: its records are applied.
                return
            }
            closed.removeFirst()
        }
    }

    private mutating func rotate(first: UInt64) throws(StoreError) {
        let next = JournalCoding.Head(identity: identity, first: first, previousLast: lastRecorded, salt: random())
        let started = try Self.start(next, settings, files)
        closed.append((currentName, last))
        (current, currentName) = started
        head = next
        size = JournalCoding.headBytes
    }

    /// After a failed write: the file ends again where it ended, or the journal is over.
    private mutating func takeBack(_ failure: FileFailure) throws(StoreError) {
        guard case .diskFull = StoreError(failure) else { throw fail("\(failure.call), errno \(failure.code)") }
        do throws(FileFailure) {
            try current.truncate(to: size)
            try current.sync()
        } catch {
            throw fail("\(error.call), errno \(error.code)")
        }
        throw .diskFull
    }

    private mutating func fail(_ words: String) -> StoreError {
        let error = StoreError.journalFailed(words)
        failure = error
        return error
    }

    private static func lock(
        _ settings: JournalSettings, _ files: any FileLayer
    ) throws(StoreError) -> any Sendable {
        do throws(FileFailure) {
            try files.makeFolder(settings.folder)
            if let lock = try files.lock(settings.folder + "/lock") { return lock }
        } catch {
            throw StoreError(error)
        }
        throw .journalInUse
    }

    private static func start(
        _ head: JournalCoding.Head, _ settings: JournalSettings, _ files: any FileLayer
    ) throws(StoreError) -> (any OpenFile, String) {
        let name = JournalRecovery.name(first: head.first)
        let path = settings.folder + "/" + name
        do throws(FileFailure) {
            let file = try files.open(path, creating: true)
            do throws(FileFailure) {
                try file.truncate(to: 0)
                try file.write(JournalCoding.encode(head), at: 0)
                try file.sync()
                try files.syncFolder(settings.folder)
            } catch {
                try? files.remove(path)
                throw error
            }
            return (file, name)
        } catch {
            throw StoreError(error)
        }
    }

    private static func newIdentity(_ random: () -> UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        ValueCoding.append(random(), to: &bytes)
        ValueCoding.append(random(), to: &bytes)
        return bytes
    }
}
