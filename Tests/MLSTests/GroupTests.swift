import TestSupport
import Testing

@testable import MLS

@Suite struct GroupTests {
    /// Everybody has the same epoch, members, tree, authenticator and exported secrets.
    private static func expectAgreement(_ call: Call) throws {
        let first = call.members[0]
        let exported = try first.group.export(label: "test", context: [1], count: 48)
        for member in call.members {
            #expect(member.group.epoch == first.group.epoch)
            #expect(member.group.context == first.group.context)
            #expect(member.group.tree == first.group.tree)
            #expect(member.group.epochAuthenticator == first.group.epochAuthenticator)
            #expect(try member.group.export(label: "test", context: [1], count: 48) == exported)
            #expect(try member.group.export(label: "test", context: [2], count: 48) != exported)
            let own = member.group.members.first { $0.leaf == member.group.ownLeaf }
            #expect(own?.identity == member.participant.identity)
            #expect(member.group.proposals.isEmpty)
            expectKeys(of: member)
        }
        let identities = Set(first.group.members.map(\.identity))
        #expect(identities == Set(call.members.map(\.participant.identity)))
    }

    /// A member has the private keys of exactly those nodes above it that were set while it was there.
    private static func expectKeys(of member: Member) {
        let (tree, own) = (member.group.tree, member.group.privateTree)
        #expect(own.leafKey.publicKey == tree.leaf(own.leaf)?.encryptionKey)
        let known = tree.directPath(own.leaf).filter { node in
            tree.parent(node).map { !$0.unmergedLeaves.contains(own.leaf) } ?? false
        }
        #expect(Set(own.nodeKeys.keys) == Set(known))
        for (node, key) in own.nodeKeys { #expect(key.publicKey == tree.parent(node)?.encryptionKey) }
    }

    @Test func aCreatedGroupHasOneMember() throws {
        let call = try Call()
        #expect(call.members[0].group.epoch == 0)
        #expect(call.members[0].group.ownLeaf == 0)
        #expect(call.members[0].group.id == Call.id)
        #expect(call.members[0].group.externalSenders == [call.sender])
        try Self.expectAgreement(call)
    }

    @Test func addsGoWithoutAPathAndRemovesWithOne() throws {
        let call = try Call(of: 3)
        let newcomer = try call.newcomer()
        let first = call.members[0]
        for proposal in try call.proposals(adding: [newcomer], removing: []) {
            try first.group.receiveProposal(proposal)
        }
        let add = try first.group.commit(signer: first.participant.signer)
        guard case .commit(let commit) = try call.commit(add.message).content.content else {
            Issue.record("not a commit")
            return
        }
        #expect(commit.path == nil)
        #expect(add.welcome != nil)
        for proposal in try call.proposals(adding: [], removing: [2]) { try first.group.receiveProposal(proposal) }
        let both = try first.group.commit(signer: first.participant.signer)
        guard case .commit(let commit) = try call.commit(both.message).content.content else {
            Issue.record("not a commit")
            return
        }
        #expect(commit.path != nil)
        // Below the root's other child is only the newcomer, who has the root's secret from the welcome.
        #expect(commit.path?.nodes.map(\.encryptedPathSecret.count) == [1, 0])
        #expect(commit.references == first.group.proposals.map(\.reference))
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func membersAgreeAfterRandomChanges(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let call = try Call(of: Int.random(in: 2...12, using: &random))
        try Self.expectAgreement(call)
        for _ in 0..<12 {
            let count = call.members.count
            let removing = (0..<count).shuffled(using: &random).prefix(
                Int.random(in: 0...min(3, count - 1), using: &random))
            let room = 20 - (count - removing.count)
            let least = removing.isEmpty ? 1 : 0
            let adds = Int.random(in: least...max(least, min(4, room)), using: &random)
            let adding = try (0..<adds).map { _ in try call.newcomer() }
            let staying = (0..<count).filter { !removing.contains($0) }
            guard let committer = staying.randomElement(using: &random) else { continue }
            try call.change(
                adding: adding, removing: Array(removing), committer: committer,
                withPath: Bool.random(using: &random))
            try Self.expectAgreement(call)
        }
    }

    @Test func everyMemberCanCommitAfterTheTreeShrank() throws {
        let call = try Call(of: 9)
        try call.change(adding: [], removing: [8], committer: 3)
        #expect(call.members[0].group.tree.leafCount == 8)
        try call.change(adding: [], removing: [4, 5, 6, 7], committer: 0)
        #expect(call.members[0].group.tree.leafCount == 4)
        for committer in 0..<4 {
            try call.change(adding: [try call.newcomer()], removing: [], committer: committer, withPath: true)
            try Self.expectAgreement(call)
        }
    }

    @Test func aMemberIsReplacedInOneCommit() throws {
        let call = try Call(of: 4)
        let leaver = call.members[2].participant
        let again = try Participant(3)
        #expect(again.identity == leaver.identity)
        try call.change(adding: [again], removing: [2], committer: 1)
        try Self.expectAgreement(call)
        #expect(call.members[0].group.members.map(\.leaf) == [0, 1, 2, 3])
    }

    @Test func pathCommitsGiveFreshSecretsWithoutProposals() throws {
        let call = try Call(of: 5)
        let before = call.members[0].group.epochAuthenticator
        try call.change(adding: [], removing: [], committer: 4, withPath: true)
        try Self.expectAgreement(call)
        #expect(call.members[0].group.epochAuthenticator != before)
    }
}
