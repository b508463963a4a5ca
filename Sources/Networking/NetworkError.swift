/// Why an exchange with another machine failed; no case holds an address, a header or a query of the request.
public enum NetworkError: Error, Sendable, Hashable {
    /// The text is no usable address; the words say what is wrong with it.
    case invalidURL(String)
    /// The request cannot be sent as it is; the words say why.
    case invalidRequest(String)
    /// The URL policy forbids the address; the words say which rule.
    case forbidden(String)
    /// The host name has no address.
    case nameNotResolved
    /// No connection came to be; the words are the system's.
    case connectFailed(String)
    /// TLS failed: certificate, name or handshake.
    case tls(String)
    /// A time limit passed.
    case timedOut(Phase)
    /// The answer is larger than the limit in bytes.
    case tooLarge(limit: Int)
    /// The server redirected more often than allowed.
    case tooManyRedirects(limit: Int)
    /// The peer cut the connection before the message was complete.
    case connectionLost(String)
    /// The peer broke the protocol.
    case protocolViolation(String)
    /// A WebSocket upgrade was refused with this HTTP status.
    case upgradeRefused(status: Int)
    /// The connection, socket or client is closed.
    case closed
    /// The task was cancelled.
    case cancelled
    /// A system call failed: its name and `errno`.
    case system(function: String, code: Int32)
    /// A library call failed: its name, code and words.
    case library(function: String, code: Int, words: String)

    /// What took too long.
    public enum Phase: String, Sendable, Hashable {
        /// Resolving, connecting and the TLS handshake.
        case connect
        /// The whole exchange.
        case whole
        /// Too few bytes for too long.
        case stalled
    }
}

extension NetworkError: CustomStringConvertible {
    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .invalidURL(let words): "the address is not valid (\(words)); check its spelling"
        case .invalidRequest(let words): "the request cannot be sent (\(words))"
        case .forbidden(let words): "the address is not allowed: \(words)"
        case .nameNotResolved: "the host name has no address; check its spelling and the name server"
        case .connectFailed(let words): "no connection (\(words)); check that the server is up and reachable"
        case .tls(let words): "TLS failed (\(words)); check the certificate and the certificate authority file"
        case .timedOut(.connect): "connecting took too long; the server may be down, try again later"
        case .timedOut(.whole): "the exchange took longer than its limit; try again later"
        case .timedOut(.stalled): "the server stopped sending; try again later"
        case .tooLarge(let limit): "the answer is larger than the limit of \(limit) bytes"
        case .tooManyRedirects(let limit): "the server redirected more than \(limit) times"
        case .connectionLost(let words): "the connection broke off (\(words)); try again"
        case .protocolViolation(let words): "the peer broke the protocol (\(words))"
        case .upgradeRefused(let status): "the server refused the WebSocket with HTTP status \(status)"
        case .closed: "the connection is closed"
        case .cancelled: "the operation was cancelled"
        case .system(let function, let code): "\(function) failed with errno \(code)"
        case .library(let function, let code, let words): "\(function) failed with code \(code) (\(words))"
        }
    }
}
