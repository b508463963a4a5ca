/// Where the bytes of a song come from.
public enum MediaSource: Sendable, Hashable, Codable {
    /// A regular file; the path comes from our own library, never from a user.
    case file(path: String)
    /// An http or https address, fetched under the policy for public addresses, with extra request headers.
    case http(url: String, headers: [String: String])
}
