/// Counts what was sent on a connection: at most 120 payloads in any 60 s, some of them kept for heartbeats (1.4).
struct SendBudget: Sendable {
    static let limit = 120
    static let window: Duration = .seconds(60)

    private var sent: [Duration] = []
    private var reserve = 8

    /// Keeps room for the heartbeats of an interval.
    mutating func reserve(heartbeatInterval: Duration) {
        let beats = heartbeatInterval > .zero ? Int(Self.window / heartbeatInterval) : Self.limit
        reserve = min(60, max(0, beats) + 6)
    }

    /// Takes one send; nil when taken, else when to try again.
    mutating func take(now: Duration, heartbeat: Bool) -> Duration? {
        sent.removeAll { $0 + Self.window <= now }
        let allowed = heartbeat ? Self.limit : Self.limit - reserve
        guard sent.count >= allowed else {
            sent.append(now)
            return nil
        }
        return sent[sent.count - allowed] + Self.window
    }
}
