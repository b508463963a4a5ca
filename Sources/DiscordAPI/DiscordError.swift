public import DiscordModel
public import Networking

/// Why something asked of Discord did not happen; no case holds a token or a body that was sent.
public enum DiscordError: Error, Sendable, Hashable {
    /// The network failed, and trying again was not allowed or did not help.
    case network(NetworkError)
    /// Discord refused the request.
    case refused(Refusal)
    /// Discord answered with a server error until the tries were used up.
    case unavailable(status: Int)
    /// A rate limit lasts longer than the request was allowed to wait.
    case rateLimited(retryAfter: Duration)
    /// The request waited in the queue until its deadline.
    case deadlinePassed
    /// More requests wait than the queue holds.
    case queueFull
    /// Discord rejected the bot's token; nothing but interactions is sent until the program starts with another.
    case tokenRejected
    /// So many requests were refused in ten minutes that Discord would soon ban this address.
    case tooManyInvalidRequests(retryAfter: Duration)
    /// The webhook or interaction token is known to be gone.
    case webhookGone
    /// The answer is not what Discord documents.
    case unreadable(ModelError)
    /// The request cannot be written as JSON.
    case unwritable(ModelError)
    /// The gateway cannot do what was asked, or cannot go on.
    case gateway(GatewayFailure)
    /// The task was cancelled.
    case cancelled

    /// The parts of Discord's error answer (2.1).
    public struct Refusal: Sendable, Hashable {
        /// The HTTP status.
        public var status: Int
        /// Discord's error code, 0 when there is none.
        public var code: Int
        /// Discord's words.
        public var message: String
        /// What is wrong with which field.
        public var fields: [FieldError]

        /// A refusal from its parts.
        public init(status: Int, code: Int, message: String, fields: [FieldError] = []) {
            self.status = status
            self.code = code
            self.message = message
            self.fields = fields
        }
    }

    /// One wrong field of a request body.
    public struct FieldError: Sendable, Hashable {
        /// Where it stands, as `embeds[0].description`; empty for the whole body.
        public var path: String
        /// Discord's symbol, such as `BASE_TYPE_REQUIRED`.
        public var code: String
        /// Discord's words.
        public var message: String

        /// A field error from its parts.
        public init(path: String, code: String, message: String) {
            self.path = path
            self.code = code
            self.message = message
        }
    }

    /// Discord's error code when it refused the request (Appendix C).
    public var code: Int? {
        if case .refused(let refusal) = self { refusal.code } else { nil }
    }
}

extension DiscordError: CustomStringConvertible {
    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .network(let error): "Discord could not be reached: \(error)"
        case .refused(let refusal):
            "Discord refused the request (\(refusal.status), code \(refusal.code)): \(refusal.message)"
                + refusal.fields.map { "; \($0.path.isEmpty ? "body" : $0.path): \($0.message)" }.joined()
        case .unavailable(let status): "Discord has a problem of its own (status \(status)); try again later"
        case .rateLimited(let wait):
            "Discord's rate limit does not allow this for another \(wait.components.seconds + 1) s"
        case .deadlinePassed: "Discord was too slow or its rate limits too tight; try again later"
        case .queueFull: "too many requests wait for Discord; send fewer"
        case .tokenRejected: "Discord rejected the bot's token; set a valid one and start again"
        case .tooManyInvalidRequests(let wait):
            "too many requests were refused lately, to avoid a ban no more are sent for \(wait.components.seconds + 1) s"
        case .webhookGone: "the webhook or interaction does not exist any more"
        case .unreadable(let error): "Discord's answer has an unexpected form: \(error)"
        case .unwritable(let error): "the request cannot be written as JSON: \(error)"
        case .gateway(let failure): failure.description
        case .cancelled: "the operation was cancelled"
        }
    }
}
