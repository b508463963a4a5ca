/// The files of a folder, as the journal needs them: the system's, or a disk of paper whose power can be cut.
public protocol FileLayer: Sendable {
    /// Makes the folder unless it is there.
    func makeFolder(_ path: String) throws(FileFailure)
    /// The names in the folder.
    func list(_ folder: String) throws(FileFailure) -> [String]
    /// Opens a file to read and write; makes it when `creating`.
    func open(_ path: String, creating: Bool) throws(FileFailure) -> any OpenFile
    /// Removes a file.
    func remove(_ path: String) throws(FileFailure)
    /// Makes the folder's entries (files made and removed) survive a power cut.
    func syncFolder(_ path: String) throws(FileFailure)
    /// Takes the lock file, nil when another process has it; held until the result is let go.
    func lock(_ path: String) throws(FileFailure) -> (any Sendable)?
}

/// An open file; closed when it is let go.
public protocol OpenFile: AnyObject, Sendable {
    /// Its length in bytes.
    func size() throws(FileFailure) -> Int
    /// The bytes from `offset` on, fewer at the end.
    func read(at offset: Int, count: Int) throws(FileFailure) -> [UInt8]
    /// Writes all of `bytes`, or throws after an unknown part of them.
    func write(_ bytes: [UInt8], at offset: Int) throws(FileFailure)
    /// Makes it `size` bytes long.
    func truncate(to size: Int) throws(FileFailure)
    /// Makes everything written survive a power cut (fdatasync).
    func sync() throws(FileFailure)
}

/// A system call on a file that failed.
public struct FileFailure: Error, Sendable, Hashable {
    /// Its name.
    public let call: String
    /// The system's error number.
    public let code: Int32

    /// A failure from its parts.
    public init(_ call: String, _ code: Int32) {
        self.call = call
        self.code = code
    }
}
