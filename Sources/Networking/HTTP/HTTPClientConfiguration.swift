/// How an `HTTPClient` connects.
public struct HTTPClientConfiguration: Sendable {
    /// A PEM file whose certificate authorities are trusted besides the system's.
    public var certificateAuthorityFile: String?
    /// The most connections to one host; further transfers wait.
    public var maximumConnectionsPerHost: Int
    /// The most connections in all.
    public var maximumConnections: Int
    /// The User-Agent of requests that set none.
    public var userAgent: String
    /// Whether requests under an open policy (`URLPolicy.any`) to other machines take the proxy that the environment names
    /// (`https_proxy`, `no_proxy` …). Requests for users never do: a proxy would look names up behind the policy's back.
    public var usesEnvironmentProxies: Bool
    /// Addresses to take in place of the name server's, by `host:port`; the URL policy still applies to them.
    public var addressOverrides: [String: String]
    /// How many bytes a body stream holds before the transfer is paused.
    public var streamBufferBytes: Int

    /// The usual configuration: system certificates, 32 connections per host, 256 in all.
    public init(certificateAuthorityFile: String? = nil) {
        self.certificateAuthorityFile = certificateAuthorityFile
        maximumConnectionsPerHost = 32
        maximumConnections = 256
        userAgent = "Backline"
        usesEnvironmentProxies = true
        addressOverrides = [:]
        streamBufferBytes = 256 << 10
    }
}
