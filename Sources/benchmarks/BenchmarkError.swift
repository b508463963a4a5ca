/// Why a benchmark could not go on.
enum BenchmarkError: Error, CustomStringConvertible {
    /// A peer ended, or said something else than was expected of it.
    case peer(name: String, String)
    /// A peer did not answer in time.
    case silent(name: String, Duration)
    /// Something that is needed is missing.
    case missing(String)
    /// A system call failed.
    case system(call: String, code: Int32)

    /// What happened and what to do next.
    var description: String {
        switch self {
        case .peer(let name, let words): "\(name) failed: \(words)"
        case .silent(let name, let limit): "\(name) did not answer within \(limit); is the machine too busy?"
        case .missing(let words): words
        case .system(let call, let code): "\(call) failed with error number \(code)"
        }
    }
}
