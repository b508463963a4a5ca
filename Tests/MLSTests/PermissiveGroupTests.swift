import Testing

@testable import MLS

/// What only a permissive policy lets through: proposals of members, encrypted ones, and commits of new members.
@Suite struct PermissiveGroupTests {
    private final class Pair {
        let first: Participant
        let second: Participant
        var one: Group
        var two: Group

        init() throws {
            let service = try SignaturePrivateKey.generate()
            let sender = ExternalSender(signatureKey: service.publicKey, identity: [0])
            let first = try Participant(1)
            let second = try Participant(2)
            var group = try Group.create(
                id: Call.id, bundle: first.bundle, externalSender: sender, policy: .permissive)
            try group.receiveProposal(
                ExternalProposal.make(
                    .add(second.bundle.package), groupID: Call.id, epoch: 0, senderIndex: 0, signer: service))
            let pending = try group.commit(signer: first.signer)
            let welcome = try Welcome(decoding: pending.welcome ?? [])
            one = pending.adopt()
            two = try Group.join(welcome, bundle: second.bundle, signer: second.signer, policy: .permissive)
            self.first = first
            self.second = second
        }

        /// A proposal of the second member.
        func proposal(_ proposal: Proposal, as format: WireFormat = .publicMessage) throws -> AuthenticatedContent {
            let content = FramedContent(
                groupID: Call.id, epoch: two.epoch, sender: .member(1), content: .proposal(proposal))
            return try AuthenticatedContent(
                signing: content, as: format, context: two.context, signer: second.signer)
        }

        func tagged(_ message: AuthenticatedContent) throws -> PublicMessage {
            var framed = try PublicMessage(message)
            framed.tag(key: two.secrets.membershipKey, context: two.context)
            return framed
        }

        /// The first member commits, the second follows.
        func commit() throws {
            let pending = try one.commit(signer: first.signer)
            guard case .publicMessage(let message) = try MLSMessage(decoding: pending.message) else { return }
            two = try two.process(message)
            one = pending.adopt()
            #expect(one.epochAuthenticator == two.epochAuthenticator)
        }
    }

    @Test func membersAddAndMixInPastEpochs() throws {
        let pair = try Pair()
        let third = try Participant(3)
        let nonce = [UInt8](repeating: 5, count: 32)
        let past = PreSharedKeyID(.resumption(usage: 1, groupID: Call.id, epoch: 1), nonce: nonce)
        for proposal in [Proposal.add(third.bundle.package), .preSharedKey(past)] {
            let message = try pair.tagged(pair.proposal(proposal))
            try pair.one.receiveProposal(message)
            try pair.two.receiveProposal(message)
        }
        try pair.commit()
        #expect(pair.one.members.count == 3)
        // The second member was not in the group in epoch 0.
        let before = PreSharedKeyID(.resumption(usage: 1, groupID: Call.id, epoch: 0), nonce: nonce)
        let message = try pair.tagged(pair.proposal(.preSharedKey(before)))
        try pair.one.receiveProposal(message)
        try pair.two.receiveProposal(message)
        #expect(throws: MLSError.self) { try pair.commit() }
    }

    @Test func aGroupEndsWithReInit() throws {
        let pair = try Pair()
        var reader = MLSReader([1, 7, 0, 1, 0, 2, 0])
        let message = try pair.tagged(pair.proposal(.reInit(ReInit(from: &reader))))
        try pair.one.receiveProposal(message)
        try pair.two.receiveProposal(message)
        try pair.commit()
        #expect(pair.one.isEnded == true)
        #expect(throws: MLSError.self) { _ = try pair.one.commit(signer: pair.first.signer, withPath: true) }
    }

    @Test func encryptedProposalsAreReadOnce() throws {
        let pair = try Pair()
        let signed = try pair.proposal(.remove(leaf: 1), as: .privateMessage)
        var secrets = pair.two.secretTree
        let sealed = try PrivateMessage(signed, secrets: &secrets, senderData: pair.two.secrets.senderData, padding: 9)
        for index in sealed.ciphertext.indices {
            var changed = sealed
            changed.ciphertext[index] ^= 1
            #expect(throws: MLSError.self) { try pair.one.receiveProposal(changed) }
        }
        var elsewhere = sealed
        elsewhere.epoch = 2
        #expect(throws: MLSError.self) { try pair.one.receiveProposal(elsewhere) }
        #expect(try pair.one.receiveProposal(sealed) == signed.proposalReference)
        #expect(throws: MLSError.self) { try pair.one.receiveProposal(sealed) }
        #expect(pair.one.proposals.map(\.proposal) == [.remove(leaf: 1)])
    }

    @Test(arguments: [true, false])
    func aNewMemberJoinsByItsOwnCommit(resync: Bool) throws {
        let pair = try Pair()
        let joiner = try Participant(resync ? 2 : 3)
        let group = Group(
            policy: .permissive, context: pair.one.context, tree: pair.one.tree, confirmationTag: [],
            secrets: pair.one.secrets, privateTree: pair.one.privateTree, preSharedKeys: .none)
        var tree = group.tree
        var proposals: [Proposal] = []
        if resync {
            try tree.remove(1)
            tree.truncate()
            proposals.append(.remove(leaf: 1))
        }
        let leaf = try tree.freeLeaf()
        tree.set(2 * leaf, to: .leaf(joiner.bundle.package.leafNode))
        let (output, sender) = try HPKE.sender(to: group.secrets.externalKeyPair().publicKey, info: [])
        proposals.append(.externalInit(kemOutput: output))
        let path = try NewPath(leaf: leaf, in: &tree, groupID: Call.id, signer: joiner.signer)
        var context = group.provisionalContext(treeHash: tree.treeHash(), extensions: group.context.extensions)
        let commit = Commit(
            proposals: proposals.map { .proposal($0) },
            path: try path.encrypted(in: tree, without: [], context: context.encoded))
        var message = try AuthenticatedContent(
            signing: FramedContent(
                groupID: Call.id, epoch: 1, sender: .newMemberCommit, content: .commit(commit)),
            as: .publicMessage, context: group.context, signer: joiner.signer)
        context.confirmedTranscriptHash = Transcript.confirmed(interim: pair.one.interimTranscriptHash, message)
        let start = try sender.export(Array("MLS 1.0 external init secret".utf8), count: 32)
        let secrets = try JoinerSecret(initSecret: start, commitSecret: path.commitSecret, context: context)
            .epoch(preSharedSecret: Secret(zeros: 32), context: context)
        message.confirmationTag = Transcript.confirmationTag(
            key: secrets.confirmationKey, confirmed: context.confirmedTranscriptHash)
        let framed = try PublicMessage(message)
        let next = try pair.one.process(framed)
        #expect(next.epochAuthenticator == secrets.authenticator.revealed)
        #expect(next.members.map(\.identity).last == joiner.identity)
        guard !resync else {
            #expect(throws: MLSError.removedFromGroup) { _ = try pair.two.process(framed) }
            return
        }
        #expect(try pair.two.process(framed).epochAuthenticator == next.epochAuthenticator)
    }
}
