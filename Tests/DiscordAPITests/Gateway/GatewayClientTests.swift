import DiscordModel
import Networking
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import DiscordAPI

/// Many shards: turns of identifying, routing of commands, the address of the gateway.
@Suite(.timeLimit(.minutes(5)))
struct GatewayClientTests {
    let clock = ManualClock()
    let gateway = MemoryGateway()

    private func client(_ information: GatewayInformation, change: (inout GatewayConfiguration) -> Void = { _ in })
        -> GatewayClient
    {
        var configuration = GatewayConfiguration(token: "Bot secret", intents: .guilds)
        configuration.compression = .none
        change(&configuration)
        return GatewayClient(
            configuration: configuration, information: information, connector: gateway, time: clock,
            logger: Logger("test"))
    }

    private func with(_ client: GatewayClient, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await body()
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    private func nextConnection() async throws -> MemoryConnection {
        while true {
            if let connection = gateway.connections.tryNext() { return connection }
            await clock.waitForSleepers(1)
            await clock.advance(by: .milliseconds(250))
        }
    }

    @Test(arguments: [1, 2])
    func identifiesKeepTheirDistance(concurrency: Int) async throws {
        let limit = SessionStartLimit(maxConcurrency: concurrency)
        let client = client(.known(GatewayBot(url: "wss://gateway.example", shards: 4, sessionStartLimit: limit)))
        try await with(client) {
            var identified: [Int: Duration] = [:]
            for _ in 0..<4 {
                let server = try await nextConnection()
                let identify = try await server.welcome(session: "s")
                let shard = try #require(identify["shard"]?[0]?.int)
                #expect(identify["shard"]?[1] == 4)
                identified[shard] = clock.now
                #expect(await client.events.next()?.event.name == "READY")
            }
            #expect(Set(identified.keys) == [0, 1, 2, 3])
            for first in 0..<4 {
                for second in 0..<first where first % concurrency == second % concurrency {
                    let distance = (identified[first] ?? .zero) - (identified[second] ?? .zero)
                    #expect(max(distance, .zero - distance) >= .seconds(5))
                }
            }
            #expect(client.snapshots.map(\.state) == [.ready, .ready, .ready, .ready])
        }
    }

    @Test func aFailedConnectGivesTheTurnBack() async throws {
        gateway.failures.withLock { $0 = 1 }
        let client = client(.known(GatewayBot(url: "wss://gateway.example", shards: 2)))
        try await with(client) {
            _ = try await nextConnection().welcome()
            _ = try await nextConnection().welcome()
        }
    }

    @Test func theDailyLimitIsWaitedFor() async throws {
        let limit = SessionStartLimit(total: 1000, remaining: 0, resetAfter: 30_000, maxConcurrency: 1)
        let client = client(.known(GatewayBot(url: "wss://gateway.example", shards: 1, sessionStartLimit: limit)))
        try await with(client) {
            _ = try await nextConnection().welcome()
            #expect(clock.now >= .seconds(30))
        }
    }

    @Test func commandsGoToTheGuildsShard() async throws {
        let client = client(
            .known(GatewayBot(url: "wss://gateway.example", shards: 2, sessionStartLimit: .init(maxConcurrency: 2))))
        await #expect(throws: DiscordError.gateway(.notRunning)) {
            try await client.updateVoiceState(guild: 1, channel: nil)
        }
        try await with(client) {
            var servers: [Int: MemoryConnection] = [:]
            for _ in 0..<2 {
                let server = try await nextConnection()
                servers[try #require(try await server.welcome()["shard"]?[0]?.int)] = server
                _ = await client.events.next()
            }
            let guild = GuildID(3 << 22)
            try await client.updateVoiceState(guild: guild, channel: 9)
            #expect(try await servers[1]?.next(4)["guild_id"] == .snowflake(guild))
            try await client.updatePresence(PresenceUpdate(activities: [Activity(name: "music", type: .listening)]))
            for server in servers.values {
                #expect(try await server.next(3)["activities"]?[0]?["name"] == "music")
            }
        }
    }

    @Test func theAddressIsAskedForUntilDiscordAnswers() async throws {
        let tries = Mutex(0)
        let client = client(
            .asked { () async throws(DiscordError) -> GatewayBot in
                let count = tries.withLock { count in
                    count += 1
                    return count
                }
                if count < 5 { throw .unavailable(status: 503) }
                return GatewayBot(url: "wss://asked.example")
            })
        try await with(client) {
            let server = try await nextConnection()
            #expect(server.url.hasPrefix("wss://asked.example/"))
            #expect(tries.withLock { $0 } == 5)
        }
    }

    @Test func aRejectedTokenEndsTheClient() async throws {
        let client = client(.asked { () async throws(DiscordError) -> GatewayBot in throw .tokenRejected })
        await #expect(throws: DiscordError.gateway(.closed(.authenticationFailed))) { try await client.run() }
        #expect(await client.events.next() == nil)
    }

    @Test func aFatalCodeOfOneShardEndsTheClient() async throws {
        let client = client(.known(GatewayBot(url: "wss://gateway.example", shards: 3)))
        async let run: Void = client.run()
        try await nextConnection().serverClose(4014)
        do {
            try await run
            Issue.record("expected an error")
        } catch {
            #expect(error as? DiscordError == .gateway(.closed(.disallowedIntents)))
        }
    }

    @Test func aRangeOfShardsCanBeRun() async throws {
        let client = client(.known(GatewayBot(url: "wss://gateway.example"))) { $0.shards = .fixed(2..<3, of: 5) }
        try await with(client) {
            let identify = try await nextConnection().welcome()
            #expect(identify["shard"] == [2, 5])
            #expect(await client.events.next()?.shard == ShardID(2, of: 5))
        }
    }
}
