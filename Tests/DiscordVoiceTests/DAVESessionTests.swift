import DiscordModel
import DiscordVoice
import MLS
import ServiceKit
import TestSupport
import Testing

@Suite struct DAVESessionTests {
    static let alice: UserID = 201
    static let bob: UserID = 202
    static let bot: UserID = 1

    /// A call in which these are one after the other, everything delivered.
    static func call(_ users: UserID...) throws -> DAVECall {
        let call = try DAVECall()
        for user in users {
            call.join(user)
            try call.settle()
        }
        return call
    }

    @Test func aloneFramesGoAsTheyAre() throws {
        let call = try Self.call(Self.bot)
        #expect(call.client(Self.bot).said == [26])
        #expect(call.speak(Self.bot)?.count == 100)
        #expect(call.client(Self.bot).session.report.status == .waiting)
        #expect(call.client(Self.bot).session.report.privacyCode == nil)
        try call.advance(by: .seconds(100))
        #expect(call.client(Self.bot).said == [26])
        #expect(call.client(Self.bot).session.nextDeadline == nil)
    }

    @Test func twoMakeAGroup() throws {
        let call = try Self.call(Self.bot, Self.alice)
        call.expectHealthy()
        let report = call.client(Self.bot).session.report
        #expect(
            report.status == .encrypted(epoch: 1, members: [Self.bot, Self.alice])
                || report.status == .encrypted(epoch: 1, members: [Self.alice, Self.bot]))
        let code = try #require(report.privacyCode)
        #expect(code.split(separator: " ").map(\.count) == Array(repeating: 5, count: 6))
        #expect(report.epochs == 1)
        #expect(report.recoveries == 0)
    }

    @Test func aThirdJoinsAndTheFirstLeaves() throws {
        let call = try Self.call(Self.bot, Self.alice, Self.bob)
        call.expectHealthy()
        #expect(call.epoch == 2)
        let before = call.client(Self.bot).session.report.privacyCode
        try call.leave(Self.alice)
        try call.settle()
        call.expectHealthy()
        #expect(call.epoch == 3)
        #expect(call.client(Self.bot).session.report.privacyCode != before)
        #expect(call.client(Self.bot).session.receiversKept == 1)
    }

    @Test func everybodyLeavesAndComesBack() throws {
        let call = try Self.call(Self.bot, Self.alice, Self.bob)
        for round in 1...3 {
            try call.leave(Self.alice)
            try call.settle()
            try call.leave(Self.bob)
            try call.settle()
            #expect(call.speak(Self.bot)?.count == 100)
            #expect(call.client(Self.bot).session.receiversKept == 0)
            #expect(call.client(Self.bot).session.report.resets == round)
            call.join(Self.bob)
            call.join(Self.alice)
            try call.settle()
            call.expectHealthy("round \(round)")
        }
    }

    @Test func framesWaitUntilTheGroupIsThere() throws {
        let call = try Self.call(Self.bot)
        call.join(Self.alice)
        let bot = call.client(Self.bot)
        #expect(call.speak(Self.bot)?.count == 100)
        try call.deliver(to: bot)
        // Alice is there, and no key: the frame waits.
        var held = 0
        while !bot.inbox.isEmpty || !call.client(Self.alice).inbox.isEmpty {
            if call.speak(Self.bot) == nil { held += 1 }
            try call.deliver(to: call.client(Self.alice))
            try call.deliver(to: bot)
        }
        #expect(held > 0)
        #expect(bot.session.report.frames.held == UInt64(held))
        #expect(call.speak(Self.bot)?.suffix(2) == [0xFA, 0xFA])
    }

    /// A member goes on with the old key until 22, and the listeners hear every frame.
    @Test func noFrameIsLostWhileSomebodyJoinsOrLeaves() throws {
        let call = try Self.call(Self.bot, Self.alice)
        let bot = call.client(Self.bot), alice = call.client(Self.alice), bob = call.client(Self.bob)
        func heardByAlice() throws {
            let frame = [UInt8](repeating: 9, count: 50)
            let encryptor = try #require(bot.session.transform as? DAVEEncryptor)
            let sealed = try #require(DAVEFrameTests.run(encryptor, frame))
            #expect(alice.session.open(sealed, ssrc: bot.stream, now: call.now) == frame)
        }
        var random = SeededRandom(seed: 8)
        for _ in 0..<5 {
            call.join(Self.bob)
            while try call.step(using: &random) { try heardByAlice() }
            call.expectHealthy()
            try call.leave(Self.bob)
            while try call.step(using: &random) { try heardByAlice() }
            call.expectHealthy()
        }
        #expect(bot.session.report.frames.held == 0)
        _ = bob
    }

    @Test func onlyTheAnnouncedBytesAreAdopted() throws {
        let call = try Self.call(Self.bot, Self.alice)
        call.join(Self.bob)
        call.faults.corruptsCommits = 1
        try call.settle()
        // The one whose commit was changed on the way asked to be added anew.
        #expect(call.present.filter { $0.said.contains(31) }.count == 1)
        call.expectHealthy()
        #expect(call.present.map { $0.session.report.recoveries }.reduce(0, +) == 1)
    }

    @Test func anInvalidWelcomeIsMended() throws {
        let call = try Self.call(Self.bot, Self.alice)
        call.faults.corruptsWelcomes = 1
        call.join(Self.bob)
        try call.settle()
        #expect(call.client(Self.bob).said.contains(31))
        call.expectHealthy()
    }

    @Test func aWithheldWelcomeIsMendedWithinTwoSeconds() throws {
        let call = try Self.call(Self.bot, Self.alice)
        call.faults.withholdsWelcomes = 1
        call.join(Self.bob)
        try call.settle()
        #expect(call.speak(Self.bob) == nil)
        try call.advance(by: .seconds(2))
        call.expectHealthy()
        #expect(call.client(Self.bob).renewals == 0)
    }

    @Test func aLostCommitIsSentAgain() throws {
        let call = try Self.call(Self.bot, Self.alice)
        call.faults.dropsCommitsOfClients = 2
        call.join(Self.bob)
        try call.settle()
        #expect(!call.members.contains { $0.user == Self.bob })
        try call.advance(by: .seconds(2))
        call.expectHealthy()
        #expect(call.client(Self.bot).session.report.recoveries == 0)
    }

    @Test func aTransitionThatIsNeverExecutedIsExecutedByOurselves() throws {
        let call = try Self.call(Self.bot)
        call.faults.withholdsExecutions = 1
        call.join(Self.alice)
        try call.settle()
        #expect(call.speak(Self.bot) == nil)
        try call.advance(by: .milliseconds(2_020))
        call.expectHealthy()
    }

    @Test func aMissedCommitIsMended() throws {
        let call = try Self.call(Self.bot, Self.alice, Self.bob)
        call.faults.withholdsCommits = 1
        call.join(204)
        try call.settle()
        try call.advance(by: .seconds(2))
        call.join(205)
        try call.advance(by: .seconds(2))
        call.expectHealthy()
    }

    @Test func downgradeAndUpgrade() throws {
        let call = try Self.call(Self.bot, Self.alice)
        call.change(version: 0)
        let bot = call.client(Self.bot)
        #expect(call.speak(Self.bot)?.count != 100)
        try call.settle()
        #expect(bot.session.report.status == .passthrough)
        #expect(call.speak(Self.bot)?.count == 100)
        #expect(call.client(Self.alice).deaf == 0)
        call.change(version: 1)
        try call.deliver(to: bot)
        // Until the new group's transition is executed version 0 is in force.
        #expect(call.speak(Self.bot)?.count == 100)
        try call.settle()
        call.expectHealthy()
        // Plain frames pass for ten seconds more.
        #expect(bot.session.open([1, 2, 3, 4], ssrc: call.client(Self.alice).stream, now: call.now) == [1, 2, 3, 4])
        let later = call.now + .seconds(10)
        #expect(bot.session.open([1, 2, 3, 4], ssrc: call.client(Self.alice).stream, now: later) == nil)
    }

    @Test func whoCannotBeHeardIsMended() throws {
        let call = try Self.call(Self.bot, Self.alice)
        let bot = call.client(Self.bot), alice = call.client(Self.alice)
        let encryptor = try #require(alice.session.transform as? DAVEEncryptor)
        try encryptor.install(KeyRatchet(baseSecret: Secret([1, 2, 3])))
        for _ in 0..<80 {
            call.speak(Self.alice)
            try call.advance(by: .milliseconds(20))
        }
        #expect(bot.said.filter { $0 == 31 }.count == 1)
        call.expectHealthy()
        // If it does not help, it is not tried again and again.
        for _ in 0..<20 {
            try encryptor.install(KeyRatchet(baseSecret: Secret([1, 2, 3])))
            for _ in 0..<50 {
                call.speak(Self.alice)
                try call.advance(by: .milliseconds(20))
            }
        }
        #expect(bot.said.filter { $0 == 31 }.count <= 2)
    }

    /// Members that never take part: no fresh sessions, few key packages, and in the end the song goes on.
    @Test func aServerThatIgnoresUsIsNotStormed() throws {
        let call = try Self.call(Self.alice)
        call.faults.ignoresKeyPackages = true
        call.join(Self.bot)
        let bot = call.client(Self.bot)
        try call.advance(by: .seconds(5))
        #expect(call.speak(Self.bot) == nil)
        try call.advance(by: .seconds(2))
        #expect(call.speak(Self.bot) == OpusSilence.frame)
        try call.advance(by: .seconds(600))
        #expect(bot.renewals == 0)
        #expect(bot.said.allSatisfy { $0 == 26 })
        #expect((5...20).contains(bot.said.count))
    }

    @Test(arguments: 0..<6) func randomCalls(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let call = try DAVECall()
        let users: [UserID] = [Self.bot, Self.alice, Self.bob, 203, 204]
        for round in 0..<60 {
            let user = users.randomElement(using: &random) ?? Self.bot
            if call.client(user).isPresent { try call.leave(user) } else { call.join(user) }
            // Sometimes the next change comes before this one is through.
            for _ in 0..<Int.random(in: 0...30, using: &random) { _ = try call.step(using: &random) }
            guard Int.random(in: 0...3, using: &random) == 0 else { continue }
            while try call.step(using: &random) {}
            try call.advance(by: .seconds(3))
            call.expectHealthy("seed \(seed), round \(round)")
        }
        while try call.step(using: &random) {}
        try call.advance(by: .seconds(3))
        call.expectHealthy("seed \(seed), end")
        #expect(call.clients.values.allSatisfy { $0.renewals == 0 })
    }

    /// Being told twice to use the same key must not begin its nonces anew.
    @Test func noRatchetIsInstalledTwice() throws {
        let call = try Self.call(Self.bot)
        let bot = call.client(Self.bot)
        call.faults.withholdsExecutions = 1
        call.join(Self.alice)
        try call.settle()
        func tell(_ opcode: VoiceOpcode, _ data: JSONValue) {
            _ = bot.session.handle(.json(VoiceGatewayPayload(op: opcode, d: data)), now: call.now)
        }
        // The transition is 1; the version is announced for transition 0 before it is executed.
        tell(.davePrepareTransition, ["transition_id": 0, "protocol_version": 1])
        #expect(call.speak(Self.bot)?.suffix(4) == [1, 12, 0xFA, 0xFA])
        tell(.daveExecuteTransition, ["transition_id": 1])
        #expect(call.speak(Self.bot)?.suffix(4) == [2, 12, 0xFA, 0xFA])
        tell(.davePrepareTransition, ["transition_id": 9, "protocol_version": 1])
        tell(.daveExecuteTransition, ["transition_id": 9])
        #expect(call.speak(Self.bot)?.suffix(4) == [3, 12, 0xFA, 0xFA])
    }

    @Test func aListOfPeopleMayNameOurselves() {
        let session = DAVESession()
        _ = session.handle(.opened, now: .zero)
        let everyone = VoiceGatewayPayload(op: .clientsConnect, d: ["user_ids": ["1"]])
        _ = session.handle(.json(everyone), now: .zero)
        _ = session.handle(.begin(protocolVersion: 1, user: 1, channel: 2, ssrc: 3), now: .zero)
        _ = session.handle(.json(everyone), now: .zero)
        #expect((session.transform as? DAVEEncryptor)?.mode == .plain)
        #expect(session.nextDeadline == nil)
    }

    @Test func hostileMessagesNeverCrash() throws {
        let call = try Self.call(Self.bot, Self.alice)
        let session = call.client(Self.bot).session
        var random = SeededRandom(seed: 4)
        let real: [[UInt8]] = [
            DAVEVectors.externalSender, DAVEVectors.addJoiner, [0, 1] + DAVEVectors.welcome,
            [0, 1] + DAVEVectors.commitThird, [0, 1] + DAVEVectors.commitRemoval,
        ]
        for _ in 0..<2_000 {
            var body = real.randomElement(using: &random) ?? []
            switch Int.random(in: 0...2, using: &random) {
            case 0: body = Array(body.prefix(Int.random(in: 0...body.count, using: &random)))
            case 1:
                for _ in 0..<3 {
                    body[Int.random(in: 0..<body.count, using: &random)] = .random(in: 0...255, using: &random)
                }
            default:
                body = (0..<Int.random(in: 0...80, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            }
            _ = session.handle(.binary(opcode: .random(in: 20...34, using: &random), body), now: call.now)
            let data: JSONValue = [
                "transition_id": .integer(.random(in: -1...70_000, using: &random)),
                "protocol_version": .integer(.random(in: -1...3, using: &random)),
                "epoch": .integer(.random(in: -1...2, using: &random)),
                "user_id": "x", "user_ids": [1, "2", nil],
            ]
            let opcode = VoiceOpcode(rawValue: Int.random(in: 0...33, using: &random))
            _ = session.handle(.json(VoiceGatewayPayload(op: opcode, d: data)), now: call.now)
            call.now += .milliseconds(100)
            if let due = session.nextDeadline, due <= call.now { _ = session.handle(.tick, now: call.now) }
            #expect(session.nextDeadline.map { $0 > call.now } ?? true)
        }
    }
}
