/// Which keys will be asked for: how often each was of late (halved every day), at which hours of the week, and what is
/// asked for after what. A value; at most `limit` keys are followed, the least popular are forgotten.
public struct Popularity<Key: Hashable & Sendable>: Sendable {
    /// What is known of one key.
    struct Record: Sendable {
        /// Requests, halved every day.
        var count = 0.0
        /// When `count` was right, since 1970.
        var counted: Duration = .zero
        /// Requests in each hour of the week, halved together when one is full.
        var hours: [Int: UInt16] = [:]
        /// Keys that were asked for next by the same owner, and how often.
        var followers: [Key: Double] = [:]
        /// How long its load took last.
        var cost: Duration = .zero
        /// Its size in bytes.
        var bytes = 1
    }

    private static var halfLife: Double { 86_400 }
    /// How long after one request the next of the same owner counts as its follower.
    private static var together: Duration { .seconds(600) }
    private static var followerLimit: Int { 8 }

    private let limit: Int
    private(set) var records: [Key: Record] = [:]
    private var last: [UInt64: (key: Key, when: Duration)] = [:]

    /// Knows nothing yet.
    public init(limit: Int = 4096) {
        self.limit = max(1, limit)
    }

    /// How many keys are followed.
    public var count: Int { records.count }

    /// Notes a request at `now` (since 1970), by `owner` when there is one.
    public mutating func record(_ key: Key, owner: UInt64? = nil, now: Duration) {
        var record = records[key] ?? Record()
        record.count = Self.decayed(record, now) + 1
        record.counted = now
        let hour = Self.hour(now)
        record.hours[hour, default: 0] += 1
        if record.hours[hour] == .max { record.hours = record.hours.mapValues { $0 / 2 }.filter { $0.value > 0 } }
        records[key] = record
        if let owner {
            if let before = last[owner], before.key != key, now - before.when <= Self.together {
                follow(before.key, key)
            }
            if last.count >= limit, last[owner] == nil { last.removeAll() }
            last[owner] = (key, now)
        }
        if records.count > limit { forgetLeast(now) }
    }

    /// Notes what an entry of this key costs to load and to keep.
    public mutating func weigh(_ key: Key, cost: Duration, bytes: Int) {
        records[key]?.cost = cost
        records[key]?.bytes = max(1, bytes)
    }

    /// The keys asked for the most of late, at most `limit`, with their decayed counts.
    public func most(_ limit: Int, now: Duration) -> [(key: Key, count: Double)] {
        records.map { ($0.key, Self.decayed($0.value, now)) }.sorted { $0.1 > $1.1 }.prefix(limit).map { ($0.0, $0.1) }
    }

    /// Keys worth having at `now`, the best first: by the requests to expect, times what a miss costs, per byte.
    /// `recent` are keys asked for just now, whose followers are more likely.
    public func predictions(_ limit: Int, now: Duration, after recent: [Key] = []) -> [(key: Key, bytes: Int)] {
        var boosts: [Key: Double] = [:]
        for key in recent {
            guard let followers = records[key]?.followers else { continue }
            let total = followers.values.reduce(1, +)
            for (follower, times) in followers { boosts[follower, default: 0] += times / total }
        }
        let hour = Self.hour(now)
        let scored = records.map { key, record -> (key: Key, bytes: Int, score: Double) in
            let cost = max(0.001, record.cost / .seconds(1))
            let expected = Self.decayed(record, now) * Self.share(of: hour, record) + (boosts[key] ?? 0)
            return (key, record.bytes, expected * cost / Double(record.bytes))
        }
        return scored.sorted { $0.score > $1.score }.prefix(limit).map { ($0.key, $0.bytes) }
    }

    /// Takes back what an earlier process knew of a key.
    mutating func restore(_ key: Key, _ record: Record) {
        guard records.count < limit, records[key] == nil else { return }
        records[key] = record
    }

    /// Forgets an owner who is gone.
    public mutating func forget(owner: UInt64) {
        last[owner] = nil
    }

    /// How much of an average hour's requests this hour of the week brings, where one request in each hour is assumed.
    private static func share(of hour: Int, _ record: Record) -> Double {
        let total = record.hours.values.reduce(0) { $0 + Double($1) }
        let here = [hour - 1, hour, hour + 1].reduce(0.0) { sum, hour in
            sum + Double(record.hours[(hour + 168) % 168] ?? 0)
        }
        return (here / 3 + 1) / (total / 168 + 1)
    }

    private mutating func follow(_ first: Key, _ next: Key) {
        guard var followers = records[first]?.followers else { return }
        if followers[next] == nil, followers.count >= Self.followerLimit {
            // All fade, so that a newcomer can take the place of one that is not asked for any more.
            followers = followers.mapValues { $0 * 0.8 }
            if let least = followers.min(by: { $0.value < $1.value }), least.value < 1 { followers[least.key] = nil }
        }
        if followers[next] != nil || followers.count < Self.followerLimit { followers[next, default: 0] += 1 }
        records[first]?.followers = followers
    }

    private mutating func forgetLeast(_ now: Duration) {
        // An eighth at once, so that sorting is paid once for many newcomers.
        let order = records.map { ($0.key, Self.decayed($0.value, now)) }.sorted { $0.1 < $1.1 }
        for (key, _) in order.prefix(records.count - limit + limit / 8) { records[key] = nil }
    }

    private static func decayed(_ record: Record, _ now: Duration) -> Double {
        let age = max(0, (now - record.counted) / .seconds(1))
        // 2^-x without a mathematical library: whole halvings exactly, the rest along a line.
        let halvings = age / halfLife
        guard halvings < 60 else { return 0 }
        let whole = halvings.rounded(.down)
        return record.count / Double(UInt64(1) << UInt64(whole)) * (1 - (halvings - whole) / 2)
    }

    /// The hour of the week, 0...167; 1970 began on a Thursday.
    private static func hour(_ now: Duration) -> Int {
        Int(((now.components.seconds / 3600) % 168 + 168) % 168)
    }
}
