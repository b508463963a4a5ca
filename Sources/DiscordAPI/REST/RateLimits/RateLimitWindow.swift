/// What is known about the window of one bucket. A pure value.
///
/// Moments are chosen so that a request sent at them reaches the server when its window has changed, however the round
/// trips vary: the server counted somewhere between send and answer, so a window that ends `resetAfter` later surely has
/// ended for requests sent `resetAfter` after the *answer*; half of the shortest round trip ever seen comes off, because
/// the next request needs at least some of that to arrive.
struct RateLimitWindow: Sendable {
    /// How tokens come back.
    enum Shape: Sendable {
        /// Not yet seen: treated as fixed, which is slower but never wrong.
        case unknown
        /// All at the end of the window.
        case fixed
        /// One by one, evenly (2.2 "Window shape" of hikari's findings).
        case sliding
        /// Looked sliding and was not: treated as fixed from then on.
        case distrusted
    }

    /// What requests of all buckets with the same hash taught.
    struct Knowledge: Sendable {
        /// How tokens come back.
        var shape = Shape.unknown
        /// The longest time seen between two tokens of a sliding window.
        var tokenPeriod = Duration.zero
        /// The longest time seen until a window ended.
        var period = Duration.zero
    }

    /// The last counted state the server told.
    private struct Base: Sendable {
        var limit: Int
        var remaining: Int
        var end: Duration
        var stamp: Double
    }

    private var base: Base?
    private var lost: [Duration] = []
    /// Added to every end after a refusal that nobody expected; fades.
    private var margin = Duration.zero
    /// Requests sent and not answered.
    var inFlight = 0

    /// Server stamps closer than this belong to the same window.
    private static let tolerance = 0.02
    /// Reset-After is rounded to milliseconds.
    private static let rounding = Duration.milliseconds(2)

    /// Whether an answer has told the limits.
    var isKnown: Bool { base != nil }

    /// How many requests may be sent now. Before the first answer it is one at a time.
    func available(_ now: Duration, _ knowledge: Knowledge) -> Int {
        guard let base else { return 1 - inFlight }
        let taken = inFlight + lost.count { $0 > now }
        if now >= base.end { return base.limit - taken }
        return base.remaining + returned(base, now, knowledge) - taken
    }

    /// When more may be available without any answer.
    func nextChange(_ now: Duration, _ knowledge: Knowledge) -> Duration? {
        guard let base else { return nil }
        var next = lost.filter { $0 > now }.min()
        if now < base.end {
            var change = base.end
            if knowledge.shape == .sliding {
                let missing = base.limit - base.remaining - returned(base, now, knowledge) - 1
                change = min(change, base.end - knowledge.tokenPeriod * max(0, missing))
            }
            next = min(next ?? change, change)
        }
        return next.map { max($0, now + .milliseconds(1)) }
    }

    /// Whether nothing is left to remember.
    func isOver(_ now: Duration) -> Bool {
        inFlight == 0 && lost.allSatisfy { $0 <= now } && (base.map { $0.end <= now } ?? true)
    }

    /// A sent request got no answer, or one without numbers: it may have been counted.
    mutating func noteUncertain(_ now: Duration, _ knowledge: Knowledge) {
        lost.removeAll { $0 <= now }
        guard let base, lost.count < base.limit else { return }
        lost.append(max(base.end, now + knowledge.period))
    }

    /// Takes the numbers of an answer to a request whose round trip ended now.
    mutating func receive(
        _ answer: RateLimitAnswer, roundTrip: Duration, shortestTrip: Duration, now: Duration,
        _ knowledge: inout Knowledge
    ) {
        guard let limit = answer.limit, let remaining = answer.remaining,
            let wait = answer.resetAfter ?? answer.retryAfter
        else { return noteUncertain(now, knowledge) }
        margin = margin > .milliseconds(1) ? margin * 0.9 : .zero
        knowledge.period = max(knowledge.period, wait)
        lost.removeAll { $0 <= now }
        var tolerance = Self.tolerance
        if answer.reset == nil { tolerance += roundTrip / .seconds(1) }
        let stamp = answer.reset ?? (now + wait) / .seconds(1)
        let seen = Base(
            limit: max(1, limit), remaining: max(0, min(remaining, limit)),
            end: now + wait - shortestTrip / 2 + Self.rounding + margin, stamp: stamp)
        if seen.limit > seen.remaining {
            // Tokens come back no slower than this; rounding must not make it look faster.
            let each = (wait - .milliseconds(1)) / (seen.limit - seen.remaining)
            knowledge.tokenPeriod = max(knowledge.tokenPeriod, each)
        }
        guard let old = base else {
            base = seen
            return
        }
        if abs(stamp - old.stamp) <= tolerance {
            if seen.remaining != old.remaining, seen.limit > 1, answer.reset != nil, knowledge.shape != .distrusted {
                knowledge.shape = .fixed
            }
            base?.remaining = min(old.remaining, seen.remaining)
            base?.end = min(old.end, seen.end)
            base?.limit = seen.limit
        } else if stamp > old.stamp {
            let wasOpen = stamp - wait / .seconds(1) < old.stamp - tolerance
            if wasOpen, seen.limit > 1, answer.reset != nil, knowledge.shape == .unknown { knowledge.shape = .sliding }
            base = seen
        }
    }

    /// Takes a refusal: nothing is left until its wait is over.
    mutating func refuse(
        _ answer: RateLimitAnswer, roundTrip: Duration, shortestTrip: Duration, now: Duration,
        _ knowledge: inout Knowledge
    ) {
        if isKnown {
            margin = min(.seconds(1), max(.milliseconds(25), margin * 2))
            if knowledge.shape == .sliding { knowledge.shape = .distrusted }
        }
        let wait = max(answer.resetAfter ?? .zero, answer.retryAfter ?? .zero)
        let end = now + wait + Self.rounding + margin
        knowledge.period = max(knowledge.period, wait)
        base = Base(
            limit: max(1, answer.limit ?? base?.limit ?? 1), remaining: 0, end: end,
            stamp: answer.reset ?? (now + wait) / .seconds(1))
    }

    /// Tokens that a sliding window has given back since the last answer.
    private func returned(_ base: Base, _ now: Duration, _ knowledge: Knowledge) -> Int {
        let missing = base.limit - base.remaining
        let period = knowledge.tokenPeriod
        guard knowledge.shape == .sliding, missing > 0, period > .zero else { return 0 }
        return max(0, missing - Int(((base.end - now) / period).rounded(.up)))
    }
}
