import DiscordModel
import Networking
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import DiscordAPI

/// A shard against a server in memory and a clock that the test moves.
@Suite(.timeLimit(.minutes(5)))
struct ShardTests {
    let clock = ManualClock()
    let gateway = MemoryGateway()
    let logger = Logger("test")

    private func withShard(
        capacity: Int = 100, compression: GatewayCompression = .none, events names: Set<String>? = nil,
        _ body: (Shard, BoundedChannel<ShardEvent>) async throws -> Void
    ) async throws {
        var configuration = GatewayConfiguration(token: "secret", intents: .guilds)
        configuration.compression = compression
        configuration.events = names
        let events = BoundedChannel<ShardEvent>(capacity: capacity)
        let gate = IdentifyGate(limit: SessionStartLimit(), time: clock, logger: logger)
        let shard = Shard(
            id: ShardID(0, of: 1), configuration: configuration, url: "wss://gateway.example", connector: gateway,
            gate: gate, events: events, time: clock, logger: logger, random: SeededRandom(seed: 7))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await shard.run() }
            try await body(shard, events)
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    /// Moves the clock from deadline to deadline until the next connection comes.
    private func nextConnection() async throws -> MemoryConnection {
        while true {
            if let connection = gateway.connections.tryNext() { return connection }
            await clock.waitForSleepers(1)
            await clock.advance(by: .milliseconds(250))
        }
    }

    @Test func startsASession() async throws {
        try await withShard { shard, events in
            let server = try await gateway.next()
            #expect(server.url == "wss://gateway.example/?v=10&encoding=json")
            let identify = try await server.welcome()
            #expect(identify["token"] == "secret")
            #expect(identify["intents"] == 1)
            let first = try #require(await events.next())
            #expect(first.event.name == "READY")
            #expect(first.shard == ShardID(0, of: 1))
            #expect(shard.snapshot.state == .ready)
            #expect(shard.snapshot.session?.id == "abc")
            server.serverSends(#"{"op":0,"s":2,"t":"NEW_THING","d":{"a":1}}"#)
            #expect(await events.next()?.event == .unknown(name: "NEW_THING", data: ["a": 1]))
            server.serverSends(#"{"op":1,"d":null}"#)
            #expect(try await server.next() == ["op": 1, "d": 2])
        }
    }

    @Test func resumesAfterADrop() async throws {
        try await withShard { shard, events in
            let first = try await gateway.next()
            _ = try await first.welcome()
            _ = await events.next()
            first.drop()
            let second = try await nextConnection()
            #expect(second.url == "wss://resume.example/?v=10&encoding=json")
            second.serverSends(#"{"op":10,"d":{"heartbeat_interval":41250}}"#)
            #expect(try await second.next(6) == ["token": "secret", "session_id": "abc", "seq": 1])
            second.serverSends(#"{"op":0,"s":2,"t":"MISSED","d":1}"#)
            second.serverSends(#"{"op":0,"s":3,"t":"RESUMED","d":{}}"#)
            #expect(await events.next()?.event.name == "MISSED")
            #expect(await events.next()?.event == .resumed)
            #expect(shard.snapshot.reconnects == 1)
            #expect(shard.snapshot.sequence == 3)
        }
    }

    @Test func leavesAZombie() async throws {
        try await withShard { _, events in
            let first = try await gateway.next()
            _ = try await first.welcome(interval: 1000)
            _ = await events.next()
            let second = try await nextConnection()
            #expect(first.clientCode == 4000)
            second.serverSends(#"{"op":10,"d":{"heartbeat_interval":41250}}"#)
            _ = try await second.next(6)
        }
    }

    @Test func theErrorComesOutOfRun() async throws {
        let events = BoundedChannel<ShardEvent>(capacity: 10)
        let shard = Shard(
            id: ShardID(0, of: 1), configuration: GatewayConfiguration(token: "secret", intents: []),
            url: "wss://gateway.example", connector: gateway,
            gate: IdentifyGate(limit: SessionStartLimit(), time: clock, logger: logger), events: events, time: clock,
            logger: logger)
        async let run: Void = shard.run()
        let server = try await gateway.next()
        server.serverClose(4004)
        do {
            try await run
            Issue.record("expected an error")
        } catch {
            #expect(error as? DiscordError == .gateway(.closed(.authenticationFailed)))
        }
    }

    @Test func keepsTryingWhileDiscordIsDown() async throws {
        gateway.failures.withLock { $0 = 25 }
        try await withShard { _, events in
            let server = try await nextConnection()
            _ = try await server.welcome()
            #expect(await events.next()?.event.name == "READY")
            #expect(clock.now > .seconds(100))
        }
    }

    @Test func comesBackAfterTenMinutesWithoutDiscord() async throws {
        try await withShard { shard, events in
            let first = try await gateway.next()
            _ = try await first.welcome()
            _ = await events.next()
            gateway.failures.withLock { $0 = .max }
            first.drop()
            let start = clock.now
            while clock.now - start < .seconds(600) {
                await clock.waitForSleepers(1)
                await clock.advance(by: .seconds(1))
            }
            let unanswered = gateway.failures.withLock { failures in
                defer { failures = 0 }
                return Int.max - failures
            }
            #expect((5...60).contains(unanswered), "neither given up nor hammering")
            let second = try await nextConnection()
            #expect(clock.now - start < .seconds(800))
            second.serverSends(#"{"op":10,"d":{"heartbeat_interval":41250}}"#)
            #expect(try await second.next(6)["session_id"] == "abc")
        }
    }

    @Test func leavesAStreamThatHasLostAPart() async throws {
        let texts = [
            #"{"op":10,"d":{"heartbeat_interval":41250}}"#,
            #"{"op":0,"s":1,"t":"READY","d":{"user":{"id":"1"},"session_id":"s","resume_gateway_url":"wss://r","#
                + #""application":{"id":"1"}}}"#,
            // What is left of one message, and the beginning of the next.
            #"tru}{"op":0,"s":3,"t":"Y","d":"#,
        ]
        let frames = CompressionTests.compress(texts.map { Array($0.utf8) }, .zstdStream)
        try await withShard(compression: .zstdStream) { _, events in
            let first = try await gateway.next()
            first.serverSends(frames[0])
            _ = try await first.next(2)
            first.serverSends(frames[1])
            #expect(await events.next()?.event.name == "READY")
            first.serverSends(frames[2])
            let second = try await nextConnection()
            #expect(first.clientCode == 4000)
            second.serverSends(frames[0])
            #expect(try await second.next(6)["seq"] == 1)
        }
    }

    @Test func beatsWhileNobodyTakesEvents() async throws {
        try await withShard(capacity: 1) { _, events in
            let server = try await gateway.next()
            _ = try await server.welcome(interval: 1000)
            for sequence in 2..<20 { server.serverSends(#"{"op":0,"s":\#(sequence),"t":"X","d":1}"#) }
            for _ in 0..<5 {
                await clock.waitForSleepers(1)
                await clock.advance(by: .seconds(1))
                #expect(try await server.next()["op"] == 1)
            }
            #expect(server.clientCode == nil)
            var names: [String] = []
            while names.count < 19, let event = await events.next() { names.append(event.event.name) }
            #expect(names == ["READY"] + Array(repeating: "X", count: 18))
        }
    }

    @Test(arguments: [GatewayCompression.zlibStream, .zstdStream])
    func readsCompressedStreams(compression: GatewayCompression) async throws {
        let texts = [
            #"{"op":10,"d":{"heartbeat_interval":41250}}"#,
            #"{"op":0,"s":1,"t":"READY","d":{"user":{"id":"1"},"session_id":"s","resume_gateway_url":"wss://r","#
                + #""application":{"id":"1"}}}"#,
        ]
        let frames = CompressionTests.compress(texts.map { Array($0.utf8) }, compression)
        try await withShard(compression: compression) { shard, events in
            let first = try await gateway.next()
            #expect(first.url.hasSuffix("&compress=\(compression.rawValue)"))
            first.serverSends(frames[0])
            _ = try await first.next(2)
            first.serverSends(frames[1])
            #expect(await events.next()?.event.name == "READY")
            first.serverSends([9, 9, 9, 9, 0, 0, 0xFF, 0xFF])
            let second = try await nextConnection()
            #expect(first.clientCode == 4000)
            second.serverSends(frames[0])
            _ = try await second.next(6)
        }
    }

    @Test func passesOverWhatIsNoMessage() async throws {
        try await withShard(events: ["GOOD"]) { _, events in
            let server = try await gateway.next()
            _ = try await server.welcome()
            #expect(await events.next()?.event.name == "READY")
            for text in ["", "x", "[]", #"{"op":99}"#, #"{"op":0,"s":2,"t":"OTHER","d":1}"#, "{\"op\":"] {
                server.serverSends(text)
            }
            server.serverSends([0xFF, 0x00])
            server.serverSends(#"{"op":0,"s":3,"t":"GOOD","d":1}"#)
            #expect(await events.next()?.event.name == "GOOD")
        }
    }

    @Test func saysGoodbyeWhenCancelled() async throws {
        var kept: MemoryConnection?
        try await withShard { _, events in
            let server = try await gateway.next()
            kept = server
            _ = try await server.welcome()
            _ = await events.next()
        }
        #expect(kept?.clientCode == 1000)
    }

    @Test func sendsCommands() async throws {
        try await withShard { shard, events in
            try await shard.send(.voiceState(VoiceStateUpdateRequest(guildID: 5, channelID: 6, selfDeaf: true)))
            let server = try await gateway.next()
            _ = try await server.welcome()
            #expect(
                try await server.next(4)
                    == ["guild_id": "5", "channel_id": "6", "self_mute": false, "self_deaf": true])
            try await shard.send(.voiceState(VoiceStateUpdateRequest(guildID: 5)))
            #expect(try await server.next(4)["channel_id"] == .some(.null))
            await #expect(throws: DiscordError.self) {
                try await shard.send(.other(.requestChannelInfo, .string(String(repeating: "x", count: 5000))))
            }
            _ = await events.next()
        }
    }
}
