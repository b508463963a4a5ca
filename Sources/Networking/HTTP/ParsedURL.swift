internal import CCurl

/// A URL taken apart by libcurl, the same reader that later connects, so that nothing is understood in two ways.
public struct ParsedURL: Sendable, Hashable {
    /// The whole URL, normalised (numeric hosts in any spelling become four decimal parts).
    public let text: String
    /// The scheme in lower case.
    public let scheme: String
    /// The host in lower case, IPv6 without brackets and zone, without the final dot.
    public let host: String
    /// The port, the scheme's default when none was given.
    public let port: Int
    /// The path with the query, as a request line has it.
    public let target: String
    /// Whether a user or password stands before the host.
    public let hasUserInfo: Bool

    /// Takes `text` apart; any scheme with an authority is read, which of them may be fetched is the policy's question.
    public init(_ text: String) throws(NetworkError) {
        try self.init(text, relativeTo: nil)
    }

    /// Reads `reference`, as a Location header has it, against this URL (RFC 3986 section 5).
    public func resolving(_ reference: String) throws(NetworkError) -> ParsedURL {
        try ParsedURL(reference, relativeTo: text)
    }

    /// The host and port, as the exceptions of a `URLPolicy` name them (`127.0.0.1:8080`, `[::1]:80`).
    public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether `other` has the same scheme, host and port.
    public func sameOrigin(as other: ParsedURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    private init(_ text: String, relativeTo base: String?) throws(NetworkError) {
        guard text.utf8.count <= 8192 else { throw .invalidURL("it is longer than 8192 bytes") }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }) else {
            throw .invalidURL("it has a backslash or a control character")
        }
        guard let handle = unsafe curl_url() else { throw .library(function: "curl_url", code: 0, words: "no memory") }
        defer { unsafe curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE)
        for part in [base, text].compactMap(\.self) {
            let code = unsafe curl_url_set(handle, CURLUPART_URL, part, flags)
            guard code == CURLUE_OK else { throw .invalidURL(unsafe String(cString: curl_url_strerror(code))) }
        }
        func part(_ which: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, which, &value, UInt32(flags)) == CURLUE_OK, let value = unsafe value
            else {
                return nil
            }
            defer { unsafe curl_free(value) }
            return unsafe String(cString: value)
        }
        if part(CURLUPART_SCHEME) == "file" { throw .forbidden("only http and https addresses are fetched") }
        guard let whole = part(CURLUPART_URL), let scheme = part(CURLUPART_SCHEME), var host = part(CURLUPART_HOST),
            !host.isEmpty
        else { throw .invalidURL("it has no host") }
        // An escaped digit is resolved after numeric hosts are: who reads the result again would see another host.
        guard Self.host(of: whole, flags) == host else { throw .invalidURL("its host is written with escapes") }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.hasSuffix(".") { host.removeLast() }
        guard !host.isEmpty else { throw .invalidURL("it has no host") }
        let fallback = ["http": 80, "ws": 80, "https": 443, "wss": 443][scheme.lowercased()] ?? 0
        self.text = whole
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        port = part(CURLUPART_PORT).flatMap { Int($0) } ?? fallback
        target = (part(CURLUPART_PATH) ?? "/") + (part(CURLUPART_QUERY).map { "?" + $0 } ?? "")
        hasUserInfo = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
    }

    /// The host as libcurl reads it from a whole URL.
    private static func host(of url: String, _ flags: UInt32) -> String? {
        guard let handle = unsafe curl_url() else { return nil }
        defer { unsafe curl_url_cleanup(handle) }
        var host: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK,
            unsafe curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK, let host = unsafe host
        else { return nil }
        defer { unsafe curl_free(host) }
        return unsafe String(cString: host)
    }
}
