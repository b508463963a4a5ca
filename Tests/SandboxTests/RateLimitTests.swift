import Testing

@testable import Sandbox

@Suite struct RateLimitTests {
    private func take(_ limits: inout RateLimits, _ route: String, _ major: String = "1", at now: Int64)
        -> RateLimits.Verdict
    {
        limits.take(route: route, major: major, identity: "t", countsGlobally: true, hasBucketHeader: true, now: now)
    }

    private func isAllowed(_ verdict: RateLimits.Verdict) -> Bool { if case .allowed = verdict { true } else { false } }

    @Test func fiveMessagesInFiveSecondsPerChannel() {
        var limits = RateLimits(rules: RateLimitRules())
        let route = "POST /channels/{channel}/messages"
        for _ in 0..<5 { #expect(isAllowed(take(&limits, route, at: 0))) }
        guard case .limited(let wait, let isGlobal, let scope, let headers) = take(&limits, route, at: 1000) else {
            Issue.record("the sixth passed")
            return
        }
        #expect(wait == 4)
        #expect(!isGlobal)
        #expect(scope == "user")
        #expect(headers.contains { $0 == ("X-RateLimit-Remaining", "0") })
        #expect(isAllowed(take(&limits, route, "2", at: 1000)))
        #expect(isAllowed(take(&limits, route, at: 5000)))
    }

    @Test func fiftyPerSecondOverAll() {
        var limits = RateLimits(rules: RateLimitRules())
        for number in 0..<50 { #expect(isAllowed(take(&limits, "GET /x\(number)", at: 0))) }
        guard case .limited(_, let isGlobal, let scope, _) = take(&limits, "GET /other", at: 999) else {
            Issue.record("the 51st passed")
            return
        }
        #expect(isGlobal)
        #expect(scope == "global")
        #expect(isAllowed(take(&limits, "GET /other", at: 1000)))
    }

    @Test func headersTellTheWindow() {
        var limits = RateLimits(rules: RateLimitRules())
        guard case .allowed(let headers) = take(&limits, "GET /users/@me", at: 1_790_000_000_123) else { return }
        let values = Dictionary(headers) { $1 }
        #expect(values["X-RateLimit-Limit"] == "5")
        #expect(values["X-RateLimit-Remaining"] == "4")
        #expect(values["X-RateLimit-Reset"] == "1790000005.123")
        #expect(values["X-RateLimit-Reset-After"] == "5.000")
        #expect(values["X-RateLimit-Bucket"]?.count == 32)
    }
}
