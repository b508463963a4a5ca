/// The HTTP request methods in use.
public enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    /// Read.
    case get = "GET"
    /// Create or act.
    case post = "POST"
    /// Replace.
    case put = "PUT"
    /// Change a part.
    case patch = "PATCH"
    /// Remove.
    case delete = "DELETE"
    /// Read the headers only.
    case head = "HEAD"

    /// Whether sending the same request twice has the effect of sending it once (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool {
        switch self {
        case .get, .put, .delete, .head: true
        case .post, .patch: false
        }
    }
}
