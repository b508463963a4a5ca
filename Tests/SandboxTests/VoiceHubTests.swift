import Testing

@testable import Sandbox

@Suite struct VoiceHubTests {
    private struct Call {
        var hub = VoiceHub(rules: VoiceRules())
        var world = seededWorld()
        var grant: VoiceGrant

        init() throws {
            grant = VoiceGrant(token: "", session: "", channel: 0, endpoint: 0)
            _ = try world.must { (world: inout World) throws(APIError) in
                world.changeVoice(
                    user: Seed.bot, guild: Seed.guild, channel: Seed.lounge, selfMute: false, selfDeaf: false,
                    session: "sess")
            }
            grant = try #require(world.voiceGrants[VoicePlace(guild: Seed.guild, user: Seed.bot)])
        }

        mutating func send(_ link: Int, _ op: Int64, _ data: JSON, now: Int64 = 0) -> VoiceHub.Step {
            hub.receive(link, (["op": .int(op), "d": data] as JSON).bytes, isBinary: false, now: now, world: &world)
        }

        mutating func identify(_ link: Int, _ changes: [String: JSON] = [:]) -> VoiceHub.Step {
            let data: JSON = [
                "server_id": .id(Seed.guild), "user_id": .id(Seed.bot), "session_id": "sess",
                "token": .string(grant.token), "max_dave_protocol_version": 1,
            ]
            return send(link, 0, data.merging(changes))
        }

        static func texts(_ step: VoiceHub.Step) -> [JSON] {
            step.outputs.compactMap { if case .text(let text) = $0.output { JSONReader.read(text) } else { nil } }
        }

        static func binaries(_ step: VoiceHub.Step) -> [[UInt8]] {
            step.outputs.compactMap { if case .binary(let bytes) = $0.output { bytes } else { nil } }
        }

        static func code(_ step: VoiceHub.Step) -> UInt16? {
            for case (_, .close(let code, _)) in step.outputs { return code }
            return nil
        }
    }

    @Test func handshake() throws {
        var call = try Call()
        let (link, hello) = call.hub.connect(region: 0, version: 8, now: 0)
        #expect(Call.texts(hello)[0]["d"]?["heartbeat_interval"] == 13750)
        let ready = Call.texts(call.identify(link))[0]
        #expect(ready["op"] == 2)
        #expect(ready["seq"] == 1)
        #expect(ready["d"]?["modes"]?.array?.count == 2)
        let step = call.send(
            link, 1,
            ["protocol": "udp", "data": ["address": "1.2.3.4", "port": 5, "mode": "aead_xchacha20_poly1305_rtpsize"]])
        let description = Call.texts(step)[0]
        #expect(description["op"] == 4)
        #expect(description["d"]?["dave_protocol_version"] == 1)
        #expect(Call.binaries(step).map { Array($0.prefix(3)) } == [[0, 3, 25]])
        #expect(description["d"]?["secret_key"]?.array?.count == 32)
        let beat = Call.texts(call.send(link, 3, ["t": 99, "seq_ack": 2]))[0]
        #expect(beat["op"] == 6)
        #expect(beat["d"]?["t"] == 99)
        #expect(beat["seq"] == nil)
    }

    @Test(
        arguments: [
            (["token": "wrong"], 4004), (["session_id": "other"], 4006), (["server_id": "5"], 4011),
            (["user_id": .id(Seed.bob)], 4006), (["token": nil], 4002),
        ] as [([String: JSON], UInt16)])
    func identifyErrors(_ changes: [String: JSON], _ code: UInt16) throws {
        var call = try Call()
        let (link, _) = call.hub.connect(region: 0, version: 8, now: 0)
        #expect(Call.code(call.identify(link, changes)) == code)
    }

    @Test func otherCloseCodes() throws {
        var call = try Call()
        #expect(Call.code(call.hub.connect(region: 0, version: 3, now: 0).1) == 4020)
        let (link, _) = call.hub.connect(region: 0, version: 8, now: 0)
        #expect(Call.code(call.send(link, 5, ["speaking": 1])) == 4003)
        let (other, _) = call.hub.connect(region: 0, version: 8, now: 0)
        _ = call.identify(other)
        #expect(Call.code(call.send(other, 1, ["protocol": "udp", "data": ["mode": "xsalsa20_poly1305"]])) == 4016)
        let (third, _) = call.hub.connect(region: 0, version: 8, now: 0)
        _ = call.identify(third)
        #expect(Call.code(call.send(third, 99, [:])) == 4001)
        let (fourth, _) = call.hub.connect(region: 0, version: 8, now: 0)
        #expect(Call.code(call.identify(fourth, ["max_dave_protocol_version": 0])) == 4017)
        call.hub.rules.dave = .offered
        let (fifth, _) = call.hub.connect(region: 0, version: 8, now: 0)
        #expect(Call.code(call.identify(fifth, ["max_dave_protocol_version": nil])) == nil)
    }

    @Test func resumeRepeatsAndThenNumbersOn() throws {
        var call = try Call()
        let (link, _) = call.hub.connect(region: 0, version: 8, now: 0)
        _ = call.identify(link)
        _ = call.send(link, 1, ["protocol": "udp", "data": ["mode": "aead_aes256_gcm_rtpsize"]])
        _ = call.hub.disconnect(link, clientCode: 1006, now: 0, world: call.world)
        let (again, _) = call.hub.connect(region: 0, version: 8, now: 0)
        let data: JSON = [
            "server_id": .id(Seed.guild), "session_id": "sess", "token": .string(call.grant.token), "seq_ack": 1,
        ]
        let step = call.send(again, 7, data)
        let answer = Call.texts(step)
        #expect(answer.compactMap { $0["op"]?.integer } == [9, 4])
        #expect(answer[1]["seq"] == 2)
        #expect(Call.binaries(step).map { Array($0.prefix(3)) } == [[0, 3, 25]])
    }

    @Test func resumeOfNothingIs4006() throws {
        var call = try Call()
        let (link, _) = call.hub.connect(region: 0, version: 8, now: 0)
        let data: JSON = ["server_id": .id(Seed.guild), "session_id": "sess", "token": .string(call.grant.token)]
        #expect(Call.code(call.send(link, 7, data)) == 4006)
    }

    @Test func silentClientsAreClosed() throws {
        var call = try Call()
        let (link, _) = call.hub.connect(region: 0, version: 8, now: 0)
        _ = call.identify(link)
        let early = call.hub.tick(now: 30_000, world: &call.world)
        #expect(early.outputs.isEmpty)
        let late = call.hub.tick(now: 42_000, world: &call.world)
        #expect(Call.code(late) == 4009)
    }

    @Test func peopleAreAnnounced() throws {
        var call = try Call()
        let (link, _) = call.hub.connect(region: 0, version: 8, now: 0)
        _ = call.identify(link)
        let (_, events) = try call.world.must { (world: inout World) throws(APIError) in
            world.changeVoice(
                user: Seed.bob, guild: Seed.guild, channel: Seed.lounge, selfMute: false, selfDeaf: false, session: "b")
        }
        var ops: [Int64] = []
        for case .voice(let effect) in events {
            ops += Call.texts(call.hub.follow(effect, world: call.world)).compactMap { $0["op"]?.integer }
        }
        #expect(ops == [11, 18, 20])
    }
}
