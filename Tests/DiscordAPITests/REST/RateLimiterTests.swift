import Testing

@testable import DiscordAPI

/// The limiter's rules one by one.
@Suite struct RateLimiterTests {
    private var limiter = RateLimiter()
    private var now = Duration.zero
    private var permits: [UInt64: RateLimiter.Permit] = [:]
    private var refused: [UInt64: DiscordError] = [:]
    private let route = RateLimitRoute("POST /channels/{channel}/messages", major: "channel/1")

    private mutating func note(_ actions: [RateLimiter.Action]) {
        for action in actions {
            switch action {
            case .grant(let request, let permit): permits[request] = permit
            case .refuse(let request, let error): refused[request] = error
            }
        }
    }

    private mutating func ask(
        _ request: UInt64, _ route: RateLimitRoute? = nil, _ priority: RequestPriority = .userVisible,
        within timeout: Duration = .seconds(60)
    ) {
        note(limiter.enqueue(request, route ?? self.route, priority: priority, deadline: now + timeout, now: now))
    }

    private mutating func answer(_ request: UInt64, _ answer: RateLimitAnswer) throws {
        try settle(request, .answered(answer))
    }

    private mutating func settle(_ request: UInt64, _ outcome: RateLimiter.Outcome) throws {
        let permit = permits.removeValue(forKey: request)
        note(limiter.settle(try #require(permit), outcome, now: now))
    }

    private mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let wake = limiter.nextWake(), wake <= end {
            now = max(now, wake)
            note(limiter.tick(now: now))
        }
        now = end
    }

    private func bucket(
        _ remaining: Int, of limit: Int, _ resetAfter: Duration, hash: String = "h", status: Int = 200,
        reset: Double = 1000
    ) -> RateLimitAnswer {
        var answer = RateLimitAnswer(status: status)
        answer.bucket = hash
        answer.limit = limit
        answer.remaining = remaining
        answer.resetAfter = resetAfter
        answer.reset = reset
        return answer
    }

    @Test mutating func oneProbeThenAsManyAsRemain() throws {
        for id in 1...8 { ask(UInt64(id)) }
        #expect(permits.keys.sorted() == [1])
        try answer(1, bucket(4, of: 5, .seconds(5)))
        #expect(permits.keys.sorted() == [2, 3, 4, 5])
        for id in 2...5 { try answer(UInt64(id), bucket(5 - id, of: 5, .seconds(5))) }
        #expect(permits.isEmpty)
        pass(.seconds(4.9))
        #expect(permits.isEmpty)
        pass(.seconds(0.2))
        #expect(permits.keys.sorted() == [6, 7, 8])
    }

    @Test mutating func eachChannelHasItsOwnProbe() throws {
        for id in 1...3 { ask(UInt64(id), RateLimitRoute("GET /c/{c}", major: "\(id)")) }
        #expect(permits.count == 3)
        try answer(1, bucket(0, of: 1, .seconds(10)))
        ask(4, RateLimitRoute("GET /c/{c}", major: "9"))
        #expect(permits[4] != nil)
        ask(5, RateLimitRoute("GET /c/{c}", major: "1"))
        #expect(permits[5] == nil)
    }

    @Test mutating func routesWithTheSameHashShareTheirBucket() throws {
        let other = RateLimitRoute("PATCH /channels/{channel}/messages/{message}", major: "channel/1")
        ask(1)
        ask(2, other)
        try answer(1, bucket(1, of: 2, .seconds(5)))
        try answer(2, bucket(0, of: 2, .seconds(5)))
        ask(3)
        ask(4, other)
        #expect(permits.isEmpty)
        pass(.seconds(5.1))
        #expect(permits.count == 2)
    }

    @Test mutating func tokensAreCountedWhenSentAndSettledByTheAnswer() throws {
        ask(1)
        try answer(1, bucket(2, of: 3, .seconds(5)))
        ask(2)
        ask(3)
        ask(4)
        #expect(permits.keys.sorted() == [2, 3])
        // One never left: its token is free again.
        try settle(2, .notSent)
        #expect(permits.keys.sorted() == [3, 4])
        // One was lost: its token is not.
        try settle(3, .lost)
        ask(5)
        #expect(permits.keys.sorted() == [4])
    }

    @Test mutating func slidingWindowsAreRecognised() throws {
        ask(1)
        try answer(1, bucket(4, of: 5, .seconds(1), reset: 1001))
        for id in 2...5 { ask(UInt64(id)) }
        for id in 2...5 { try answer(UInt64(id), bucket(5 - id, of: 5, .seconds(id), reset: 1000 + Double(id))) }
        for id in 6...8 { ask(UInt64(id)) }
        #expect(permits.isEmpty)
        pass(.seconds(1.1))
        #expect(permits.keys.sorted() == [6])
        pass(.seconds(1))
        #expect(permits.keys.sorted() == [6, 7])
    }

    @Test mutating func hiddenSubLimitsStopOneLaneOnly() throws {
        ask(1)
        var answer = bucket(4, of: 5, .seconds(5), status: 429)
        answer.retryAfter = .seconds(30)
        try self.answer(1, answer)
        ask(2)
        ask(3, RateLimitRoute(route.name, major: "channel/2"))
        ask(4, RateLimitRoute("GET /x", major: "channel/1"))
        #expect(permits.keys.sorted() == [3, 4])
        pass(.seconds(31))
        #expect(permits[2] != nil)
        ask(5, within: .seconds(1))
        #expect(refused[5] == nil)
    }

    @Test mutating func globalRefusalsStopEverythingButInteractions() throws {
        ask(1)
        var answer = RateLimitAnswer(status: 429)
        answer.scope = .global
        answer.retryAfter = .seconds(3)
        try self.answer(1, answer)
        ask(2, RateLimitRoute("GET /x"))
        ask(3, RateLimitRoute("POST /i", major: "i", isInteraction: true), .interaction)
        ask(4, RateLimitRoute("GET /x"), within: .seconds(2))
        #expect(permits.keys.sorted() == [3])
        guard case .rateLimited = refused[4] else {
            Issue.record("waits in vain")
            return
        }
        pass(.seconds(3.1))
        #expect(permits[2] != nil)
    }

    @Test mutating func fiftyInASecond() throws {
        for id in 1...60 { ask(UInt64(id), RateLimitRoute("GET /\(id)")) }
        #expect(permits.count == 50)
        for id in 1...50 { try answer(UInt64(id), RateLimitAnswer(status: 200)) }
        pass(.seconds(0.9))
        #expect(permits.isEmpty)
        pass(.seconds(0.2))
        #expect(permits.count == 10)
    }

    @Test mutating func aRequestWithoutBucketTokenTakesNoGlobalToken() throws {
        ask(1)
        try answer(1, bucket(0, of: 1, .seconds(100)))
        for id in 100...199 { ask(UInt64(id), within: .seconds(1000)) }
        pass(.seconds(2))
        for id in 200...260 { ask(UInt64(id), RateLimitRoute("GET /\(id)")) }
        #expect(permits.count == 50)
    }

    @Test mutating func urgentRequestsGoFirstAndOldOnesAge() throws {
        ask(1)
        ask(2, nil, .background)
        ask(3, nil, .userVisible)
        ask(4, nil, .interaction)
        try answer(1, bucket(1, of: 2, .seconds(20)))
        #expect(permits.keys.sorted() == [4])
        try answer(4, bucket(0, of: 2, .seconds(20)))
        pass(.seconds(15))
        ask(5, nil, .interaction)
        ask(6, nil, .interaction)
        pass(.seconds(6))
        #expect(permits.keys.sorted() == [2, 3])
    }

    @Test mutating func deadlinesEndTheWait() throws {
        ask(1)
        ask(2, within: .seconds(3))
        pass(.seconds(2.9))
        #expect(refused.isEmpty)
        pass(.seconds(0.2))
        #expect(refused == [2: .deadlinePassed])
        #expect(limiter.waitingCount == 0)
    }

    @Test mutating func manyInvalidRequestsStopTheWork() throws {
        var sent: UInt64 = 1_000_000
        func refuse(_ count: Int, _ answer: RateLimitAnswer, _ limiter: inout RateLimiter) throws {
            for _ in 0..<count {
                sent += 1
                let route = RateLimitRoute("POST /i", major: "\(sent)", isInteraction: true)
                let actions = limiter.enqueue(sent, route, priority: .interaction, deadline: .seconds(9), now: .zero)
                guard case .grant(_, let permit) = try #require(actions.first) else { continue }
                _ = limiter.settle(permit, .answered(answer), now: .zero)
            }
        }
        var shared = RateLimitAnswer(status: 429)
        shared.scope = .shared
        try refuse(3_000, shared, &limiter)
        try refuse(1_999, RateLimitAnswer(status: 403), &limiter)
        ask(1, RateLimitRoute("GET /a"), .background)
        #expect(permits[1] != nil)
        try refuse(1, RateLimitAnswer(status: 403), &limiter)
        ask(2, RateLimitRoute("GET /b"), .background)
        guard case .tooManyInvalidRequests(let wait) = refused[2] else {
            Issue.record("background goes on")
            return
        }
        #expect(wait >= .seconds(600) && wait <= .seconds(660))
        ask(3, RateLimitRoute("GET /c"))
        #expect(permits[3] != nil)
        try refuse(6_000, RateLimitAnswer(status: 403), &limiter)
        ask(4, RateLimitRoute("GET /d"))
        ask(5, RateLimitRoute("POST /i", major: "x", isInteraction: true), .interaction)
        #expect(permits[4] == nil && refused[4] != nil && permits[5] != nil)
        now = .seconds(661)
        ask(6, RateLimitRoute("GET /e"), .background)
        #expect(permits[6] != nil)
    }

    @Test mutating func deadWebhooksAreNotAskedAgain() throws {
        let hook = RateLimitRoute("POST /webhooks", major: "webhook/1/t", isInteraction: true)
        ask(1, hook)
        var answer = RateLimitAnswer(status: 404)
        answer.isWebhookGone = true
        try self.answer(1, answer)
        ask(2, hook)
        #expect(refused[2] == .webhookGone)
    }

    @Test mutating func idleBucketsAreForgotten() throws {
        for id in 1...500 {
            ask(UInt64(id), RateLimitRoute("GET /c/{c}", major: "\(id)"))
            if permits[UInt64(id)] == nil { pass(.seconds(1.1)) }
            try answer(UInt64(id), bucket(0, of: 1, .seconds(id == 7 ? 500 : 2)))
        }
        #expect(limiter.laneCount > 400)
        pass(.seconds(200))
        #expect(limiter.laneCount == 0)
        ask(1000, RateLimitRoute("GET /c/{c}", major: "7"), within: .seconds(1000))
        #expect(permits[1000] == nil, "a window that is not over is remembered")
        pass(.seconds(900))
        #expect(limiter.nextWake() == nil || permits[1000] != nil)
    }

    @Test mutating func theQueueIsBounded() {
        limiter = RateLimiter(maximumWaiting: 10)
        for id in 1...12 { ask(UInt64(id)) }
        #expect(refused == [12: .queueFull])
    }

    @Test mutating func cancelledRequestsGetNoPermit() throws {
        ask(1)
        ask(2)
        ask(3)
        limiter.cancel(2)
        try answer(1, bucket(1, of: 2, .seconds(5)))
        #expect(permits.keys.sorted() == [3])
        #expect(limiter.waitingCount == 0)
    }
}
