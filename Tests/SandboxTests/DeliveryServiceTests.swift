import MLS
import Testing

@testable import Sandbox

@Suite struct DeliveryServiceTests {
    @Test func twoMembersFormAGroup() throws {
        var call = try PaperCall()
        #expect(try call.join(1) == 1)
        #expect(call.people[1]?.hasSender == true)
        #expect(call.people[1]?.told.isEmpty == true)
        try call.join(2)
        #expect(call.people[1]?.told.count == 1 && call.people[2]?.told.count == 1)
        let late = try #require(call.people[1]).commit(call.service)
        try call.commit(2)
        #expect(call.service.leaves == [2: 0, 1: 1])
        #expect(call.service.epoch == 1)
        #expect(call.people[1]?.transitions == [1] && call.people[2]?.transitions == [1])
        try call.hand(call.service.commitWelcome(1, late, now: call.now))
        #expect(call.service.counts.droppedCommits == 1 && call.service.epoch == 1)
        try call.hand(call.service.ready(1, 1, now: call.now))
        #expect(call.people[1]?.executed == [])
        try call.hand(call.service.ready(2, 1, now: call.now))
        #expect(call.people[1]?.executed == [1] && call.people[2]?.executed == [1])
        #expect(call.service.isSettled)
    }

    @Test func aThirdIsAddedByOneOfTheGroup() throws {
        var call = try PaperCall.of([1, 2])
        try call.join(3)
        #expect(call.people[3]?.told.isEmpty == true)
        #expect(call.people[1]?.told.count == 1 && call.people[2]?.told.count == 1)
        try call.commit(2)
        #expect(call.service.leaves == [1: 0, 2: 1, 3: 2] && call.service.epoch == 2)
        #expect([1, 2, 3].allSatisfy { call.people[$0]?.transitions.last == 2 })
        try call.ready()
        #expect(call.service.isSettled)
    }

    @Test func comingsDuringATransitionAreProposedTogetherAfterIt() throws {
        var call = try PaperCall()
        try call.join(1)
        try call.join(2)
        try call.commit(1)
        try call.join(3)
        try call.join(4)
        #expect(call.people[1]?.told.isEmpty == true)
        try call.ready()
        #expect(call.people[1]?.told.count == 2 && call.people[2]?.told.count == 2)
        try call.commit(1)
        #expect(call.service.leaves == [1: 0, 2: 1, 3: 2, 4: 3])
    }

    @Test func aLeaverIsRemovedAndItsLeafUsedAgain() throws {
        var call = try PaperCall.of([1, 2, 3])
        try call.leave(2)
        #expect(call.people[1]?.told.count == 1 && call.people[3]?.told.count == 1)
        try call.commit(3, flaw: .noPath)
        #expect(call.service.epoch == 1)
        try call.commit(3)
        #expect(call.service.leaves == [1: 0, 3: 2] && call.service.epoch == 2)
        try call.ready()
        try call.join(4)
        try call.commit(1)
        #expect(call.service.leaves == [1: 0, 4: 1, 3: 2])
    }

    @Test func aSoleMemberBeginsAnew() throws {
        var call = try PaperCall.of([1, 2])
        try call.leave(1)
        #expect(call.people[2]?.resets == 1)
        #expect(call.people[2]?.prepared.last.map { $0 == (0, 1) } == true)
        #expect(call.service.epoch == 0 && !call.service.isEstablished && !call.service.isSettled)
        try call.send(2)
        #expect(call.service.isSettled)
        try call.join(3)
        try call.commit(3)
        #expect(call.service.leaves == [3: 0, 2: 1])
    }

    @Test func whoNeverHeardOfAnybodyKeepsItsGroup() throws {
        var call = try PaperCall()
        try call.join(1)
        try call.join(2, sends: false)
        try call.leave(2)
        #expect(call.people[1]?.resets == 0)
        #expect(call.service.isSettled)
    }

    @Test func aPendingLeaversAddIsTakenBackWithAllOthers() throws {
        var call = try PaperCall.of([1, 2])
        try call.join(3)
        try call.join(4)
        let before = try #require(call.people[1]).told.map(\.reference)
        let early = try #require(call.people[1]).commit(call.service)
        try call.leave(3)
        let after = try #require(call.people[1]).told.map(\.reference)
        #expect(after.count == 1 && Set(before).isDisjoint(with: after))
        try call.hand(call.service.commitWelcome(1, early, now: call.now))
        #expect(call.service.epoch == 1)
        try call.commit(1)
        #expect(call.service.leaves == [1: 0, 2: 1, 4: 2])
    }

    @Test func aRemoveNeverTrailsAnAdd() throws {
        var call = try PaperCall.of([1, 2, 3])
        try call.join(4)
        try call.leave(2)
        #expect(call.people[1]?.told.count == 2)
        #expect(call.people[1]?.appendedAdds.last == true)
        try call.commit(3)
        #expect(call.service.leaves == [1: 0, 4: 1, 3: 2])
    }

    @Test func whoIsLostComesBackInOneBatch() throws {
        var call = try PaperCall.of([1, 2, 3])
        try call.hand(call.service.invalid(3, now: call.now))
        #expect(call.people[1]?.told.isEmpty == true)
        let batches = call.people[1]?.appendedAdds.count ?? 0
        try call.people[3]?.renew()
        try call.send(3)
        #expect(call.people[1]?.told.count == 2 && call.people[1]?.appendedAdds.count == batches + 1)
        #expect(call.people[3]?.told.isEmpty == true)
        try call.commit(2)
        #expect(call.people[3]?.epoch == 1)
        #expect(call.service.leaves == [1: 0, 2: 1, 3: 2])
    }

    @Test func whoIsLostAndSaysNoMoreIsRemoved() throws {
        var call = try PaperCall.of([1, 2, 3])
        try call.hand(call.service.invalid(3, now: call.now))
        try call.wait(1_999)
        #expect(call.people[1]?.told.isEmpty == true)
        try call.wait(1)
        try call.commit(1)
        #expect(call.service.leaves == [1: 0, 2: 1])
    }

    @Test func oneWhoNeverAnswersHoldsNobodyUp() throws {
        var call = try PaperCall.of([1, 2, 3])
        try call.leave(3)
        try call.commit(1)
        try call.hand(call.service.ready(1, 2, now: call.now))
        try call.wait(1_999)
        #expect(call.people[1]?.executed == [1])
        try call.wait(1)
        #expect(call.people[1]?.executed == [1, 2])
        #expect(call.service.counts.timeouts == 1)
    }

    @Test func withoutAValidCommitTheGroupStartsAnew() throws {
        var call = try PaperCall.of([1, 2])
        try call.join(3)
        try call.wait(2_999)
        #expect(call.people[1]?.resets == 0)
        try call.wait(1)
        #expect([1, 2, 3].allSatisfy { call.people[$0]?.resets == 1 })
        for user in [3, 1, 2] as [ID] { try call.send(user) }
        try call.commit(2)
        try call.ready()
        #expect(call.service.isSettled && call.service.leaves.count == 3)
    }

    @Test func aGroupThatEverybodyLeftStartsAnewForThoseWhoWait() throws {
        var call = try PaperCall.of([1, 2])
        try call.join(3)
        try call.join(4)
        try call.leave(1)
        try call.leave(2)
        #expect(call.people[3]?.resets == 1 && call.people[4]?.resets == 1)
        try call.send(3)
        try call.send(4)
        try call.commit(4)
        try call.ready()
        #expect(call.service.isSettled && call.service.leaves == [4: 0, 3: 1])
    }

    @Test(arguments: PaperMember.Flaw.allCases)
    func aFlawedCommitIsDropped(_ flaw: PaperMember.Flaw) throws {
        var call = try PaperCall.of([1, 2, 3])
        try call.join(4)
        try call.leave(2)
        try call.commit(1, flaw: flaw)
        #expect(call.service.epoch == 1 && call.service.counts.droppedCommits == 1)
        try call.commit(1)
        #expect(call.service.epoch == 2)
    }

    @Test func aCommitSplitAnywhereIsDropped() throws {
        var call = try PaperCall.of([1, 2])
        try call.join(3)
        let whole = try #require(call.people[1]).commit(call.service)
        for count in whole.indices {
            try call.hand(call.service.commitWelcome(1, Array(whole.prefix(count)), now: call.now))
        }
        #expect(call.service.epoch == 1)
        try call.commit(1)
        #expect(call.service.epoch == 2)
    }

    @Test func keyPackagesAreChecked() throws {
        var call = try PaperCall()
        try call.join(1, sends: false)
        let other = try PaperMember(2).package
        var broken = try #require(call.people[1]).package
        broken[broken.count - 5] ^= 1
        for bytes in [other, broken, [], Array(broken.dropLast())] {
            _ = call.service.keyPackage(1, bytes, now: 0)
        }
        #expect(call.service.counts.refusedPackages == 4 && call.service.members[1]?.package == nil)
        let wrapped = [0, 1, 0, 5] + (try #require(call.people[1]).package)
        _ = call.service.keyPackage(1, wrapped, now: 0)
        #expect(call.service.members[1]?.package != nil)
    }

    @Test func aNewKeyPackageReplacesTheOldOne() throws {
        var call = try PaperCall()
        try call.join(1)
        try call.join(2)
        let old = try #require(call.people[1]).told[0].reference
        try call.people[2]?.renew()
        try call.send(2)
        #expect(call.people[1]?.told.count == 1 && call.people[1]?.told[0].reference != old)
        try call.commit(1)
        #expect(call.people[2]?.epoch == 1)
    }
}

extension DeliveryServiceTests {
    // MARK: Versions

    @Test func withoutEncryptionNothingIsSaid() throws {
        var call = try PaperCall(.off)
        #expect(try call.join(1) == 0)
        #expect(try call.join(2) == 0)
        try call.leave(1)
        #expect(call.people[2]?.hasSender == false && call.people[2]?.resets == 0)
        #expect(call.service.isSettled)
    }

    @Test func oneWithoutEncryptionBringsTheCallDownAndBackUp() throws {
        var call = try PaperCall(.offered)
        for user in [1, 2] as [ID] { try call.join(user) }
        try call.commit(1)
        try call.ready()
        #expect(try call.join(3, version: 0) == 0)
        #expect(call.people[1]?.prepared.last.map { $0 == (2, 0) } == true)
        #expect(call.people[3]?.prepared.isEmpty == true)
        try call.ready()
        #expect(call.people[2]?.executed == [1, 2])
        #expect(try call.join(4) == 0)
        #expect(call.people[4]?.hasSender == false)
        try call.leave(3)
        #expect([1, 2, 4].allSatisfy { call.people[$0]?.resets == 1 && call.people[$0]?.hasSender == true })
        for user in [1, 2, 4] as [ID] { try call.send(user) }
        try call.commit(4)
        try call.ready()
        #expect(call.service.isSettled && call.service.leaves.count == 3)
    }

    @Test func aCallBeginsWithoutEncryptionWhenTheFirstCannot() throws {
        var call = try PaperCall(.offered)
        #expect(try call.join(1, version: 0) == 0)
        #expect(try call.join(2) == 0)
        try call.leave(1)
        #expect(call.people[2]?.resets == 1 && call.people[2]?.prepared.last.map { $0 == (0, 1) } == true)
        try call.send(2)
        #expect(call.service.isSettled && call.service.version == 1)
    }

    // MARK: Faults

    @Test func wrongEpoch() throws {
        var call = try PaperCall.of([1, 2])
        call.service.faults.wrongEpoch = 1
        let before = call.service.epoch
        call.people[3] = try PaperMember(3)
        _ = call.service.join(3, maximumVersion: 1, now: 0)
        let messages = call.service.keyPackage(3, try #require(call.people[3]).package, now: 0)
        guard case .binary(27, let body)? = messages.first?.content else {
            Issue.record("no proposal")
            return
        }
        var reader = MLSReader(Array(body.dropFirst()))
        let inner = try reader.opaque()
        guard case .publicMessage(let framed)? = try MLSMessage.sequence(in: inner).first else {
            Issue.record("no message")
            return
        }
        #expect(framed.content.epoch == before + 1)
    }

    @Test func withheldAndCorruptedWelcome() throws {
        var call = try PaperCall.of([1, 2])
        call.service.faults.withheldWelcome = 1
        try call.join(3)
        try call.commit(1)
        #expect(call.people[3]?.transitions.isEmpty == true && call.people[1]?.transitions.count == 2)
        try call.wait(2_000)
        #expect(call.people[3]?.executed == [2])
        call.service.faults.corruptedWelcome = 1
        try call.join(4)
        let good = try #require(call.people[1]).commit(call.service)
        let messages = call.service.commitWelcome(1, good, now: call.now)
        guard case .binary(30, let body)? = messages.last?.content else {
            Issue.record("no Welcome")
            return
        }
        #expect(try Welcome(decoding: Array(body.dropFirst(2))).encryptedGroupInfo != [UInt8](repeating: 5, count: 64))
    }

    @Test func ofTwoRacingCommitsTheSecondWins() throws {
        var call = try PaperCall.of([1, 2])
        call.service.faults.racingCommits = 1
        try call.join(3)
        try call.commit(1)
        #expect(call.service.epoch == 1)
        let second = try #require(call.people[2]).commit(call.service)
        let messages = call.service.commitWelcome(2, second, now: call.now)
        guard case .binary(29, let body)? = messages.first?.content else {
            Issue.record("no commit")
            return
        }
        #expect(second.starts(with: body.dropFirst(2)))
        #expect(call.service.epoch == 2)
    }

    @Test func aRaceWithoutRivalEnds() throws {
        var call = try PaperCall.of([1, 2])
        call.service.faults.racingCommits = 1
        try call.join(3)
        try call.commit(1)
        try call.join(4)
        #expect(call.service.raced == nil && call.service.faults.racingCommits == 1)
        try call.commit(1)
        try call.wait(1_000)
        #expect(call.service.epoch == 2 && call.service.leaves.count == 4)
    }

    @Test func withheldExecuteAndUnansweringMember() throws {
        var call = try PaperCall.of([1, 2])
        call.service.faults.withheldExecute = 1
        try call.join(3)
        try call.commit(1)
        try call.ready()
        #expect(call.people[1]?.executed == [1] && call.service.transition == nil)
        call.service.faults.deafTo = [2]
        try call.leave(3)
        try call.commit(2)
        #expect(call.service.epoch == 2)
        try call.commit(1)
        #expect(call.service.epoch == 3)
        try call.ready()
        #expect(call.service.transition != nil)
        try call.wait(2_000)
        #expect(call.people[1]?.executed == [1, 3])
    }
}
