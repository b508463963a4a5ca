/// Counts the answers that lead to a ban of this address: 10,000 of 401, 403 and 429 (not shared) in ten minutes (2.2).
struct InvalidRequestGuard: Sendable {
    private var minutes: [(minute: Int64, count: Int)] = []

    /// From here on background requests stop: 20 %.
    static let softLimit = 2_000
    /// From here on everything but interactions stops: 80 %.
    static let hardLimit = 8_000

    /// Notes one such answer.
    mutating func note(_ now: Duration) {
        let minute = now.components.seconds / 60
        prune(minute)
        if minutes.last?.minute == minute {
            minutes[minutes.count - 1].count += 1
        } else {
            minutes.append((minute, 1))
        }
    }

    /// How long a request has to stay away; nil when it may be sent.
    mutating func wait(for priority: RequestPriority, isInteraction: Bool, _ now: Duration) -> Duration? {
        prune(now.components.seconds / 60)
        let limit = priority == .background ? Self.softLimit : Self.hardLimit
        var count = minutes.reduce(0) { $0 + $1.count }
        guard !isInteraction, count >= limit else { return nil }
        for entry in minutes {
            count -= entry.count
            if count < limit { return max(.seconds(1), .seconds((entry.minute + 11) * 60) - now) }
        }
        return .seconds(660)
    }

    private mutating func prune(_ minute: Int64) {
        minutes.removeAll { $0.minute + 10 < minute }
    }
}
