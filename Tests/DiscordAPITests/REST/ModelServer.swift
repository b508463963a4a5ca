import DiscordAPI

/// A model of Discord's rate limits: buckets of fixed and sliding windows by hash and major parameter, and the global limit.
struct ModelServer {
    struct Limit {
        var hash: String
        var limit: Int
        var window: Double
        var isSliding: Bool
    }

    private struct Bucket {
        var windowEnd = 0.0
        var used = 0
        var fullAt = 0.0
    }

    /// The limit of each route name.
    var limits: [String: Limit]
    var globalLimit = 50
    private var buckets: [String: Bucket] = [:]
    private var globalEnd = 0.0
    private var globalUsed = 0
    /// The server's clock shows another time than the client's.
    private let offset = 1_700_000_000.0

    init(limits: [String: Limit]) {
        self.limits = limits
    }

    /// Counts a request that arrives at `time` and answers with the headers Discord would send.
    mutating func receive(_ route: RateLimitRoute, at time: Double) -> RateLimitAnswer {
        if !route.isInteraction {
            if time >= globalEnd {
                globalEnd = time + 1
                globalUsed = 0
            }
            guard globalUsed < globalLimit else {
                var answer = RateLimitAnswer(status: 429)
                answer.scope = .global
                answer.retryAfter = .seconds(globalEnd - time)
                return answer
            }
            globalUsed += 1
        }
        guard let limit = limits[route.name] else { return RateLimitAnswer(status: 200) }
        var bucket = buckets["\(limit.hash)/\(route.major)"] ?? Bucket()
        var answer = RateLimitAnswer(status: 200)
        answer.bucket = limit.hash
        answer.limit = limit.limit
        var end: Double
        if limit.isSliding {
            let each = limit.window / Double(limit.limit)
            let full = max(bucket.fullAt, time) + each
            if full - time > limit.window + 1e-9 {
                answer.status = 429
                answer.remaining = 0
                answer.retryAfter = .seconds(full - time - limit.window)
                end = bucket.fullAt
            } else {
                bucket.fullAt = full
                answer.remaining = Int((limit.window - (full - time)) / each + 1e-9)
                end = full
            }
        } else {
            if time >= bucket.windowEnd {
                bucket.windowEnd = time + limit.window
                bucket.used = 0
            }
            end = bucket.windowEnd
            if bucket.used < limit.limit {
                bucket.used += 1
            } else {
                answer.status = 429
                answer.retryAfter = .seconds(end - time)
            }
            answer.remaining = limit.limit - bucket.used
        }
        buckets["\(limit.hash)/\(route.major)"] = bucket
        answer.reset = ((offset + end) * 1000).rounded() / 1000
        answer.resetAfter = .seconds(((end - time) * 1000).rounded() / 1000)
        return answer
    }

    /// The shortest time in which these requests can be served, whoever asks (core 2.3).
    func lowerBound(_ routes: [RateLimitRoute]) -> Double {
        var counts: [String: (Limit, Int)] = [:]
        for route in routes {
            if let limit = limits[route.name] { counts["\(limit.hash)/\(route.major)", default: (limit, 0)].1 += 1 }
        }
        let global = Double((routes.count - 1) / globalLimit)
        return counts.values.reduce(global) { longest, entry in
            let (limit, count) = entry
            let each = limit.window / Double(limit.limit)
            return max(
                longest,
                limit.isSliding
                    ? Double(max(0, count - limit.limit)) * each : Double((count - 1) / limit.limit) * limit.window)
        }
    }
}
