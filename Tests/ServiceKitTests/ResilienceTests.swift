import ServiceKit
import Synchronization
import TestSupport
import Testing

/// A count that several tasks may raise.
private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}

@Suite(.timeLimit(.minutes(5))) struct ResilienceTests {
    @Test func backoffStaysUnderItsCeilings() {
        var random = SeededRandom(seed: 1)
        var backoff = Backoff(base: .seconds(1), maximum: .seconds(60))
        for attempt in 0..<200 {
            let delay = backoff.next(using: &random)
            #expect(delay <= min(.seconds(60), .seconds(1) * (1 << min(attempt, 10))))
            #expect(delay >= .zero)
        }
        backoff.reset()
        #expect(backoff.next(using: &random) <= .seconds(1))
    }

    @Test func tokenBucketNeverGivesMoreThanItsRate() {
        var bucket = TokenBucket(capacity: 5, refill: 10, per: .seconds(1), now: .zero)
        var now = Duration.zero
        var taken = 0
        while now < .seconds(10) {
            if let wait = bucket.take(now: now) {
                #expect(wait > .zero)
                now += wait
            } else {
                taken += 1
            }
        }
        #expect((104...106).contains(taken))
    }

    @Test func breakerOpensProbesAndCloses() {
        var breaker = CircuitBreaker(threshold: 3, base: .seconds(1), maximum: .seconds(4))
        for _ in 0..<3 {
            #expect(breaker.admit(now: .zero) == nil)
            breaker.failed(now: .zero)
        }
        #expect(breaker.admit(now: .milliseconds(500)) == .milliseconds(500))
        #expect(breaker.admit(now: .seconds(1)) == nil)
        #expect(breaker.admit(now: .seconds(1)) != nil)
        breaker.failed(now: .seconds(1))
        #expect(breaker.admit(now: .seconds(2)) == .seconds(1))
        #expect(breaker.admit(now: .seconds(3)) == nil)
        breaker.succeeded()
        #expect(breaker.admit(now: .seconds(3)) == nil)
    }

    @Test func callersShareOneFlightAndTheLastOneToLeaveEndsIt() async throws {
        let flights = SingleFlight<String, Int>()
        let loads = Counter()
        let gate = BoundedChannel<Void>(capacity: 1)
        let waiters = (0..<10).map { _ in
            Task {
                try await flights.value(for: "song") {
                    loads.value.add(1, ordering: .relaxed)
                    _ = await gate.next()
                    return 42
                }
            }
        }
        while flights.waitingCount < 10 { await Task.yield() }
        gate.trySend(())
        for waiter in waiters { #expect(try await waiter.value == 42) }
        #expect(loads.value.load(ordering: .relaxed) == 1)

        let cancelled = BoundedChannel<Void>(capacity: 1)
        let lonely = Task {
            try await flights.value(for: "other") {
                while !Task.isCancelled { await Task.yield() }
                cancelled.trySend(())
                throw CancellationError()
            }
        }
        while flights.count == 0 { await Task.yield() }
        lonely.cancel()
        await #expect(throws: (any Error).self) { try await lonely.value }
        _ = await cancelled.next()
        #expect(flights.count == 0)
    }

    @Test(.timeLimit(.minutes(1))) func aCancelledCallerLeavesAFlightThatOthersWaitFor() async throws {
        let flights = SingleFlight<String, Int>()
        let gate = BoundedChannel<Void>(capacity: 1)
        let (leaver, stayer) = (
            Task { try await flights.value(for: "song") { await gate.next() == nil ? 0 : 42 } },
            Task { try await flights.value(for: "song") { await gate.next() == nil ? 0 : 42 } }
        )
        while flights.waitingCount < 2 { await Task.yield() }
        leaver.cancel()
        await #expect(throws: CancellationError.self) { try await leaver.value }
        #expect(flights.waitingCount == 1)
        gate.trySend(())
        #expect(try await stayer.value == 42)
    }
}
