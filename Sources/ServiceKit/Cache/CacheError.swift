/// Why a cache could not do what it was asked.
public enum CacheError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The caller's time was over before the value was there.
    case deadlineExceeded(Duration)
    /// A system call on the cache's file failed.
    case file(call: String, code: Int32)
    /// The system refuses to start a thread for the cache's file.
    case noThread
    /// What belongs into the persistent tier is larger than it takes.
    case tooLarge(bytes: Int)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .deadlineExceeded(let limit): "the value was not there within \(limit); try again"
        case .file(let call, let code):
            "the cache file could not be used: \(call) failed with error number \(code); check the folder's rights and space"
        case .noThread: "no thread for the cache file could be started; raise the system's limit of threads"
        case .tooLarge(let bytes): "an entry of \(bytes) bytes is too large for the cache file"
        }
    }
}
