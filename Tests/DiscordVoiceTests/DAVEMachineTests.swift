import DiscordModel
import DiscordVoice
import TestSupport
import Testing

/// Drives a DAVE machine by hand: events in, actions out, the clock moved.
struct DAVEMachineBench {
    static let alice: UserID = 201
    var machine = DAVEMachine()
    var now: Duration = .seconds(50)

    @discardableResult
    mutating func feed(_ events: DAVEMachine.Event...) -> [DAVEMachine.Action] {
        events.flatMap { machine.handle($0, now: now) }
    }

    @discardableResult
    mutating func advance(by duration: Duration) -> [DAVEMachine.Action] {
        var actions: [DAVEMachine.Action] = []
        let end = now + duration
        while let due = machine.nextDeadline, due <= end {
            now = max(now, due)
            actions += feed(.tick)
        }
        now = end
        return actions
    }

    /// In a fresh session, with these already there.
    static func begun(with users: [UserID] = [alice], version: Int = 1) -> DAVEMachineBench {
        var bench = DAVEMachineBench()
        bench.feed(.opened)
        if !users.isEmpty { bench.feed(.connected(users)) }
        bench.feed(.began(version: version, sameChannel: false))
        return bench
    }

    /// In a group with a key.
    static func keyed() -> DAVEMachineBench {
        var bench = begun()
        bench.feed(.entered(transition: 1), .executeTransition(id: 1))
        return bench
    }
}

@Suite struct DAVEMachineTests {
    typealias Bench = DAVEMachineBench

    @Test func aFreshSessionOffersAKeyPackage() {
        var bench = Bench()
        bench.feed(.opened)
        #expect(
            bench.feed(.began(version: 1, sameChannel: false)) == [.receivePlain(true), .restart])
        #expect(bench.machine.nextDeadline == nil)
        var later = Bench()
        later.feed(.opened, .connected([Bench.alice]))
        #expect(
            later.feed(.began(version: 1, sameChannel: false)) == [.receivePlain(true), .restart, .send(.hold)])
    }

    @Test func versionZeroIsPlain() {
        var bench = Bench()
        bench.feed(.opened, .connected([Bench.alice]))
        #expect(bench.feed(.began(version: 0, sameChannel: false)) == [.receivePlain(true), .forget])
        #expect(bench.feed(.proposals(waiting: true)).isEmpty)
        #expect(bench.advance(by: .seconds(100)).isEmpty)
    }

    @Test func theSenderChangesItsKeyAtTheExecution() {
        var bench = Bench.begun()
        #expect(bench.feed(.entered(transition: 5)) == [.ready(5)])
        #expect(bench.feed(.executeTransition(id: 4)).isEmpty)
        #expect(bench.feed(.executeTransition(id: 5)) == [.install(5), .receivePlain(false)])
        // The next epoch: the old key goes on until it is executed.
        #expect(bench.feed(.entered(transition: 6)) == [.ready(6)])
        #expect(bench.feed(.executeTransition(id: 6)) == [.install(6), .receivePlain(false)])
        // A transition 0 is executed at once and not answered.
        #expect(bench.feed(.entered(transition: 0)) == [.install(0), .receivePlain(false)])
    }

    @Test func theSenderNeverGoesBackToAnOlderEpoch() {
        var bench = Bench.keyed()
        bench.feed(.entered(transition: 6), .entered(transition: 7))
        #expect(bench.feed(.executeTransition(id: 7)) == [.install(7), .receivePlain(false)])
        #expect(bench.feed(.executeTransition(id: 6)).isEmpty)
        #expect(bench.advance(by: .seconds(10)).isEmpty)
    }

    @Test func aTransitionLeftAloneIsExecutedAfterTwoSeconds() {
        var bench = Bench.begun()
        bench.feed(.entered(transition: 3))
        #expect(bench.advance(by: .milliseconds(1_990)).isEmpty)
        #expect(bench.advance(by: .milliseconds(20)) == [.install(3), .receivePlain(false)])
        #expect(bench.feed(.executeTransition(id: 3)).isEmpty)
    }

    @Test func downgradeAndUpgrade() {
        var bench = Bench.keyed()
        #expect(bench.feed(.prepareTransition(id: 9, version: 0)) == [.receivePlain(true), .ready(9)])
        // Never without the server's word.
        #expect(bench.advance(by: .seconds(60)).isEmpty)
        #expect(bench.feed(.executeTransition(id: 9)) == [.receivePlain(true), .forget, .send(.plain)])
        #expect(bench.machine.version == 0)
        #expect(bench.feed(.prepareEpoch(version: 1, epoch: 1)) == [.restart])
        #expect(bench.feed(.entered(transition: 10)) == [.ready(10)])
        #expect(bench.feed(.executeTransition(id: 10)) == [.install(10), .receivePlain(false)])
        #expect(bench.machine.version == 1)
        #expect(bench.feed(.prepareTransition(id: 0, version: 0)) == [.receivePlain(true), .forget, .send(.plain)])
        // A version we do not speak is not answered.
        #expect(bench.feed(.prepareTransition(id: 11, version: 2)).isEmpty)
        #expect(bench.feed(.prepareEpoch(version: 2, epoch: 1)).isEmpty)
    }

    @Test func aSoleMemberBeginsAnewAndPlaysOn() {
        var bench = Bench.keyed()
        #expect(bench.feed(.disconnected(Bench.alice)).isEmpty)
        #expect(bench.feed(.prepareEpoch(version: 1, epoch: 1)) == [.restart, .send(.plain)])
        #expect(bench.feed(.prepareTransition(id: 0, version: 1)).isEmpty)
        #expect(bench.advance(by: .seconds(100)).isEmpty)
        // Somebody comes: frames wait for the group.
        #expect(bench.feed(.connected([Bench.alice])) == [.send(.hold)])
        #expect(bench.feed(.proposals(waiting: true)).isEmpty)
        bench.feed(.entered(transition: 2))
        #expect(bench.feed(.executeTransition(id: 2)) == [.install(2), .receivePlain(false)])
    }

    @Test func aVersionChangeOfTheGroupKeepsIt() {
        var bench = Bench.keyed()
        #expect(bench.feed(.prepareEpoch(version: 1, epoch: 2)).isEmpty)
        #expect(bench.feed(.prepareTransition(id: 4, version: 1)) == [.ready(4)])
        #expect(bench.feed(.executeTransition(id: 4)).isEmpty)
        #expect(bench.machine.isKeyed)
    }

    @Test func frequentTransitionsAreBounded() {
        var bench = Bench.keyed()
        for id in UInt16(10)..<1_000 { bench.feed(.entered(transition: id)) }
        #expect(bench.feed(.executeTransition(id: 10)).isEmpty)
        #expect(bench.feed(.executeTransition(id: 999)) == [.install(999), .receivePlain(false)])
    }
}

@Suite struct DAVEHoldTests {
    typealias Bench = DAVEMachineBench

    /// With others who may have an encrypted call, silence follows; plain audio never does.
    @Test func framesWaitSixSecondsThenSilenceFollows() {
        var bench = Bench.begun()
        let first = bench.advance(by: .milliseconds(5_990))
        #expect(!first.contains { if case .send = $0 { true } else { false } })
        #expect(bench.advance(by: .milliseconds(20)).contains(.send(.silence)))
        let rest = bench.advance(by: .seconds(1_000))
        #expect(!rest.contains { if case .send = $0 { true } else { false } })
        // A key ends it at once.
        bench.feed(.entered(transition: 1))
        #expect(bench.feed(.executeTransition(id: 1)).first == .install(1))
    }

    /// Whoever joins us and never speaks DAVE hears us: there is no encrypted call but ours.
    @Test func whoWasFirstPlaysOnAfterThreeSeconds() {
        var bench = Bench.begun(with: [])
        #expect(bench.feed(.connected([Bench.alice])) == [.send(.hold)])
        #expect(bench.advance(by: .seconds(3)) == [.send(.plain)])
        // Later a sign of DAVE comes: no more plain audio.
        bench.now += .seconds(60)
        #expect(bench.feed(.proposals(waiting: true)) == [.send(.hold)])
        #expect(bench.advance(by: .seconds(6)).contains(.send(.silence)))
    }

    @Test func signsOfDAVEEndPlainAudioForGood() {
        var bench = Bench.begun(with: [])
        bench.feed(.connected([Bench.alice]))
        bench.advance(by: .seconds(3))
        // Soon after a hold there is not another.
        #expect(bench.feed(.proposals(waiting: true)) == [.send(.hold)])
        #expect(bench.advance(by: .seconds(3)).contains(.send(.silence)))
        #expect(bench.feed(.disconnected(Bench.alice)) == [.send(.plain)])
    }

    @Test func aLostGroupHoldsAndTheOldOneGoesOnMeanwhile() {
        var bench = Bench.keyed()
        #expect(bench.feed(.proposals(waiting: true)).isEmpty)
        #expect(bench.feed(.failed(transition: 2)) == [.invalid(2), .restart, .send(.hold)])
    }

    @Test func aRejoinDoesNotBeginTheWaitAnewButAMoveDoes() {
        var bench = Bench.begun()
        bench.advance(by: .seconds(4))
        bench.feed(.opened, .connected([Bench.alice]), .began(version: 1, sameChannel: true))
        #expect(bench.advance(by: .seconds(2)).contains(.send(.silence)))
        bench.feed(.opened, .connected([Bench.alice]))
        #expect(bench.feed(.began(version: 1, sameChannel: false)).contains(.send(.hold)))
    }
}

@Suite struct DAVEHealingTests {
    typealias Bench = DAVEMachineBench

    @Test func aMissingWelcomeIsAskedForAgain() {
        var bench = Bench.begun()
        // Nobody has shown a sign of DAVE: only the key package, and ever more rarely.
        #expect(bench.advance(by: .seconds(2)) == [.restart])
        let rest = bench.advance(by: .seconds(3_600))
        #expect(!rest.contains(.renew))
        #expect((50...80).contains(rest.filter { $0 == .restart }.count))
    }

    @Test func aPendingMemberResetsThenMakesAFreshSession() {
        var bench = Bench.begun()
        bench.feed(.proposals(waiting: true))
        #expect(bench.advance(by: .milliseconds(1_500)) == [.restart])
        let later = bench.advance(by: .seconds(4))
        #expect(later.contains(.renew))
        // Nothing more until the fresh session is there.
        #expect(!bench.advance(by: .seconds(1)).contains(.restart))
        // Each fresh session comes later than the one before.
        var moments: [Duration] = [bench.now]
        for _ in 0..<6 {
            bench.feed(.opened, .connected([Bench.alice]), .began(version: 1, sameChannel: true))
            bench.feed(.proposals(waiting: true))
            while !bench.feed(.proposals(waiting: true)).contains(.renew) {
                guard !bench.advance(by: .milliseconds(100)).contains(.renew) else { break }
            }
            moments.append(bench.now)
        }
        let gaps = zip(moments.dropFirst(), moments).map { $0 - $1 }
        #expect(gaps.last ?? .zero > .seconds(60))
        #expect(zip(gaps.dropFirst(2), gaps.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test func aWorkingMemberRepeatsItsCommitBeforeItGivesUp() {
        var bench = Bench.keyed()
        bench.feed(.proposals(waiting: true))
        #expect(bench.advance(by: .milliseconds(1_500)) == [.repeatCommit])
        #expect(bench.advance(by: .milliseconds(1_500)) == [.repeatCommit])
        #expect(bench.advance(by: .milliseconds(1_500)) == [.invalid(1), .restart, .send(.hold)])
    }

    @Test func anAnswerOrARevocationEndsTheWait() {
        var bench = Bench.keyed()
        bench.feed(.proposals(waiting: true), .proposals(waiting: false))
        #expect(bench.advance(by: .seconds(10)).isEmpty)
        bench.feed(.proposals(waiting: true), .entered(transition: 2), .executeTransition(id: 2))
        #expect(bench.advance(by: .seconds(10)).isEmpty)
    }

    @Test func nobodyToTalkToIsNoTrouble() {
        var bench = Bench.begun()
        bench.feed(.proposals(waiting: true), .disconnected(Bench.alice))
        #expect(!bench.advance(by: .seconds(1_000)).contains(.renew))
    }

    /// A server that sends nonsense is answered ever more rarely.
    @Test func endlessFailuresDoNotLoopFast() {
        var bench = Bench.begun()
        var answers = 0
        for _ in 0..<6_000 {
            let actions = bench.feed(.failed(transition: 1)) + bench.advance(by: .milliseconds(100))
            answers += actions.filter { $0 == .invalid(1) }.count
            if actions.contains(.renew) {
                bench.feed(.opened, .connected([Bench.alice]), .began(version: 1, sameChannel: true))
            }
        }
        #expect((5...30).contains(answers))
    }

    @Test func aResumeGivesTheServerItsTimeAgain() {
        var bench = Bench.begun()
        bench.feed(.proposals(waiting: true))
        bench.now += .seconds(10)
        bench.feed(.resumed)
        #expect(bench.machine.nextDeadline == bench.now + .milliseconds(1_500))
    }

    @Test func aTroubleLongPastIsForgotten() {
        var bench = Bench.begun()
        for _ in 0..<3 {
            bench.feed(.failed(transition: 1))
            bench.advance(by: .seconds(3))
        }
        bench.feed(.entered(transition: 2), .executeTransition(id: 2))
        bench.advance(by: .seconds(60))
        #expect(bench.feed(.failed(transition: 3)).first == .invalid(3))
    }
}
