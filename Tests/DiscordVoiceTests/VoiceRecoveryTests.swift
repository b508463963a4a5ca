import DiscordModel
import DiscordVoice
import TestSupport
import Testing

@Suite struct VoiceRecoveryTests {
    typealias Bench = MachineBench

    @Test(arguments: [UInt16(1001), 1005, 1006, 4015, 4999]) func lostSocketsAreResumed(_ code: UInt16) throws {
        var bench = Bench.connected()
        bench.feed(.binary([0xFF, 0xFE, 25]))
        let lost = bench.feed(.socketClosed(code: code))
        #expect(lost == [.suspendMedia, .emit(.interrupted), .openSocket(url: "wss://voice.example:443/?v=8")])
        let resume = try #require(Bench.payload(.resume, in: bench.feed(.socketOpened)))
        #expect(
            resume == ["server_id": "100", "session_id": "session", "token": "token-1", "seq_ack": 0xFFFE])
        bench.feed(Bench.hello())
        let done = bench.feed(Bench.resumed)
        #expect(done.contains(.resumeMedia))
        #expect(Bench.events(done) == [.recovered])
        #expect(Bench.stateChanges(bench.actions).isEmpty)
    }

    @Test(arguments: [UInt16(4004), 4006, 4009, 4011, 4013]) func lostSessionsAreJoinedAnew(_ code: UInt16) {
        var bench = Bench.connected()
        let lost = bench.feed(.socketClosed(code: code))
        #expect(
            lost == [
                .suspendMedia, .emit(.interrupted), .changeVoiceState(nil), .changeVoiceState(Bench.lounge),
            ])
        bench.feed(Bench.state(nil))
        bench.feed(Bench.server(token: "token-2"))
        #expect(Bench.opens(bench.feed(Bench.state(Bench.lounge, session: "new"))).count == 1)
        bench.actions = []
        bench.shakeHands(ssrc: 45)
        #expect(Bench.payload(.identify, in: bench.actions)?["session_id"] == "new")
        #expect(Bench.events(bench.actions) == [.recovered])
    }

    @Test(arguments: [UInt16(4001), 4002, 4003, 4005, 4012, 4020]) func brokenTalkIsBegunAnew(_ code: UInt16) {
        var bench = Bench.connected()
        #expect(Bench.opens(bench.feed(.socketClosed(code: code))).count == 1)
        #expect(Bench.sent(bench.feed(.socketOpened)) == [.identify])
        // A server that keeps saying so is left for another one, and that has an end, too.
        for _ in 0..<40 {
            bench.feed(.socketClosed(code: code))
            bench.advance(by: .seconds(61))
            bench.feed(Bench.state(Bench.lounge))
            bench.feed(Bench.server(token: "token-\(bench.actions.count)"))
            bench.feed(.socketOpened)
        }
        #expect(Bench.stateChanges(bench.actions).contains(Bench.lounge))
        #expect(bench.machine.status == .disconnected)
    }

    @Test(arguments: [UInt16(4014), 4022]) func disconnectedWaitsForAServerAndStopsWithout(_ code: UInt16) {
        var bench = Bench.connected()
        let closed = bench.feed(.socketClosed(code: code))
        #expect(closed == [.suspendMedia, .emit(.interrupted)])
        let end = bench.advance(by: .seconds(11))
        #expect(Bench.opens(end).isEmpty)
        #expect(Bench.events(end).count == 1)
        #expect(bench.machine.status == .disconnected)
    }

    @Test(arguments: [MachineBench.lounge, MachineBench.stage])
    func joiningAfterADisconnectionAsksForANewServer(_ channel: ChannelID) {
        var bench = Bench.connected()
        bench.feed(.socketClosed(code: 4014))
        bench.advance(by: .seconds(9))
        // Joining where Discord still sees us brings no new server: leave first.
        #expect(Bench.stateChanges(bench.feed(.connect(channel))) == [nil, channel])
        // The end of the stay before comes late and means nothing any more.
        #expect(bench.feed(Bench.state(nil)).isEmpty)
        bench.advance(by: .seconds(2))
        bench.feed(Bench.state(channel, session: "new"))
        #expect(Bench.opens(bench.feed(Bench.server(token: "token-2"))).count == 1)
        bench.actions = []
        bench.shakeHands(ssrc: 46)
        #expect(bench.actions.contains(.answer(nil)))
        #expect(bench.machine.status == .connected(channel))
    }

    @Test func leavingDuringDiscoveryClosesTheMediaSocket() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        bench.feed(.socketOpened)
        bench.feed(Bench.hello())
        bench.feed(Bench.ready())
        #expect(bench.feed(.disconnect).contains(.stopMedia))
    }

    @Test(arguments: [UInt16(1000), 4017, 4021]) func finalCodesStopWithASentence(_ code: UInt16) {
        var bench = Bench.connected()
        let actions = bench.feed(.socketClosed(code: code))
        guard case .disconnected(let sentence)? = Bench.events(actions).last else {
            Issue.record("no end")
            return
        }
        #expect(sentence.hasSuffix("."))
        #expect(sentence.contains("encryption") == (code == 4017))
        #expect(bench.advance(by: .seconds(600)).isEmpty)
    }

    @Test func aRefusedModeIsNotChosenAgain() {
        var bench = Bench()
        let modes: [JSONValue] = ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        var chosen: [JSONValue?] = []
        for _ in 0..<2 {
            bench.feed(.socketOpened)
            bench.feed(Bench.ready(modes: modes))
            let select = Bench.payload(.selectProtocol, in: bench.feed(.discovered(address: "1.2.3.4", port: 1)))
            chosen.append(select?["data"]?["mode"])
            bench.feed(.socketClosed(code: 4016))
            bench.advance(by: .seconds(2))
        }
        #expect(Set(chosen.compactMap(\.self?.string)).count == 2)
        bench.feed(.socketOpened)
        #expect(Bench.events(bench.feed(Bench.ready(modes: modes))).count == 1)
        #expect(bench.machine.status == .disconnected)
    }

    @Test func aResumeThatFailsTwiceBecomesAFreshIdentifyThenARejoin() {
        var bench = Bench.connected()
        var kinds: [VoiceOpcode] = []
        bench.feed(.socketClosed(code: 1006))
        for _ in 0..<4 {
            kinds += Bench.sent(bench.feed(.socketOpened))
            bench.feed(.socketClosed(code: 1006))
            bench.advance(by: .seconds(4))
        }
        #expect(kinds == [.resume, .resume, .identify, .identify])
        #expect(Bench.stateChanges(bench.actions) == [nil, Bench.lounge])
    }

    @Test func theFirstAttemptIsImmediateAndLaterOnesWaitLonger() {
        var bench = Bench.connected()
        var waits: [Duration] = []
        for _ in 0..<6 {
            bench.actions = []
            let before = bench.now
            bench.feed(.socketClosed(code: 4006))
            while Bench.stateChanges(bench.actions).isEmpty, let deadline = bench.machine.nextDeadline {
                bench.advance(by: deadline - bench.now)
            }
            waits.append(bench.now - before)
            bench.feed(Bench.state(Bench.lounge))
            bench.feed(Bench.server(token: "token-\(waits.count + 1)"))
        }
        #expect(waits[0] == .zero)
        #expect(waits[1] >= .milliseconds(250) && waits[1] <= .milliseconds(500))
        #expect(waits[5] >= .seconds(4) && waits[5] <= .seconds(8))
    }

    @Test func aConnectDuringALongOutageIsAnsweredAndTheMendingGoesOn() {
        var bench = Bench.connected()
        for _ in 0..<7 {
            bench.feed(.socketClosed(code: 1006))
            bench.advance(by: .seconds(2))
        }
        bench.actions = []
        #expect(bench.feed(.connect(Bench.lounge)).isEmpty)
        bench.advance(by: .seconds(21))
        guard
            case .answer(.disconnected(let sentence))? = bench.actions.last(where: {
                if case .answer = $0 { true } else { false }
            })
        else {
            Issue.record("no answer")
            return
        }
        #expect(sentence.contains("keeps trying"))
        #expect(bench.machine.status == .interrupted(Bench.lounge))
    }

    @Test func aStableConnectionForgetsEarlierTrouble() {
        var bench = Bench.connected()
        for round in 0..<40 {
            bench.feed(.socketClosed(code: 1006))
            bench.feed(.socketOpened)
            bench.feed(Bench.hello())
            bench.feed(Bench.resumed)
            #expect(bench.machine.status == .connected(Bench.lounge), "round \(round)")
            for _ in 0..<8 {
                bench.advance(by: .seconds(4))
                bench.feed(.message(VoiceGatewayPayload(op: .heartbeatACK, d: nil)))
            }
        }
        #expect(bench.machine.reconnects == 40)
    }

    /// Whatever happens in whatever order: one socket at a time, events that make sense, and an end to every trouble.
    @Test(arguments: 0..<200) func anyOrderOfEventsKeepsTheRules(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var bench = Bench()
        bench.random = SeededRandom(seed: UInt64(seed) &+ 1)
        var rules = Rules()
        for _ in 0..<300 {
            let event = Self.anyEvent(&random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                bench.actions = []
                bench.advance(by: .milliseconds(Int.random(in: 1...12_000, using: &random)))
                rules.check(bench.actions)
            }
            if case .socketOpened = event, !rules.isOpening { continue }
            if case .socketClosed = event { rules.socketEnded() }
            if case .socketOpened = event { rules.isOpening = false }
            rules.check(bench.feed(event))
        }
        // From now on every socket closes at once and nobody answers: it must come to rest.
        var steps = 0
        while let deadline = bench.machine.nextDeadline, steps < 2_000 {
            steps += 1
            bench.actions = []
            bench.advance(by: max(.zero, deadline - bench.now))
            rules.check(bench.actions)
            if rules.hasSocket {
                rules.socketEnded()
                rules.check(bench.feed(.socketClosed(code: [1006, 4006, 4015, 4002][steps % 4])))
            }
        }
        #expect(bench.machine.nextDeadline == nil, "still busy after \(steps) steps")
        #expect(bench.machine.status == .disconnected)
        #expect(!rules.hasMediaSocket)
    }

    static func anyEvent(_ random: inout SeededRandom) -> VoiceMachine.Event {
        let channel = Bool.random(using: &random) ? Bench.lounge : Bench.stage
        switch Int.random(in: 0..<16, using: &random) {
        case 0, 1: return .connect(channel)
        case 2: return Int.random(in: 0..<5, using: &random) == 0 ? .disconnect : .tick
        case 3, 4: return Bench.state(Int.random(in: 0..<6, using: &random) == 0 ? nil : channel)
        case 5, 6:
            return Bench.server(
                Int.random(in: 0..<6, using: &random) == 0 ? nil : "voice.example",
                token: "token-\(Int.random(in: 0..<3, using: &random))")
        case 7, 8: return .socketOpened
        case 9:
            return .socketClosed(
                code: UInt16(
                    [1000, 1001, 1006, 4004, 4006, 4014, 4015, 4016, 4022].randomElement(using: &random) ?? 1006))
        case 10: return Bench.hello(interval: Int.random(in: -5...20_000, using: &random))
        case 11: return Bench.ready()
        case 12: return .discovered(address: "1.2.3.4", port: 5)
        case 13: return Bench.session()
        case 14: return Bench.resumed
        default:
            return .binary(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    /// What must hold over the actions, whatever happens.
    struct Rules {
        var hasSocket = false
        var isOpening = false
        var hasMedia = false
        var hasMediaSocket = false
        var isConnected = false
        var isInterrupted = false

        mutating func socketEnded() {
            hasSocket = false
            isOpening = false
        }

        mutating func check(_ actions: [VoiceMachine.Action]) {
            for action in actions {
                switch action {
                case .openSocket:
                    #expect(!hasSocket, "a second socket")
                    hasSocket = true
                    isOpening = true
                case .closeSocket: socketEnded()
                case .send: #expect(hasSocket && !isOpening, "a message without a socket")
                case .startMedia: hasMedia = true
                case .suspendMedia, .resumeMedia: #expect(hasMedia)
                case .stopMedia:
                    #expect(hasMediaSocket)
                    hasMedia = false
                    hasMediaSocket = false
                case .discover: hasMediaSocket = true
                case .emit(.connected):
                    #expect(!isConnected)
                    isConnected = true
                case .emit(.moved): #expect(isConnected)
                case .emit(.interrupted):
                    #expect(isConnected && !isInterrupted)
                    isInterrupted = true
                case .emit(.recovered):
                    #expect(isInterrupted)
                    isInterrupted = false
                case .emit(.disconnected):
                    isConnected = false
                    isInterrupted = false
                case .changeVoiceState, .ping, .endToEnd, .answer: break
                }
            }
        }
    }
}

@Suite struct VoiceMalformedInputTests {
    typealias Bench = MachineBench

    static let payloads: [VoiceGatewayPayload] = [
        VoiceGatewayPayload(op: .ready, d: nil),
        VoiceGatewayPayload(op: .ready, d: ["ssrc": "x"]),
        VoiceGatewayPayload(op: .ready, d: ["ssrc": 1, "ip": "", "port": 5, "modes": []]),
        VoiceGatewayPayload(op: .ready, d: ["ssrc": 1, "ip": "1.2.3.4", "port": 70_000, "modes": []]),
        VoiceGatewayPayload(op: .ready, d: ["ssrc": -1, "ip": "1.2.3.4", "port": 5, "modes": [1, 2]]),
    ]

    @Test(arguments: payloads) func aBrokenReadyLeadsToAnotherAttemptAndAnEnd(_ payload: VoiceGatewayPayload) {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        for _ in 0..<20 where bench.machine.status != .disconnected {
            bench.feed(Bench.state(Bench.lounge))
            bench.feed(Bench.server(token: "token-\(bench.actions.count)"))
            bench.feed(.socketOpened)
            bench.feed(.message(payload))
            bench.advance(by: .seconds(60))
        }
        #expect(bench.machine.status == .disconnected)
    }

    @Test func aBrokenKeyIsNotUsed() {
        var bench = Bench()
        bench.feed(.connect(Bench.lounge))
        bench.feed(Bench.state(Bench.lounge))
        bench.feed(Bench.server())
        bench.feed(.socketOpened)
        bench.feed(Bench.ready())
        bench.feed(.discovered(address: "1.2.3.4", port: 1))
        let actions = bench.feed(Bench.session(key: [1, 2, 3]))
        #expect(!actions.contains { if case .startMedia = $0 { true } else { false } })
        #expect(Bench.opens(actions).count == 1)
    }
}
