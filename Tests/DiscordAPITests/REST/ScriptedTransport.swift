import Networking
import Synchronization

/// A server in memory that answers from a script and remembers what it was asked.
final class ScriptedTransport: HTTPTransport {
    private let seen = Mutex<[HTTPRequest]>([])
    private let script: @Sendable (Int, HTTPRequest) async throws(NetworkError) -> HTTPResponse

    /// `script` gets the number of the request, from 0.
    init(_ script: @escaping @Sendable (Int, HTTPRequest) async throws(NetworkError) -> HTTPResponse) {
        self.script = script
    }

    /// Answers one after the other, then the last one again and again.
    convenience init(_ answers: [HTTPResponse]) {
        self.init { (index, _) throws(NetworkError) in answers[min(index, answers.count - 1)] }
    }

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(NetworkError) -> HTTPResponse {
        let index = seen.withLock { seen in
            seen.append(request)
            return seen.count - 1
        }
        return try await script(index, request)
    }
}

extension HTTPResponse {
    /// An answer as Discord sends it.
    static func discord(_ status: Int, _ body: String = "", _ headers: [(String, String)] = []) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: HTTPHeaders([("Via", "1.1 google"), ("Content-Type", "application/json")] + headers),
            body: Array(body.utf8))
    }

    /// A rate limit refusal.
    static func limited(_ seconds: Double, _ headers: [(String, String)] = [], isGlobal: Bool = false) -> HTTPResponse {
        discord(429, "{\"message\":\"limited\",\"retry_after\":\(seconds),\"global\":\(isGlobal)}", headers)
    }
}
