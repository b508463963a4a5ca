/// Reads the journal's folder after a start and puts it in order: what was acknowledged stays, a torn tail goes.
enum JournalRecovery {
    /// What the folder holds.
    struct Found {
        var identity: [UInt8]?
        /// The highest number that was given, or skipped.
        var last: UInt64 = 0
        /// The number of the last record.
        var lastRecorded: UInt64 = 0
        var segments: [(name: String, last: UInt64, records: [JournalRecord])] = []
    }

    /// The name of the file whose first record has this number.
    static func name(first: UInt64) -> String {
        let digits = String(first, radix: 16)
        return prefix + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static let prefix = "segment-"

    static func run(_ settings: JournalSettings, _ files: any FileLayer) throws(StoreError) -> Found {
        do {
            return try read(settings, files)
        } catch let error as StoreError {
            throw error
        } catch {
            throw (error as? FileFailure).map { StoreError($0) } ?? .ioFailed("reading the journal")
        }
    }

    private static func read(_ settings: JournalSettings, _ files: any FileLayer) throws -> Found {
        let names = try files.list(settings.folder).filter { $0.hasPrefix(prefix) && $0.utf8.count == 24 }.sorted()
        var found = Found()
        for (index, name) in names.enumerated() {
            let isLast = index == names.count - 1
            let path = settings.folder + "/" + name
            let file = try files.open(path, creating: false)
            let size = try file.size()
            guard size <= settings.segmentBytes + settings.mostBatchBytes + JournalCoding.headBytes else {
                throw StoreError.damaged("the journal's file \(name) is larger than the journal makes them")
            }
            let bytes = try file.read(at: 0, count: size)
            guard let segment = try JournalSegment(bytes, name: name) else {
                // Made just before the power went: no record can stand behind a head that was not synced.
                guard isLast, size <= JournalCoding.headBytes else {
                    throw StoreError.damaged("the head of the journal's file \(name)")
                }
                try files.remove(path)
                try files.syncFolder(settings.folder)
                continue
            }
            guard found.identity == nil || segment.head.identity == found.identity else {
                throw StoreError.damaged("the journal's file \(name) is of another journal")
            }
            guard found.segments.isEmpty || segment.head.previousLast == found.lastRecorded,
                segment.head.first > found.last
            else { throw StoreError.damaged("a file of the journal before \(name) is missing") }
            if segment.isTorn {
                guard isLast else { throw StoreError.damaged("the end of the journal's file \(name)") }
                try file.truncate(to: segment.end)
            }
            // Also when it is whole: what was read may be in the system's memory only, and will now be relied on.
            if isLast { try file.sync() }
            found.identity = segment.head.identity
            found.last = segment.last
            found.lastRecorded = segment.records.last?.sequence ?? segment.head.previousLast
            // Its name is needed again, for the file of this start.
            if segment.records.isEmpty, isLast { continue }
            found.segments.append((name, segment.last, segment.records))
        }
        return found
    }
}
