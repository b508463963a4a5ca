/// What the sandbox's REST limits are; defaults are those of section 2.2.
public struct RateLimitRules: Sendable {
    /// Requests per window of a bucket.
    public struct Rule: Sendable {
        /// How many requests fit into a window.
        public var limit: Int
        /// The window in milliseconds.
        public var window: Int64
        /// A rule of `limit` requests per `window` milliseconds.
        public init(_ limit: Int, per window: Int64) {
            self.limit = limit
            self.window = window
        }
    }
    /// Requests per second of one bot over all routes.
    public var global = 50
    /// Rules by route template, such as `POST /channels/{channel}/messages`.
    public var routes: [String: Rule] = [
        "POST /channels/{channel}/messages": Rule(5, per: 5000),
        "PATCH /channels/{channel}/messages/{message}": Rule(5, per: 5000),
        "DELETE /channels/{channel}/messages/{message}": Rule(5, per: 1000),
        "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": Rule(1, per: 250),
        "DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/@me": Rule(1, per: 250),
        "POST /channels/{channel}/typing": Rule(5, per: 5000),
        "PATCH /guilds/{guild}/members/{user}": Rule(10, per: 10_000),
        "POST /webhooks/{webhook}/{token}": Rule(5, per: 2000),
        "PUT /applications/{application}/commands": Rule(2, per: 60_000),
        "PUT /applications/{application}/guilds/{guild}/commands": Rule(2, per: 60_000),
        "POST /channels/{channel}/threads": Rule(50, per: 300_000),
        "POST /channels/{channel}/messages/{message}/threads": Rule(50, per: 300_000),
    ]
    /// The rule of every other route.
    public var others = Rule(5, per: 5000)
    /// Edits of a channel's name and topic, whose headers show nothing of it.
    public var channelNames = Rule(2, per: 600_000)
    /// Switches limits off altogether.
    public var isOff = false

    /// The defaults.
    public init() {}
}

/// Counts requests in buckets; pure, with the time given.
struct RateLimits: Sendable {
    struct Bucket: Sendable {
        var used = 0
        var resetsAt: Int64 = 0
    }

    /// How a request fared.
    enum Verdict: Sendable {
        case allowed(headers: [(String, String)])
        case limited(retryAfter: Double, isGlobal: Bool, scope: String, headers: [(String, String)])
    }

    var rules: RateLimitRules
    private var buckets: [String: Bucket] = [:]
    private var globals: [String: Bucket] = [:]

    init(rules: RateLimitRules) { self.rules = rules }

    /// Takes one request of `identity` (token or address) on a route with its top-level resource.
    mutating func take(
        route: String, major: String, identity: String, countsGlobally: Bool, hasBucketHeader: Bool, now: Int64
    ) -> Verdict {
        if rules.isOff { return .allowed(headers: []) }
        sweep(now)
        if countsGlobally {
            var bucket = globals[identity] ?? Bucket()
            if now >= bucket.resetsAt { bucket = Bucket(used: 0, resetsAt: now + 1000) }
            if bucket.used >= rules.global {
                let wait = Double(bucket.resetsAt - now) / 1000
                return .limited(
                    retryAfter: wait, isGlobal: true, scope: "global", headers: [("X-RateLimit-Global", "true")])
            }
            bucket.used += 1
            globals[identity] = bucket
        }
        let rule = rules.routes[route] ?? rules.others
        let key = "\(identity)|\(route)|\(major)"
        var bucket = buckets[key] ?? Bucket()
        if now >= bucket.resetsAt { bucket = Bucket(used: 0, resetsAt: now + rule.window) }
        let isAllowed = bucket.used < rule.limit
        if isAllowed { bucket.used += 1 }
        buckets[key] = bucket
        let wait = Double(bucket.resetsAt - now) / 1000
        var headers = [
            ("X-RateLimit-Limit", String(rule.limit)),
            ("X-RateLimit-Remaining", String(max(0, rule.limit - bucket.used))),
            ("X-RateLimit-Reset", Self.decimals(bucket.resetsAt)),
            ("X-RateLimit-Reset-After", Self.decimals(bucket.resetsAt - now)),
        ]
        if hasBucketHeader { headers.append(("X-RateLimit-Bucket", Self.hash(route))) }
        return isAllowed
            ? .allowed(headers: headers) : .limited(retryAfter: wait, isGlobal: false, scope: "user", headers: headers)
    }

    /// A limit that shows in no header until it is hit; nil while it is not.
    mutating func takeHidden(_ key: String, _ rule: RateLimitRules.Rule, now: Int64) -> Double? {
        if rules.isOff { return nil }
        var bucket = buckets["hidden|" + key] ?? Bucket()
        if now >= bucket.resetsAt { bucket = Bucket(used: 0, resetsAt: now + rule.window) }
        if bucket.used >= rule.limit { return Double(bucket.resetsAt - now) / 1000 }
        bucket.used += 1
        buckets["hidden|" + key] = bucket
        return nil
    }

    /// Forgets buckets that have reset, once there are many.
    private mutating func sweep(_ now: Int64) {
        if buckets.count > 4096 { buckets = buckets.filter { $0.value.resetsAt > now } }
        if globals.count > 256 { globals = globals.filter { $0.value.resetsAt > now } }
    }

    /// Milliseconds as seconds with three decimals.
    static func decimals(_ milliseconds: Int64) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: max(0, 3 - rest.count)) + rest
    }

    /// The opaque bucket hash of a route template (FNV-1a twice).
    static func hash(_ route: String) -> String {
        var low: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in route.utf8 { low = (low ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var high = low
        for byte in route.utf8.reversed() { high = (high ^ UInt64(byte)) &* 0x100_0000_01b3 }
        func padded(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return padded(low) + padded(high)
    }
}
