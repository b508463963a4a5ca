import DiscordModel
import DiscordVoice
import TestSupport
import Testing

@Suite struct VoiceMachineJoinTests {
    typealias Bench = MachineBench

    @Test(arguments: [true, false]) func joinsWithTheEventsInEitherOrder(_ stateFirst: Bool) throws {
        var bench = Bench()
        #expect(bench.feed(.connect(Bench.lounge)) == [.changeVoiceState(Bench.lounge)])
        #expect(bench.machine.status == .connecting(Bench.lounge))
        let events = [Bench.state(Bench.lounge), Bench.server()]
        #expect(bench.feed(stateFirst ? events[0] : events[1]).isEmpty)
        #expect(bench.feed(stateFirst ? events[1] : events[0]) == [.openSocket(url: "wss://voice.example:443/?v=8")])

        let identify = try #require(Bench.payload(.identify, in: bench.feed(.socketOpened)))
        #expect(identify["server_id"] == "100")
        #expect(identify["user_id"] == "7")
        #expect(identify["session_id"] == "session")
        #expect(identify["token"] == "token-1")
        #expect(identify["max_dave_protocol_version"] == 0)
        #expect(bench.feed(Bench.hello()).isEmpty)
        #expect(
            bench.feed(Bench.ready()) == [.discover(address: "127.0.0.1", port: 5000, ssrc: 42, isRepeated: false)])
        let select = try #require(
            Bench.payload(.selectProtocol, in: bench.feed(.discovered(address: "203.0.113.5", port: 40_000))))
        #expect(select["protocol"] == "udp")
        #expect(
            select["data"] == ["address": "203.0.113.5", "port": 40_000, "mode": "aead_xchacha20_poly1305_rtpsize"])

        let last = bench.feed(Bench.session())
        #expect(Bench.sent(last) == [.speaking])
        #expect(Bench.payload(.speaking, in: last) == ["speaking": 0, "delay": 0, "ssrc": 42])
        let media = VoiceMachine.Action.startMedia(ssrc: 42, mode: .xchacha20Poly1305, key: Bench.key)
        let speaking = try #require(last.firstIndex { if case .send = $0 { true } else { false } })
        #expect(try #require(last.firstIndex(of: media)) > speaking)
        #expect(Bench.events(last) == [.connected(Bench.lounge)])
        #expect(last.last == .answer(nil))
        #expect(bench.machine.status == .connected(Bench.lounge))
    }

    @Test func prefersAESWhereTheProcessorHasIt() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        bench.feed(.socketOpened)
        bench.feed(Bench.ready(modes: ["aead_xchacha20_poly1305_rtpsize", "aead_aes256_gcm_rtpsize"]))
        let select = Bench.payload(.selectProtocol, in: bench.feed(.discovered(address: "1.2.3.4", port: 1)))
        let expected: TransportMode = TransportMode.hasFastAES ? .aes256GCM : .xchacha20Poly1305
        #expect(select?["data"]?["mode"] == .string(expected.rawValue))
    }

    @Test func endpointsWithASchemeAreTakenAsTold() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        #expect(
            bench.feed(Bench.server("ws://127.0.0.1:99/voice")) == [.openSocket(url: "ws://127.0.0.1:99/voice/?v=8")])
    }

    @Test func repeatsALostDiscoveryRequest() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        bench.feed(.socketOpened)
        bench.feed(Bench.ready())
        let again = VoiceMachine.Action.discover(address: "127.0.0.1", port: 5000, ssrc: 42, isRepeated: true)
        #expect(bench.advance(by: .seconds(1)) == [again, again])
        // Without any reply the connection is tried anew, and in the end given up with a sentence about UDP.
        var all: [VoiceMachine.Action] = []
        for _ in 0..<40 {
            var new = bench.advance(by: .seconds(3))
            if Bench.stateChanges(new).contains(Bench.lounge) {
                bench.feed(Bench.state(Bench.lounge))
                new += bench.feed(Bench.server(token: "token-\(all.count)"))
            }
            all += new
            guard !Bench.opens(new).isEmpty else { continue }
            bench.feed(.socketOpened)
            bench.feed(Bench.ready())
        }
        guard case .disconnected(let sentence)? = Bench.events(all).last else {
            Issue.record("no end")
            return
        }
        #expect(sentence.contains("UDP"))
    }

    @Test func anUnansweredJoinEndsWithASentence() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        let actions = bench.advance(by: .seconds(60))
        #expect(Bench.stateChanges(actions) == [nil, Bench.lounge, nil])
        guard case .disconnected(let sentence)? = Bench.events(actions).last else {
            Issue.record("no end")
            return
        }
        #expect(sentence.contains("permission"))
        #expect(actions.last == .answer(.disconnected(sentence)))
        #expect(bench.machine.status == .disconnected)
        #expect(bench.machine.nextDeadline == nil)
    }

    @Test func aServerWithoutKnownModesIsASentence() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        bench.feed(.socketOpened)
        let actions = bench.feed(Bench.ready(modes: ["xsalsa20_poly1305"]))
        #expect(bench.machine.status == .disconnected)
        #expect(Bench.events(actions).count == 1)
    }

    @Test func echoesOfAnEarlierStayAreIgnored() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.stage, session: "old"))
        bench.feed(Bench.state(nil))
        #expect(bench.machine.status == .connecting(Bench.lounge))
        bench.feed(Bench.server())
        #expect(Bench.opens(bench.feed(Bench.state(Bench.lounge))).count == 1)
    }

    @Test func leavesCleanly() {
        var bench = Bench.connected()
        let actions = bench.feed(.disconnect)
        #expect(actions.prefix(3) == [.closeSocket(code: 1000), .stopMedia, .changeVoiceState(nil)])
        #expect(bench.machine.status == .disconnected)
        #expect(bench.feed(Bench.state(nil)).isEmpty)
        #expect(bench.feed(.socketClosed(code: 1000)).isEmpty)
    }
}

@Suite struct VoiceMachineLifeTests {
    typealias Bench = MachineBench

    @Test func heartbeatsCarryTheNewestSequenceAndAreWatched() {
        var bench = Bench.connected()
        bench.feed(.binary([0x12, 0x34, 25, 1, 2, 3]))
        let first = bench.advance(by: .seconds(5))
        #expect(Bench.payload(.heartbeat, in: first)?["seq_ack"] == 0x1234)
        let nonce = Bench.payload(.heartbeat, in: first)?["t"]
        bench.now += .milliseconds(80)
        bench.feed(.message(VoiceGatewayPayload(op: .heartbeatACK, d: ["t": nonce ?? 0])))
        #expect(bench.machine.latency != nil)
        #expect(Bench.sent(bench.advance(by: .seconds(5))) == [.heartbeat])
        // No answer to that one: the connection is resumed, not waited for.
        let dead = bench.advance(by: .seconds(5))
        #expect(dead.contains(.closeSocket(code: 4900)))
        #expect(Bench.opens(dead).count == 1)
        #expect(Bench.events(dead) == [.interrupted])
    }

    @Test func theServerMayAskForAHeartbeat() {
        var bench = Bench.connected()
        let asked = bench.feed(.message(VoiceGatewayPayload(op: .heartbeat, d: nil)))
        #expect(Bench.sent(asked) == [.heartbeat])
        #expect(Bench.payload(.heartbeat, in: asked)?["seq_ack"] == 5)
    }

    @Test func keepaliveGoesOutEveryFiveSeconds() {
        var bench = Bench.connected()
        var pings: [UInt32] = []
        for _ in 0..<4 {
            for case .ping(let number) in bench.advance(by: .seconds(5)) { pings.append(number) }
            bench.feed(.message(VoiceGatewayPayload(op: .heartbeatACK, d: nil)))
        }
        #expect(pings == [1, 2, 3, 4])
    }

    @Test func speakingIsSentWhenItChanges() {
        var bench = Bench.connected()
        #expect(Bench.payload(.speaking, in: bench.feed(.speaking(true)))?["speaking"] == 1)
        #expect(bench.feed(.speaking(true)).isEmpty)
        #expect(Bench.payload(.speaking, in: bench.feed(.speaking(false)))?["speaking"] == 0)
    }

    @Test func aMoveWeAskForConnectsToTheNewServer() {
        var bench = Bench.connected()
        #expect(bench.feed(.connect(Bench.stage)) == [.changeVoiceState(Bench.stage)])
        #expect(bench.feed(Bench.state(Bench.lounge)).isEmpty)
        #expect(bench.feed(Bench.state(Bench.stage)).contains(.suspendMedia))
        let moving = bench.feed(Bench.server(token: "token-2"))
        #expect(moving == [.closeSocket(code: 1000), .openSocket(url: "wss://voice.example:443/?v=8")])
        // The old socket's 4014 comes late and means nothing any more: its owner knows it by its number.
        bench.actions = []
        bench.shakeHands(ssrc: 43)
        #expect(Bench.events(bench.actions) == [.moved(Bench.stage), .recovered])
        #expect(bench.actions.last == .answer(nil))
        #expect(bench.machine.status == .connected(Bench.stage))
    }

    @Test func aMoveBySomebodyIsFollowedIn4014OrderToo() {
        var bench = Bench.connected()
        bench.feed(.socketClosed(code: 4014))
        #expect(bench.machine.status == .interrupted(Bench.lounge))
        bench.feed(Bench.state(Bench.stage))
        bench.feed(Bench.server("other.example:443", token: "token-2"))
        bench.shakeHands(ssrc: 50)
        #expect(Bench.events(bench.actions) == [.interrupted, .moved(Bench.stage), .recovered])
        #expect(Bench.stateChanges(bench.actions).isEmpty)
    }

    @Test func aRefusedMoveStaysWhereItIs() {
        var bench = Bench.connected()
        bench.feed(.connect(Bench.stage))
        for _ in 0..<3 {
            bench.advance(by: .seconds(2))
            bench.feed(.message(VoiceGatewayPayload(op: .heartbeatACK, d: nil)))
        }
        #expect(bench.machine.status == .connected(Bench.lounge))
        guard
            case .answer(.disconnected(let sentence))? = bench.actions.last(where: {
                if case .answer = $0 { true } else { false }
            })
        else {
            Issue.record("no answer")
            return
        }
        #expect(sentence.contains("permission"))
    }

    @Test func aRegionChangeWaitsForTheNewEndpoint() {
        var bench = Bench.connected()
        let gone = bench.feed(Bench.server(nil))
        #expect(gone == [.closeSocket(code: 1000), .suspendMedia, .emit(.interrupted)])
        #expect(bench.advance(by: .seconds(20)).isEmpty)
        #expect(
            Bench.opens(bench.feed(Bench.server("new.example:443", token: "token-3"))) == ["wss://new.example:443/?v=8"]
        )
        bench.actions = []
        bench.shakeHands(ssrc: 44)
        #expect(Bench.events(bench.actions) == [.recovered])
    }

    @Test func aNewEndpointMidSongIsConnectedToAtOnce() {
        var bench = Bench.connected()
        let actions = bench.feed(Bench.server("new.example:443", token: "token-1"))
        #expect(
            actions == [
                .closeSocket(code: 1000), .suspendMedia, .emit(.interrupted),
                .openSocket(url: "wss://new.example:443/?v=8"),
            ])
        #expect(bench.feed(Bench.server("new.example:443", token: "token-1")).isEmpty)
    }

    @Test func aKickEndsTheConnection() {
        var bench = Bench.connected()
        let actions = bench.feed(Bench.state(nil))
        #expect(Bench.stateChanges(actions).isEmpty)
        guard case .disconnected(let sentence)? = Bench.events(actions).first else {
            Issue.record("no end")
            return
        }
        #expect(sentence.contains("disconnected"))
        #expect(bench.machine.nextDeadline == nil)
    }

    @Test func endToEndHearsOfSessionsAndCanAskForAFreshOne() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        #expect(bench.feed(.endToEndStuck("too early")).isEmpty)
        #expect(bench.feed(.socketOpened).first == .endToEnd(.opened))
        bench.feed(Bench.ready())
        bench.feed(.discovered(address: "1.2.3.4", port: 1))
        let begun = bench.feed(Bench.session())
        #expect(
            begun.first
                == .endToEnd(.begin(protocolVersion: 0, user: Bench.user, channel: Bench.lounge, ssrc: 42)))
        let fresh = bench.feed(.endToEndStuck("stuck"))
        #expect(fresh.contains(.closeSocket(code: 4900)))
        #expect(Bench.opens(fresh).count == 1)
        #expect(Bench.events(fresh) == [.interrupted])
        // A resume is told, and is no fresh session.
        var resumed = Bench.connected()
        resumed.feed(.socketClosed(code: 4015))
        #expect(resumed.feed(.socketOpened).contains(.endToEnd(.opened)) == false)
        #expect(resumed.feed(Bench.resumed).contains(.endToEnd(.resumed)))
        let speaking = VoiceGatewayPayload(op: .speaking, d: ["user_id": "5", "ssrc": 6, "speaking": 1])
        #expect(resumed.feed(.message(speaking)) == [.endToEnd(.json(speaking))])
    }

    @Test func endToEndMessagesReachTheirPlace() {
        var bench = Bench.connected()
        let prepare = VoiceGatewayPayload(op: .davePrepareEpoch, d: ["protocol_version": 1, "epoch": 1], seq: 9)
        #expect(bench.feed(.message(prepare)) == [.endToEnd(.json(prepare))])
        #expect(bench.feed(.binary([0, 10, 25, 7, 8])) == [.endToEnd(.binary(opcode: 25, [7, 8]))])
        #expect(bench.feed(.binary([0, 10])).isEmpty)
    }
}
