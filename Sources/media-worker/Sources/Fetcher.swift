import MediaPipeline
import Networking

/// What every fetch of the process shares: the HTTP client with its connections.
final class Fetcher: Sendable {
    let client: HTTPClient

    /// A fetcher that trusts the certificate authorities in `certificateAuthorityFile` besides the system's.
    init(certificateAuthorityFile: String?) {
        var configuration = HTTPClientConfiguration(certificateAuthorityFile: certificateAuthorityFile)
        configuration.usesEnvironmentProxies = false
        client = HTTPClient(configuration)
    }

    /// A request for media bytes under the policy of `request`.
    func request(_ url: String, for request: MediaRequest, headers: [String: String]) -> HTTPRequest {
        var policy = URLPolicy.publicInternet
        policy.allowedPrivateHosts = request.allowPrivateNetwork
        var fetch = HTTPRequest(.get, url)
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fetch.headers[name] = value }
        fetch.policy = policy
        fetch.timeout = nil
        fetch.connectTimeout = min(.seconds(10), request.openTimeLimit)
        // Early enough for another connection to take over before the song's own limit.
        fetch.stallTimeout = max(.seconds(2), request.stallTimeLimit / 3)
        fetch.maximumResponseBytes = .max
        fetch.acceptsCompression = false
        return fetch
    }
}

extension MediaError {
    /// The media error of a failed fetch.
    init(_ error: NetworkError) {
        switch error {
        case .invalidURL(let words): self = .forbidden("the address is not valid (\(words))")
        case .forbidden(let words): self = .forbidden(words)
        case .nameNotResolved: self = .unreachable("its name has no address")
        case .connectFailed(let words): self = .unreachable(words)
        case .tls(let words): self = .unreachable("TLS: \(words)")
        case .timedOut(.connect): self = .timedOut("its server does not answer")
        case .timedOut: self = .timedOut("its server stopped sending")
        case .tooManyRedirects: self = .unreachable("too many redirects")
        case .connectionLost(let words): self = .unreachable("the connection broke off: \(words)")
        case .cancelled: self = .closed
        default: self = .unreachable("the exchange failed")
        }
    }
}
