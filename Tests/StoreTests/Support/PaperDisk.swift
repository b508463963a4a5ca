import Glibc
import Store
import Synchronization
import TestSupport

/// A disk whose power can be cut at any operation: what was not synced is then lost, kept or torn, as the seed says.
///
/// It is as mean as POSIX allows: files made or removed need the folder's sync, writes and truncations the file's, and
/// each of them survives by itself, in any combination, writes also sector by sector.
final class PaperDisk: FileLayer {
    enum Change { case write(offset: Int, bytes: [UInt8]), truncate(Int) }
    enum Entry { case made(String, Int), removed(String) }

    struct Inode {
        var durable: [UInt8] = []
        var changes: [Change] = []
        var now: [UInt8] = []
    }

    struct State {
        var inodes: [Inode] = []
        var names: [String: Int] = [:]
        var durableNames: [String: Int] = [:]
        var entries: [Entry] = []
        var operations = 0
        var isOff = false
        var cutAt: Int?
        var failingSync: Int?
        var syncs = 0
        var capacity = Int.max
        var syncLies = false
    }

    let state: Mutex<State>

    init(_ start: State = State()) { state = Mutex(start) }

    /// Operations so far that change something.
    var operations: Int { state.withLock { $0.operations } }

    func adjust(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    /// The same disk after the program was killed: the system still has everything in memory.
    func afterKill() -> PaperDisk {
        var next = state.withLock { $0 }
        (next.isOff, next.cutAt, next.operations) = (false, nil, 0)
        return PaperDisk(next)
    }

    /// The disk after a power cut.
    func afterPowerCut(seed: UInt64) -> PaperDisk {
        var random = SeededRandom(seed: seed)
        let old = state.withLock { $0 }
        var names = old.durableNames
        for entry in old.entries where Bool.random(using: &random) {
            switch entry {
            case .made(let name, let inode): names[name] = inode
            case .removed(let name): names[name] = nil
            }
        }
        var next = State()
        for (name, index) in names.sorted(by: { $0.key < $1.key }) {
            var bytes = old.inodes[index].durable
            for change in old.inodes[index].changes { Self.survive(change, &bytes, &random) }
            next.names[name] = next.inodes.count
            next.inodes.append(Inode(durable: bytes, changes: [], now: bytes))
        }
        next.durableNames = next.names
        return PaperDisk(next)
    }

    private static func survive(_ change: Change, _ bytes: inout [UInt8], _ random: inout SeededRandom) {
        switch (change, Int.random(in: 0..<3, using: &random)) {
        case (_, 0): break
        case (.write(let offset, let written), 1):
            // Some sectors of 512 bytes, the last one perhaps in part.
            for start in stride(from: offset / 512 * 512, to: offset + written.count, by: 512) {
                guard Bool.random(using: &random) else { continue }
                let from = max(start, offset)
                let to = min(start + 512, offset + written.count)
                apply(.write(offset: from, bytes: Array(written[from - offset..<to - offset])), &bytes)
            }
        default: apply(change, &bytes)
        }
    }

    private static func apply(_ change: Change, _ bytes: inout [UInt8]) {
        switch change {
        case .write(let offset, let written):
            if bytes.count < offset + written.count {
                bytes += [UInt8](repeating: 0, count: offset + written.count - bytes.count)
            }
            bytes.replaceSubrange(offset..<offset + written.count, with: written)
        case .truncate(let size):
            if size < bytes.count {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes += [UInt8](repeating: 0, count: size - bytes.count)
            }
        }
    }

    /// Counts an operation; throws when the power is off, or goes off now.
    private static func operate(_ state: inout State, _ name: String) throws(FileFailure) {
        if state.isOff { throw FileFailure(name, EIO) }
        state.operations += 1
        if state.operations == state.cutAt { state.isOff = true }
    }

    func makeFolder(_ path: String) {}

    func list(_ folder: String) -> [String] {
        state.withLock { state in state.names.keys.map { String($0.dropFirst(folder.count + 1)) } }
    }

    func open(_ path: String, creating: Bool) throws(FileFailure) -> any OpenFile {
        let index: Int = try state.withLock { state throws(FileFailure) in
            if let index = state.names[path] { return index }
            guard creating else { throw FileFailure("open", ENOENT) }
            try Self.operate(&state, "open")
            state.inodes.append(Inode())
            state.names[path] = state.inodes.count - 1
            state.entries.append(.made(path, state.inodes.count - 1))
            if state.isOff { throw FileFailure("open", EIO) }
            return state.inodes.count - 1
        }
        return PaperFile(self, index)
    }

    func remove(_ path: String) throws(FileFailure) {
        try state.withLock { state throws(FileFailure) in
            try Self.operate(&state, "unlink")
            state.names[path] = nil
            state.entries.append(.removed(path))
            if state.isOff { throw FileFailure("unlink", EIO) }
        }
    }

    func syncFolder(_ path: String) throws(FileFailure) {
        try state.withLock { state throws(FileFailure) in
            try Self.operate(&state, "fsync")
            if state.isOff { throw FileFailure("fsync", EIO) }
            state.durableNames = state.names
            state.entries = []
        }
    }

    func lock(_ path: String) -> (any Sendable)? { true }

    fileprivate func change(_ index: Int, _ change: Change, _ name: String) throws(FileFailure) {
        try state.withLock { state throws(FileFailure) in
            try Self.operate(&state, name)
            var change = change
            var failure: FileFailure?
            if case .write(let offset, let bytes) = change {
                let used = state.names.values.reduce(0) { $0 + state.inodes[$1].now.count }
                let more = max(0, offset + bytes.count - state.inodes[index].now.count)
                let room = max(0, state.capacity - used)
                if more > room {
                    // A full disk takes what fits.
                    change = .write(offset: offset, bytes: Array(bytes.dropLast(more - room)))
                    failure = FileFailure(name, ENOSPC)
                }
            }
            Self.apply(change, &state.inodes[index].now)
            state.inodes[index].changes.append(change)
            if state.isOff { throw FileFailure(name, EIO) }
            if let failure { throw failure }
        }
    }

    fileprivate func sync(_ index: Int) throws(FileFailure) {
        try state.withLock { state throws(FileFailure) in
            try Self.operate(&state, "fdatasync")
            if state.isOff { throw FileFailure("fdatasync", EIO) }
            state.syncs += 1
            if state.syncs == state.failingSync {
                // As Linux does it: what could not be written is dropped, and the next sync says that all is well.
                state.inodes[index].changes = []
                throw FileFailure("fdatasync", EIO)
            }
            if state.syncLies { return }
            state.inodes[index].durable = state.inodes[index].now
            state.inodes[index].changes = []
        }
    }

    fileprivate func bytes(_ index: Int) -> [UInt8] { state.withLock { $0.inodes[index].now } }
}

private final class PaperFile: OpenFile {
    private let disk: PaperDisk
    private let index: Int

    init(_ disk: PaperDisk, _ index: Int) { (self.disk, self.index) = (disk, index) }

    func size() -> Int { disk.bytes(index).count }
    func read(at offset: Int, count: Int) -> [UInt8] { Array(disk.bytes(index).dropFirst(offset).prefix(count)) }
    func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
        try disk.change(index, .write(offset: offset, bytes: bytes), "pwrite")
    }
    func truncate(to size: Int) throws(FileFailure) { try disk.change(index, .truncate(size), "ftruncate") }
    func sync() throws(FileFailure) { try disk.sync(index) }
}
