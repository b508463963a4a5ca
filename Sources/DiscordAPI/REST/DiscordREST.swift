internal import DiscordModel
public import Networking
public import ServiceKit
internal import Synchronization

/// Discord's REST interface, version 10: requests under the rate limits, with retries where they do no harm.
public final class DiscordREST: Sendable {
    private let authorization: String
    private let baseURL: String
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let logger: Logger
    private let gate: RateLimitGate

    /// How Discord wants clients to name themselves (2.1).
    static let userAgent = "DiscordBot (https://backline.example, 1.0) Backline"
    /// The most times one request is sent.
    private static let maximumTries = 5
    /// The longest wait for one answer.
    private static let answerTimeout = Duration.seconds(30)

    /// A client for one bot.
    public init(
        token: String, baseURL: String = "https://discord.com/api/v10", transport: any HTTPTransport,
        time: any TimeSource = SystemTime.shared, logger: Logger = Logger("rest"), limiter: RateLimiter = RateLimiter()
    ) {
        Logger.redact(token)
        authorization = token.isEmpty ? "" : "Bot \(token)"
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.transport = transport
        self.time = time
        self.logger = logger
        gate = RateLimitGate(limiter, time: time)
    }

    /// Sends a request and reads its answer.
    public func send<Value: Decodable>(
        _ route: Route, body: RequestBody = .none, options: RequestOptions = RequestOptions()
    ) async throws(DiscordError) -> Value {
        let response = try await perform(route, body: body, options: options)
        do {
            return try JSON.decode(Value.self, from: response.body)
        } catch {
            throw .unreadable(error)
        }
    }

    /// Sends a request whose answer has no body, or one that the caller reads.
    @discardableResult
    public func perform(
        _ route: Route, body: RequestBody = .none, options: RequestOptions = RequestOptions()
    ) async throws(DiscordError) -> HTTPResponse {
        let start = time.now
        let deadline = start + options.timeout
        let isRepeatable = route.method != .post || options.isRepeatable
        var request = request(route, body, options)
        var backoff = Backoff(base: .milliseconds(500), maximum: .seconds(8))
        var wasLost = false
        var tries = 0
        while true {
            let permit = try await gate.permit(
                route.limit, priority: options.priority, deadline: deadline, since: start)
            tries += 1
            request.timeout = max(.milliseconds(100), min(Self.answerTimeout, deadline - time.now))
            let problem: DiscordError
            switch await attempt(request) {
            case .success(let response):
                let answer = RateLimitAnswer(response)
                gate.settle(permit, .answered(answer))
                switch verdict(response, answer, route, wasLost: wasLost) {
                case .success: return response
                case .failure(let error): throw error
                case .again:
                    guard tries < Self.maximumTries * 2 else {
                        throw .rateLimited(retryAfter: answer.retryAfter ?? .seconds(1))
                    }
                    continue
                case .later: problem = .unavailable(status: response.status)
                }
                guard isRepeatable else { throw problem }
            case .failure(let error):
                let left = error.requestMayHaveLeft
                gate.settle(permit, left ? .lost : .notSent)
                guard error != .cancelled else { throw .cancelled }
                problem = .network(error)
                guard error.isWorthRetrying, isRepeatable || !left else { throw problem }
                wasLost = wasLost || left
            }
            guard tries < Self.maximumTries else { throw problem }
            var random = SystemRandomNumberGenerator()
            let pause = backoff.next(using: &random)
            guard time.now + pause < deadline else { throw problem }
            logger.debug("retrying", ["route": route.limit.name, "try": "\(tries)", "after": "\(problem)"])
            do {
                try await time.sleep(for: pause)
            } catch {
                throw .cancelled
            }
        }
    }

    private func attempt(_ request: HTTPRequest) async -> Result<HTTPResponse, NetworkError> {
        do {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    private func request(_ route: Route, _ body: RequestBody, _ options: RequestOptions) -> HTTPRequest {
        var request = HTTPRequest(route.method, baseURL + route.path)
        request.policy = .any
        request.maximumRedirects = 0
        request.body = body.bytes
        request.headers["User-Agent"] = Self.userAgent
        if let type = body.contentType { request.headers["Content-Type"] = type }
        if !route.limit.isInteraction, !authorization.isEmpty { request.headers["Authorization"] = authorization }
        if let reason = options.auditLogReason {
            request.headers["X-Audit-Log-Reason"] = Route.encoded(String(reason.prefix(512)))
        }
        return request
    }

    private enum Verdict {
        case success
        case failure(DiscordError)
        /// The rate limiter says when.
        case again
        /// The server has a problem of its own.
        case later
    }

    private func verdict(
        _ response: HTTPResponse, _ answer: RateLimitAnswer, _ route: Route, wasLost: Bool
    ) -> Verdict {
        switch response.status {
        case 200..<300: return .success
        case _ where answer.isFromShield, 429:
            logger.warning(
                answer.isFromShield ? "Discord's protection refuses this address for a while" : "rate limited",
                [
                    "route": route.limit.name, "scope": "\(answer.scope)",
                    "retry_after": "\((answer.retryAfter ?? .zero) / .seconds(1))",
                ])
            return .again
        case 401 where !route.limit.isInteraction: return .failure(.tokenRejected)
        // The first try did its work, only its answer was lost.
        case 404 where wasLost && route.method == .delete: return .success
        case 500...: return .later
        default: return .failure(.refused(DiscordError.Refusal(response)))
        }
    }
}

extension NetworkError {
    /// Whether the request may have reached the server.
    fileprivate var requestMayHaveLeft: Bool {
        switch self {
        case .invalidURL, .invalidRequest, .forbidden, .nameNotResolved, .connectFailed, .tls, .timedOut(.connect),
            .closed:
            false
        default: true
        }
    }

    /// Whether another try may go better.
    fileprivate var isWorthRetrying: Bool {
        switch self {
        case .nameNotResolved, .connectFailed, .timedOut, .connectionLost, .protocolViolation, .library, .system: true
        default: false
        }
    }
}
