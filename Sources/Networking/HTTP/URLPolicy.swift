/// Which addresses a request may reach. The URL is checked before anything is sent, and every socket address again when
/// it is connected, so that neither a spelling, a redirect nor a changing name server gets around it.
public struct URLPolicy: Sendable, Hashable {
    /// Whether private, loopback and other special addresses may be reached.
    public var allowsPrivateAddresses: Bool
    /// Exact `host:port` texts that may be reached although their address is not public (`127.0.0.1:8080`).
    public var allowedPrivateHosts: Set<String>

    /// For addresses given by users: http and https, public addresses, no user info, no ports of other services.
    public static let publicInternet = URLPolicy(allowsPrivateAddresses: false)
    /// For addresses from our own configuration: http and https to anywhere.
    public static let any = URLPolicy(allowsPrivateAddresses: true)

    /// A policy of its own.
    public init(allowsPrivateAddresses: Bool, allowedPrivateHosts: Set<String> = []) {
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.allowedPrivateHosts = allowedPrivateHosts
    }

    /// Checks everything that the text alone tells: scheme, user info, port, and the host when it is a number or a local
    /// name. What a name resolves to is checked when the connection is made.
    public func check(_ url: String) throws(NetworkError) {
        try check(ParsedURL(url))
    }

    /// Checks a URL already taken apart.
    public func check(_ url: ParsedURL) throws(NetworkError) {
        guard url.scheme == "http" || url.scheme == "https" else {
            throw .forbidden("only http and https addresses are fetched")
        }
        guard !allowsEverything(at: url) else { return }
        guard !url.hasUserInfo else { throw .forbidden("addresses with a user name or password are not fetched") }
        guard !Self.otherServices.contains(url.port), url.port > 0 else {
            throw .forbidden("the port belongs to another service")
        }
        if let address = IPAddress(url.host) {
            guard address.isPublic else { throw .forbidden("it is in a private or reserved network") }
        } else {
            guard !Self.isLocalName(url.host) else { throw .forbidden("it names a private network") }
        }
    }

    /// Whether a connection to `address` is allowed for a URL that is no exception.
    public func allows(_ address: IPAddress) -> Bool {
        allowsPrivateAddresses || address.isPublic
    }

    /// Whether `url` may resolve to any address: the policy is open, or the URL is an exception.
    public func allowsEverything(at url: ParsedURL) -> Bool {
        allowsPrivateAddresses || allowedPrivateHosts.contains(url.authority)
    }

    /// Names that never belong to the public internet (RFC 6761, RFC 8375, and names without a dot).
    private static func isLocalName(_ host: String) -> Bool {
        guard host.contains("."), !host.contains("%"), !host.contains(":") else { return true }
        return [".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet", ".corp", ".home"]
            .contains { host.hasSuffix($0) }
    }

    /// Ports of services that could be tricked by an HTTP request, as browsers refuse them (Fetch Standard, "bad port").
    private static let otherServices: Set<Int> = [
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110,
        111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
        532,
        540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190,
        5060,
        5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
    ]
}
