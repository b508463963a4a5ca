import Testing

@testable import Sandbox

@Suite struct GatewayHubTests {
    private func identify(_ changes: [String: JSON] = [:]) -> [UInt8] {
        let world = seededWorld()
        let data: JSON = [
            "token": .string(world.applications[Seed.bot]?.token ?? ""), "intents": 513,
            "properties": ["os": "linux", "browser": "x", "device": "x"],
        ]
        return (["op": 2, "d": data.merging(changes)] as JSON).bytes
    }

    private func texts(_ outputs: GatewayHub.Outputs, _ link: Int) -> [JSON] {
        outputs.compactMap {
            if case .text(let text) = $0.output, $0.link == link { JSONReader.read(text) } else { nil }
        }
    }

    private func closeCode(_ outputs: GatewayHub.Outputs) -> UInt16? {
        for case (_, .close(let code, _)) in outputs { return code }
        return nil
    }

    @Test func helloReadyGuildCreate() throws {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (link, hello) = hub.connect(version: "10", now: 0)
        #expect(texts(hello, link)[0]["d"]?["heartbeat_interval"] == 41250)
        let beat = hub.receive(link, Array(#"{"op":1,"d":null}"#.utf8), now: 1, world: &world)
        #expect(texts(beat, link)[0]["op"] == 11)
        let messages = texts(hub.receive(link, identify(), now: 2, world: &world), link)
        #expect(messages.compactMap { $0["t"]?.string } == ["READY", "GUILD_CREATE"])
        #expect(messages.compactMap { $0["s"]?.integer } == [1, 2])
        #expect(messages[1]["d"]?["member_count"] == 4)
        #expect(messages[1]["d"]?["unavailable"] == false)
    }

    @Test(
        arguments: [
            (["token": "wrong"], 4004), (["intents": nil], 4013), (["intents": .int(1 << 18)], 4013),
            (["shard": [2, 2]], 4010), (["token": 5], 4002),
        ] as [([String: JSON], UInt16)])
    func identifyErrors(_ changes: [String: JSON], _ code: UInt16) {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (link, _) = hub.connect(version: nil, now: 0)
        #expect(closeCode(hub.receive(link, identify(changes), now: 0, world: &world)) == code)
    }

    @Test func closesOnBadConduct() {
        var world = seededWorld()
        func code(_ prepare: (inout GatewayHub, Int, inout World) -> GatewayHub.Outputs) -> UInt16? {
            var hub = GatewayHub(rules: GatewayRules())
            let (link, _) = hub.connect(version: "10", now: 0)
            return closeCode(prepare(&hub, link, &world))
        }
        #expect(
            closeCode(
                {
                    var hub = GatewayHub(rules: GatewayRules()); return hub.connect(version: "3", now: 0).1
                }()) == 4012)
        #expect(code { $0.receive($1, Array("nonsense".utf8), now: 0, world: &$2) } == 4002)
        #expect(code { $0.receive($1, [UInt8](repeating: 0x20, count: 4097), now: 0, world: &$2) } == 4002)
        #expect(code { $0.receive($1, Array(#"{"op":3,"d":{}}"#.utf8), now: 0, world: &$2) } == 4003)
        #expect(
            code { hub, link, world in
                _ = hub.receive(link, identify(), now: 0, world: &world)
                return hub.receive(link, identify(), now: 0, world: &world)
            } == 4005)
        #expect(
            code { hub, link, world in
                var outputs: GatewayHub.Outputs = []
                for _ in 0..<121 {
                    outputs += hub.receive(link, Array(#"{"op":1,"d":null}"#.utf8), now: 0, world: &world)
                }
                return outputs
            } == 4008)
        world.applications[Seed.bot]?.privilegedIntents = 0
        #expect(code { $0.receive($1, identify(["intents": 2]), now: 0, world: &$2) } == 4014)
    }

    @Test func identifiesArePaced() {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (first, _) = hub.connect(version: "10", now: 0)
        _ = hub.receive(first, identify(), now: 0, world: &world)
        let (second, _) = hub.connect(version: "10", now: 0)
        #expect(texts(hub.receive(second, identify(), now: 4999, world: &world), second)[0]["op"] == 9)
        #expect(texts(hub.receive(second, identify(), now: 5000, world: &world), second)[0]["t"] == "READY")
    }

    @Test func silentClientsAreClosed() {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (link, _) = hub.connect(version: "10", now: 0)
        _ = hub.receive(link, identify(), now: 0, world: &world)
        #expect(hub.tick(now: 41_250 * 2, world: &world).isEmpty)
        #expect(closeCode(hub.tick(now: 41_250 * 3, world: &world)) == 4009)
    }

    private func say(_ hub: inout GatewayHub, _ world: inout World, _ content: String) throws -> GatewayHub.Outputs {
        let form = try MessageForm.read(["content": .string(content)], files: [], purpose: .create)
        let (_, events) = try world.must { (world: inout World) throws(APIError) in
            try world.postMessage(form, in: Seed.general, by: Seed.alice)
        }
        var outputs: GatewayHub.Outputs = []
        for case .dispatch(let dispatch) in events { outputs += hub.dispatch(dispatch, world: world) }
        return outputs
    }

    @Test func aConnectionIsHeldToTheIntervalItWasTold() {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        _ = hub.connect(version: "10", now: 0)
        hub.rules.heartbeatInterval = 1_500
        #expect(hub.tick(now: 41_250 * 2, world: &world).isEmpty)
        #expect(closeCode(hub.tick(now: 41_250 * 3, world: &world)) == 4009)
    }

    @Test func resumeReplaysWhatWasMissed() throws {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (first, _) = hub.connect(version: "10", now: 0)
        let ready = texts(hub.receive(first, identify(["intents": 33_281]), now: 0, world: &world), first)
        let session = try #require(ready[0]["d"]?["session_id"])
        #expect(texts(try say(&hub, &world, "one"), first)[0]["d"]?["content"] == "one")
        hub.disconnect(first, clientCode: 1006, now: 10, world: &world)
        #expect(try say(&hub, &world, "two").isEmpty)
        _ = try say(&hub, &world, "three")
        let (second, _) = hub.connect(version: "10", now: 20)
        let resume: JSON = [
            "op": 6,
            "d": ["token": .string(world.applications[Seed.bot]!.token), "session_id": session, "seq": 3],
        ]
        let replay = texts(hub.receive(second, resume.bytes, now: 20, world: &world), second)
        #expect(replay.compactMap { $0["s"]?.integer } == [4, 5, 6])
        #expect(replay.compactMap { $0["d"]?["content"]?.string } == ["two", "three"])
        #expect(replay.last?["t"] == "RESUMED")
        #expect(replay.last?["d"]?.object != nil)
    }

    @Test func resumeFailsWhenTheBufferIsGone() throws {
        var rules = GatewayRules()
        rules.replayed = 4
        var hub = GatewayHub(rules: rules)
        var world = seededWorld()
        let (first, _) = hub.connect(version: "10", now: 0)
        let ready = texts(hub.receive(first, identify(), now: 0, world: &world), first)
        hub.disconnect(first, clientCode: 1006, now: 10, world: &world)
        for number in 0..<20 { _ = try say(&hub, &world, "\(number)") }
        let (second, _) = hub.connect(version: "10", now: 20)
        let resume: JSON = [
            "op": 6,
            "d": [
                "token": .string(world.applications[Seed.bot]!.token), "session_id": ready[0]["d"]!["session_id"]!,
                "seq": 2,
            ],
        ]
        let answer = texts(hub.receive(second, resume.bytes, now: 20, world: &world), second)
        #expect(answer[0]["op"] == 9)
        #expect(answer[0]["d"] == false)
    }

    @Test func closing1000EndsTheSession() throws {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (link, _) = hub.connect(version: "10", now: 0)
        _ = hub.receive(link, identify(), now: 0, world: &world)
        hub.disconnect(link, clientCode: 1000, now: 1, world: &world)
        #expect(hub.sessions.isEmpty)
    }

    @Test func contentIsHiddenWithoutTheIntent() throws {
        var hub = GatewayHub(rules: GatewayRules())
        var world = seededWorld()
        let (link, _) = hub.connect(version: "10", now: 0)
        _ = hub.receive(link, identify(), now: 0, world: &world)
        #expect(texts(try say(&hub, &world, "hidden"), link)[0]["d"]?["content"] == "")
        #expect(
            texts(try say(&hub, &world, "for <@\(Seed.bot)>"), link)[0]["d"]?["content"]?.string?.hasPrefix("for")
                == true)
    }

    @Test(arguments: [Compression.zlibStream, .zstdStream])
    func streamsEndEachMessageFlushed(_ kind: Compression) throws {
        let compressor = try #require(StreamCompressor(kind))
        let first = compressor.compress(Array("hello hello hello".utf8))
        let second = compressor.compress(Array("hello again".utf8))
        #expect(!first.isEmpty && !second.isEmpty)
        if kind == .zlibStream {
            #expect(first.suffix(4) == [0, 0, 0xFF, 0xFF])
            #expect(second.suffix(4) == [0, 0, 0xFF, 0xFF])
            #expect(first[0] == 0x78 && second[0] != 0x78)
        }
    }
}

@Suite struct PayloadCompressionTests {
    @Test func largePayloadsAreDeflatedOnRequest() {
        var world = seededWorld()
        for (isStream, expected) in [(false, true), (true, false)] {
            var hub = GatewayHub(rules: GatewayRules())
            let (link, _) = hub.connect(version: "10", isStream: isStream, now: 0)
            let identify: JSON = [
                "op": 2,
                "d": ["token": .string(world.applications[Seed.bot]?.token ?? ""), "intents": 1, "compress": true],
            ]
            let outputs = hub.receive(link, identify.bytes, now: 0, world: &world)
            let isDeflated = outputs.contains { if case .deflated = $0.output { true } else { false } }
            #expect(isDeflated == expected)
        }
    }
}
