public import DiscordModel
public import ServiceKit

/// Lets the shards of a bot identify one after another: one per `rate_limit_key` in five seconds, and no more than the
/// bot's daily limit (1.6).
public actor IdentifyGate {
    /// Time between identifies of one key: Discord's five seconds and some slack for the way.
    static let spacing: Duration = .milliseconds(5250)

    private let time: any TimeSource
    private let logger: Logger
    private let maximumConcurrency: Int
    private var total: Int
    private var remaining: Int
    private var resetAt: Duration
    /// One token per key; who holds it may connect and identify.
    private var tokens: [Int: BoundedChannel<Bool>] = [:]
    private var nextAllowed: [Int: Duration] = [:]

    /// A gate for the limits Discord named just now.
    public init(limit: SessionStartLimit, time: any TimeSource, logger: Logger) {
        self.time = time
        self.logger = logger
        maximumConcurrency = max(1, limit.maxConcurrency)
        total = max(1, limit.total)
        remaining = limit.remaining
        resetAt = time.now + .milliseconds(max(0, limit.resetAfter))
    }

    /// Which shards wait for each other.
    public nonisolated func key(of shard: Int) -> Int { shard % maximumConcurrency }

    /// Waits for the turn of a shard; it must be given back with `release`.
    public func acquire(shard: Int) async throws(CancellationError) {
        let key = key(of: shard)
        let channel = channel(key)
        guard await channel.next() != nil else { throw CancellationError() }
        do {
            while true {
                beginNewDay()
                if remaining <= 0 {
                    logger.warning(
                        "Discord's daily limit of sessions is used up; waiting",
                        ["seconds": "\((resetAt - time.now).components.seconds)"])
                    try await time.sleep(until: resetAt)
                } else if let moment = nextAllowed[key], time.now < moment {
                    try await time.sleep(until: moment)
                } else {
                    break
                }
            }
        } catch {
            channel.trySend(true)
            throw error
        }
        remaining -= 1
    }

    /// Gives the turn to the next shard of the same key; `used` when an identify was sent.
    public func release(shard: Int, used: Bool) {
        let key = key(of: shard)
        if used { nextAllowed[key] = time.now + Self.spacing } else { remaining = min(total, remaining + 1) }
        channel(key).trySend(true)
    }

    /// Starts counting anew when the day is over, whatever was left of it.
    private func beginNewDay() {
        guard time.now >= resetAt else { return }
        remaining = total
        resetAt = time.now + .seconds(86_400)
    }

    private func channel(_ key: Int) -> BoundedChannel<Bool> {
        if let channel = tokens[key] { return channel }
        let channel = BoundedChannel<Bool>(capacity: 1)
        channel.trySend(true)
        tokens[key] = channel
        return channel
    }
}
