/// A persistent tier in one file, on a thread of its own.
public actor FileCachePersistence: CachePersistence {
    private let executor: ThreadExecutor
    private var file: CacheFile

    /// The thread that the actor runs on, since files block.
    nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens or makes the file, reading all of it once, on the caller's thread; a damaged one costs the entries that the
    /// damage hit. Keeps at most `entries` entries of `bytes` bytes together; the file may be more than twice as long.
    public init(path: String, entries: Int, bytes: Int) throws(CacheError) {
        file = try CacheFile(path: path, entries: entries, bytes: bytes)
        guard let executor = ThreadExecutor(name: "cache-file") else { throw .noThread }
        self.executor = executor
    }

    /// How many entries there are.
    public var count: Int { file.count }

    /// The length of the file in bytes.
    public var fileBytes: Int { file.fileBytes }

    /// Bytes that belonged to no whole record when the file was opened.
    public var damagedBytes: Int { file.findings.damagedBytes }

    /// The entries of these keys that are there.
    public func read(_ keys: [[UInt8]]) throws(CacheError) -> [PersistedEntry] {
        var entries: [PersistedEntry] = []
        for key in keys { if let entry = try file.read(key) { entries.append(entry) } }
        return entries
    }

    /// Keeps entries, in one write.
    public func write(_ entries: [PersistedEntry]) throws(CacheError) { try file.write(entries) }

    /// Forgets keys.
    public func remove(_ keys: [[UInt8]]) throws(CacheError) { try file.remove(keys) }
}
