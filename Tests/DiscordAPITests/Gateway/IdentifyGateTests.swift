import DiscordAPI
import DiscordModel
import ServiceKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct IdentifyGateTests {
    @Test("A day never holds more identifies than its limit, whenever it begins")
    func dailyLimit() async throws {
        let clock = ManualClock()
        let limit = SessionStartLimit(total: 3, remaining: 2, resetAfter: 60_000)
        let gate = IdentifyGate(limit: limit, time: clock, logger: Logger("test"))
        func identify() async throws {
            try await gate.acquire(shard: 0)
            await gate.release(shard: 0, used: true)
        }
        try await identify()
        // One is left over at the reset; the new day has three, not four.
        await clock.advance(by: .seconds(60))
        for _ in 0..<3 {
            try await identify()
            await clock.advance(by: .seconds(6))
        }
        let fourth = Task { try await identify() }
        await clock.waitForSleepers(1)
        await clock.advance(by: .seconds(86_400 - 19))
        #expect(clock.sleeperCount == 1)
        await clock.advance(by: .seconds(1))
        try await fourth.value
    }
}
