/// Builds the address of a gateway connection (1.1).
enum GatewayURL {
    /// Adds the query of version 10; an existing query is replaced.
    static func connection(to base: String, compression: GatewayCompression) -> String {
        var url = String(base.prefix { $0 != "?" && $0 != "#" })
        // A path is needed before the query: `wss://host?…` confuses some servers.
        if let scheme = url.firstRange(of: "://"), !url[scheme.upperBound...].contains("/") { url += "/" }
        url += "?v=10&encoding=json"
        if compression != .none { url += "&compress=\(compression.rawValue)" }
        return url
    }

    /// The address to resume at, unless it would send the token over a weaker connection than the first.
    static func resume(_ resumeURL: String, first: String) -> String {
        if resumeURL.hasPrefix("wss://") { return resumeURL }
        if resumeURL.hasPrefix("ws://"), first.hasPrefix("ws://") { return resumeURL }
        return first
    }
}
