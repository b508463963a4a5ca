/// How one request is treated.
public struct RequestOptions: Sendable, Hashable {
    /// Who waits for it.
    public var priority: RequestPriority
    /// How long it may take in all: waiting for its turn, tries and answers.
    public var timeout: Duration
    /// Shown in the guild's audit log, at most 512 characters.
    public var auditLogReason: String?
    /// Whether repeating it does no harm although its method alone does not say so.
    public var isRepeatable: Bool

    /// Options; user-visible and a minute by default.
    public init(
        priority: RequestPriority = .userVisible, timeout: Duration = .seconds(60), auditLogReason: String? = nil,
        isRepeatable: Bool = false
    ) {
        self.priority = priority
        self.timeout = timeout
        self.auditLogReason = auditLogReason
        self.isRepeatable = isRepeatable
    }
}
