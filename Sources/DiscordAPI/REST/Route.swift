public import Networking

/// One endpoint with its parameters filled in.
public struct Route: Sendable, Hashable {
    /// The method.
    public var method: HTTPMethod
    /// The path below the base URL, with the query, percent-encoded.
    public var path: String
    /// What the rate limiter knows it by.
    public var limit: RateLimitRoute

    /// Fills the `{…}` places of `template` with `parameters` in order; `major` is the top-level resource among them.
    public init(
        _ method: HTTPMethod, _ template: String, _ parameters: [String] = [], major: String = "",
        query: [(String, String?)] = [], isInteraction: Bool = false
    ) {
        self.method = method
        var rest = parameters[...]
        path = template.split(separator: "/").reduce(into: "") { path, part in
            path += "/" + (part.hasPrefix("{") ? Self.encoded(rest.popFirst() ?? "") : String(part))
        }
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(Self.encoded($0))" } }
        if !pairs.isEmpty { path += "?" + pairs.joined(separator: "&") }
        limit = RateLimitRoute("\(method.rawValue) \(template)", major: major, isInteraction: isInteraction)
    }

    /// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += (byte < 16 ? "%0" : "%") + digits
            }
        }
        // A parameter must stay one path segment.
        return result == "." ? "%2E" : result == ".." ? "%2E%2E" : result
    }
}
