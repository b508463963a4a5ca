internal import Glibc

/// The files of the system.
public struct SystemFiles: FileLayer {
    /// The files of the system.
    public init() {}

    /// Makes the folder and those above it, for their owner alone.
    public func makeFolder(_ path: String) throws(FileFailure) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let code = errno
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw FileFailure("mkdir", code)
        }
        try makeFolder(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileFailure("mkdir", errno) }
    }

    /// The names in the folder.
    public func list(_ folder: String) throws(FileFailure) -> [String] {
        guard let directory = unsafe opendir(folder) else { throw FileFailure("opendir", errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Opens a file to read and write, for its owner alone.
    public func open(_ path: String, creating: Bool) throws(FileFailure) -> any OpenFile {
        let flags = O_RDWR | O_CLOEXEC | (creating ? O_CREAT : 0)
        let descriptor = unsafe Glibc.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw FileFailure("open", errno) }
        return SystemFile(descriptor)
    }

    /// Removes a file.
    public func remove(_ path: String) throws(FileFailure) {
        guard unsafe unlink(path) == 0 else { throw FileFailure("unlink", errno) }
    }

    /// Gives a file another name, in the place of what has that name.
    func rename(_ path: String, to other: String) throws(FileFailure) {
        guard unsafe Glibc.rename(path, other) == 0 else { throw FileFailure("rename", errno) }
    }

    /// Makes the folder's entries survive a power cut.
    public func syncFolder(_ path: String) throws(FileFailure) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure("open", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFailure("fsync", errno) }
    }

    /// Takes the lock file (flock): the system lets it go when the process ends, however it ends.
    public func lock(_ path: String) throws(FileFailure) -> (any Sendable)? {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure("open", errno) }
        let file = SystemFile(descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw FileFailure("flock", errno)
        }
        return file
    }
}

/// An open file of the system.
final class SystemFile: OpenFile {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func size() throws(FileFailure) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileFailure("fstat", errno) }
        return Int(status.st_size)
    }

    func read(at offset: Int, count: Int) throws(FileFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, count - done, off_t(offset + done))
            }
            if result == 0 { break }
            if result > 0 { done += result } else if errno != EINTR { throw FileFailure("pread", errno) }
        }
        bytes.removeLast(count - done)
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure) {
        var done = 0
        while done < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { buffer in
                unsafe pwrite(
                    descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done, off_t(offset + done))
            }
            if result > 0 { done += result } else if errno != EINTR { throw FileFailure("pwrite", errno) }
        }
    }

    func truncate(to size: Int) throws(FileFailure) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw FileFailure("ftruncate", errno) }
    }

    func sync() throws(FileFailure) {
        guard fdatasync(descriptor) == 0 else { throw FileFailure("fdatasync", errno) }
    }
}

extension StoreError {
    /// A failed call on a file.
    init(_ failure: FileFailure) {
        switch failure.code {
        case ENOSPC, EDQUOT: self = .diskFull
        default: self = .ioFailed("\(failure.call), errno \(failure.code)")
        }
    }
}
