/// The bot's requests per second over all routes (2.2). A pure value.
///
/// A token comes back one second after the server surely counted its request, so that no second by the server's clock
/// holds more than the limit, wherever that second begins.
struct GlobalBudget: Sendable {
    private let limit: Int
    private var held: [UInt64: Duration] = [:]
    private var cooling: [Duration] = []

    /// Tokens that background requests leave to the others.
    private static let reserve = 5
    /// A request without an answer for this long was counted long ago, or never will be.
    private static let longestHold = Duration.seconds(3)
    private static let window = Duration.seconds(1)

    /// A budget of `limit` requests per second.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a request of this priority may be sent now.
    mutating func hasRoom(for priority: RequestPriority, _ now: Duration) -> Bool {
        cooling.removeAll { $0 <= now }
        if held.contains(where: { $0.value + Self.longestHold <= now }) {
            held = held.filter { $0.value + Self.longestHold > now }
        }
        let free = limit - held.count - cooling.count
        return free > (priority == .background ? min(Self.reserve, limit - 1) : 0)
    }

    /// When a token comes back, if no answer arrives before.
    func nextRelease() -> Duration? {
        let oldest = held.values.min().map { $0 + Self.longestHold }
        return [oldest, cooling.min()].compactMap(\.self).min()
    }

    /// Takes a token for a request sent now.
    mutating func take(_ permit: UInt64, _ now: Duration) {
        held[permit] = now
    }

    /// The request was answered, or given up.
    mutating func settle(_ permit: UInt64, shortestTrip: Duration, _ now: Duration) {
        guard held.removeValue(forKey: permit) != nil else { return }
        cooling.append(now + Self.window - shortestTrip / 2 + .milliseconds(2))
    }

    /// The request never left.
    mutating func refund(_ permit: UInt64) {
        held[permit] = nil
    }
}
