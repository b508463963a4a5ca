import FoundationEssentials
import Glibc

/// An append-only file of checksummed records with an index in memory. Blocking: for one thread.
///
/// Damage costs the records it hit: reading goes on at the next whole one. Nothing is flushed to the disk by force, since
/// what a power cut takes can be loaded again.
struct CacheFile: ~Copyable {
    private struct Location {
        var offset: Int
        var length: Int
    }

    /// What opening a file found.
    struct Findings: Sendable, Equatable {
        /// Entries that are there.
        var entries = 0
        /// Bytes that belonged to no whole record.
        var damagedBytes = 0
    }

    private static let header = Array("BLCACHE1".utf8)

    private let path: String
    private let entryLimit: Int
    private let byteLimit: Int
    private var descriptor: Int32
    private var end: Int
    private var index: [[UInt8]: Location] = [:]
    private var liveBytes = 0
    /// Keys with their offsets in the order written; those whose offset is not the index's are void.
    private var order: ArraySlice<(key: [UInt8], offset: Int)> = []

    /// What was found when the file was opened.
    private(set) var findings = Findings()

    /// Opens or makes the file; at most `entries` entries of `bytes` bytes together are kept, the oldest go first.
    init(path: String, entries: Int, bytes: Int) throws(CacheError) {
        self.path = path
        entryLimit = max(1, entries)
        byteLimit = min(max(1, bytes), 1 << 40)
        descriptor = -1
        end = 0
        try load()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// How many entries there are.
    var count: Int { index.count }

    /// The length of the file in bytes.
    var fileBytes: Int { end }

    /// The undamaged entry of a key.
    mutating func read(_ key: [UInt8]) throws(CacheError) -> PersistedEntry? {
        guard let location = index[key] else { return nil }
        guard let found = CacheRecord.read(try bytes(at: location)[...]), found.record.key == key else {
            // Damaged since: gone.
            forget(key)
            return nil
        }
        return found.record.entry
    }

    /// Appends entries in one write.
    mutating func write(_ entries: [PersistedEntry]) throws(CacheError) {
        var batch: [UInt8] = []
        var added: [(key: [UInt8], location: Location)] = []
        for entry in entries {
            guard entry.key.count <= CacheRecord.longestKey,
                entry.value.count <= min(CacheRecord.largestValue, byteLimit)
            else { throw .tooLarge(bytes: entry.value.count) }
            let record = CacheRecord(key: entry.key, entry: entry).bytes
            added.append((entry.key, Location(offset: end + batch.count, length: record.count)))
            batch += record
        }
        try append(batch)
        for (key, location) in added { note(key, location) }
        try keepWithinBounds()
    }

    /// Forgets keys, also after a restart.
    mutating func remove(_ keys: [[UInt8]]) throws(CacheError) {
        var batch: [UInt8] = []
        for key in keys where index[key] != nil {
            batch += CacheRecord(key: key, entry: nil).bytes
            forget(key)
        }
        try append(batch)
        try keepWithinBounds()
    }

    private mutating func load() throws(CacheError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .file(call: "open", code: errno) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        // What could not have been written under these bounds is not ours, or from other days: begin anew.
        let whole = size <= byteLimit * 4 + Self.slack * 2 ? try bytes(at: Location(offset: 0, length: size)) : []
        guard whole.starts(with: Self.header) else {
            findings.damagedBytes = size
            guard ftruncate(descriptor, 0) == 0 else { throw .file(call: "ftruncate", code: errno) }
            end = 0
            return try append(Self.header)
        }
        var position = Self.header.count
        while position < whole.count {
            guard let (record, length) = CacheRecord.read(whole[position...]) else {
                position += 1
                findings.damagedBytes += 1
                continue
            }
            if record.entry == nil {
                forget(record.key)
            } else {
                note(record.key, Location(offset: position, length: length))
            }
            position += length
        }
        end = whole.count
        findings.entries = index.count
        try keepWithinBounds()
    }

    private mutating func note(_ key: [UInt8], _ location: Location) {
        forget(key)
        index[key] = location
        liveBytes += location.length
        order.append((key, location.offset))
    }

    private mutating func forget(_ key: [UInt8]) {
        if let location = index.removeValue(forKey: key) { liveBytes -= location.length }
    }

    private mutating func keepWithinBounds() throws(CacheError) {
        while index.count > entryLimit || liveBytes > byteLimit, let oldest = order.popFirst() {
            if index[oldest.key]?.offset == oldest.offset { forget(oldest.key) }
        }
        if end > byteLimit * 2 + Self.slack {
            try compact()
        } else if order.count > 1024 + index.count * 2 {
            order = ArraySlice(order.filter { index[$0.key]?.offset == $0.offset })
        }
    }

    /// Bytes by which the file may always be longer than what is alive.
    private static let slack = 64 << 10

    /// Writes what is alive into a new file and puts it in the place of the old one.
    private mutating func compact() throws(CacheError) {
        let fresh = path + ".new"
        let target = unsafe open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard target >= 0 else { throw .file(call: "open", code: errno) }
        var moved: [(key: [UInt8], location: Location)] = []
        var batch = Self.header
        var written = 0
        do throws(CacheError) {
            for (key, offset) in order {
                guard let location = index[key], location.offset == offset else { continue }
                moved.append((key, Location(offset: written + batch.count, length: location.length)))
                batch += try bytes(at: location)
                if batch.count > 1 << 20 {
                    try Self.write(batch, to: target, at: written)
                    written += batch.count
                    batch.removeAll(keepingCapacity: true)
                }
            }
            try Self.write(batch, to: target, at: written)
            guard unsafe rename(fresh, path) == 0 else { throw .file(call: "rename", code: errno) }
        } catch {
            close(target)
            throw error
        }
        close(descriptor)
        descriptor = target
        end = written + batch.count
        index = [:]
        order = []
        liveBytes = 0
        for (key, location) in moved { note(key, location) }
    }

    private mutating func append(_ batch: [UInt8]) throws(CacheError) {
        guard !batch.isEmpty else { return }
        try Self.write(batch, to: descriptor, at: end)
        end += batch.count
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, at offset: Int) throws(CacheError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(call: "pwrite", code: errno) }
            done += count
        }
    }

    private func bytes(at location: Location) throws(CacheError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: location.length) { buffer, filled in
            while filled < location.length {
                let count = unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + filled }, location.length - filled,
                    location.offset + filled)
                if count < 0, errno == EINTR { continue }
                if count < 0 { failure = errno }
                guard count > 0 else { return }
                filled += count
            }
        }
        guard failure == 0 else { throw .file(call: "pread", code: failure) }
        return bytes
    }
}
