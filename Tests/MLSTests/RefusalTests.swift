import Testing

@testable import MLS

/// What a member must not accept.
@Suite struct RefusalTests {
    /// A commit of the first member that adds somebody; everybody has the proposal.
    private final class Change {
        let call: Call
        let newcomer: Participant
        let pending: PendingCommit
        var message: PublicMessage { get throws { try call.commit(pending.message) } }

        init(of count: Int) throws {
            call = try Call(of: count)
            newcomer = try call.newcomer()
            for proposal in try call.proposals(adding: [newcomer], removing: []) {
                for member in call.members { try member.group.receiveProposal(proposal) }
            }
            pending = try call.members[0].group.commit(signer: call.members[0].participant.signer)
        }
    }

    @Test func otherEpochsAndGroups() throws {
        let change = try Change(of: 3)
        let message = try change.message
        let member = change.call.members[1]
        let proposal = try change.call.propose(.remove(leaf: 2))
        var other = message
        other.content.groupID = [9]
        #expect(throws: MLSError.wrongGroup) { _ = try member.group.process(other) }
        member.group = try member.group.process(message)
        #expect(throws: MLSError.wrongEpoch(expected: 2, found: 1)) { _ = try member.group.process(message) }
        #expect(throws: MLSError.wrongEpoch(expected: 2, found: 1)) { try member.group.receiveProposal(proposal) }
    }

    @Test func tagsAndSignatures() throws {
        let change = try Change(of: 3)
        let message = try change.message
        let member = change.call.members[1]
        let key = member.group.secrets.membershipKey
        let context = member.group.context
        var changed = message
        changed.membershipTag = Array(repeating: 0, count: 32)
        #expect(throws: MLSError.badMembershipTag) { _ = try member.group.process(changed) }
        changed.membershipTag = nil
        #expect(throws: MLSError.badMembershipTag) { _ = try member.group.process(changed) }
        changed = message
        changed.confirmationTag?[0] ^= 1
        changed.tag(key: key, context: context)
        #expect(throws: MLSError.badConfirmationTag) { _ = try member.group.process(changed) }
        changed = message
        changed.content.authenticatedData = [1]
        changed.tag(key: key, context: context)
        #expect(throws: MLSError.badSignature("message")) { _ = try member.group.process(changed) }
        // Another member cannot speak for the committer.
        changed = message
        changed.content.sender = .member(2)
        changed.tag(key: key, context: context)
        #expect(throws: MLSError.badSignature("message")) { _ = try member.group.process(changed) }
        changed.content.sender = .member(7)
        #expect(throws: MLSError.self) { _ = try member.group.process(changed) }
    }

    @Test func commitsOfOneselfAndAboutOneself() throws {
        let change = try Change(of: 3)
        let message = try change.message
        #expect(throws: MLSError.ownCommit) { _ = try change.call.members[0].group.process(message) }
        let call = try Call(of: 3)
        let removal = try call.propose(.remove(leaf: 2))
        for member in call.members { try member.group.receiveProposal(removal) }
        let pending = try call.members[0].group.commit(signer: call.members[0].participant.signer)
        let commit = try call.commit(pending.message)
        #expect(throws: MLSError.removedFromGroup) { _ = try call.members[2].group.process(commit) }
        #expect(throws: MLSError.self) {
            _ = try call.members[2].group.commit(signer: call.members[2].participant.signer)
        }
    }

    @Test func welcomesForSomebodyElse() throws {
        let change = try Change(of: 2)
        let welcome = try Welcome(decoding: change.pending.welcome ?? [])
        let other = try change.call.newcomer()
        #expect(throws: MLSError.notForThisKeyPackage) {
            _ = try Group.join(welcome, bundle: other.bundle, signer: other.signer)
        }
        #expect(throws: MLSError.self) {
            _ = try Group.join(welcome, bundle: change.newcomer.bundle, signer: other.signer)
        }
        var renamed = welcome
        renamed.secrets[0].reference = other.bundle.package.reference
        #expect(throws: MLSError.undecryptable("Welcome secret")) {
            _ = try Group.join(renamed, bundle: other.bundle, signer: other.signer)
        }
        #expect(throws: MLSError.wrongGroup) {
            _ = try Group.join(welcome, bundle: change.newcomer.bundle, signer: change.newcomer.signer, id: [1])
        }
        let stranger = ExternalSender(signatureKey: other.signer.publicKey, identity: [0])
        #expect(throws: MLSError.self) {
            _ = try Group.join(
                welcome, bundle: change.newcomer.bundle, signer: change.newcomer.signer, externalSender: stranger)
        }
    }

    @Test func proposalsOfStrangers() throws {
        let call = try Call(of: 2)
        let member = call.members[1]
        let stranger = try SignaturePrivateKey.generate()
        let forged = try ExternalProposal.make(
            .remove(leaf: 0), groupID: Call.id, epoch: 1, senderIndex: 0, signer: stranger)
        #expect(throws: MLSError.badSignature("message")) { try member.group.receiveProposal(forged) }
        let misplaced = try ExternalProposal.make(
            .remove(leaf: 0), groupID: Call.id, epoch: 1, senderIndex: 1, signer: call.service)
        #expect(throws: MLSError.self) { try member.group.receiveProposal(misplaced) }
        #expect(throws: MLSError.self) { try member.group.receiveProposal(call.propose(.remove(leaf: 5))) }
        #expect(throws: MLSError.unsupported("Proposal type 7")) {
            try member.group.receiveProposal(call.propose(.groupContextExtensions([])))
        }
        let content = FramedContent(
            groupID: Call.id, epoch: 1, sender: .member(0), content: .proposal(.remove(leaf: 1)))
        var own = try PublicMessage(
            AuthenticatedContent(
                signing: content, as: .publicMessage, context: member.group.context,
                signer: call.members[0].participant.signer))
        own.tag(key: member.group.secrets.membershipKey, context: member.group.context)
        #expect(throws: MLSError.unsupported("A proposal of a member")) { try member.group.receiveProposal(own) }
        #expect(member.group.proposals.isEmpty)
    }

    @Test func keyPackagesThatAreNotValid() throws {
        let call = try Call(of: 2)
        let newcomer = try call.newcomer()
        func expect(_ error: MLSError, resign: Bool = true, _ change: (inout KeyPackage) throws -> Void) throws {
            var package = newcomer.bundle.package
            try change(&package)
            if resign {
                try package.leafNode.sign(newcomer.signer)
                package = try package.signed(by: newcomer.signer)
            }
            #expect(throws: error) { try package.validate() }
            #expect(throws: error) { try call.members[0].group.receiveProposal(call.propose(.add(package))) }
        }
        try newcomer.bundle.package.validate()
        try expect(.unsupported("Cipher suite 1")) { $0.cipherSuite = 1 }
        try expect(.unsupported("Protocol version 2")) { $0.version = 2 }
        try expect(.invalid("the init key of a key package is its leaf's encryption key")) {
            $0.initKey = $0.leafNode.encryptionKey
        }
        try expect(.invalid("the init key is not a point of P-256")) { $0.initKey[64] ^= 1 }
        try expect(.invalid("a leaf's encryption key is not a point of P-256")) { $0.leafNode.encryptionKey[64] ^= 1 }
        try expect(.invalid("the leaf of a key package has another source")) { $0.leafNode.source = .update }
        try expect(.badSignature("leaf node"), resign: false) { $0.leafNode.credential = .basic([1]) }
        try expect(.badSignature("key package"), resign: false) { $0.signature[10] ^= 1 }
        let twice = [Extension(type: 1, data: []), Extension(type: 1, data: [])]
        try expect(.invalid("a key package has an extension twice")) { $0.extensions = twice }
        try expect(.invalid("a leaf has an extension twice")) { $0.leafNode.extensions = twice }
        try expect(.invalid("a leaf does not support the group's version and cipher suite")) {
            $0.leafNode.capabilities.cipherSuites = [1]
        }
    }

    @Test func keysThatSomebodyHas() throws {
        let call = try Call(of: 2)
        let member = call.members[0]
        let impostor = try KeyPackageBundle.make(identity: [9], signer: call.members[1].participant.signer)
        try member.group.receiveProposal(call.propose(.add(impostor.package)))
        #expect(throws: MLSError.invalid("two members have the same signature key")) {
            _ = try member.group.commit(signer: member.participant.signer)
        }
    }

    @Test func proposalsThatDoNotGoTogether() throws {
        let call = try Call(of: 3)
        let member = call.members[0]
        let newcomer = try call.newcomer()
        // The same key package twice: two Adds that differ only in their signature.
        for _ in 0..<2 { try member.group.receiveProposal(call.propose(.add(newcomer.bundle.package))) }
        #expect(member.group.proposals.count == 2)
        #expect(throws: MLSError.self) { _ = try member.group.commit(signer: member.participant.signer) }
        member.group.revokeProposal(member.group.proposals[1].reference)
        member.group.revokeProposal([1, 2, 3])
        #expect(try member.group.commit(signer: member.participant.signer).epoch == 2)
        // The same identity again, with other keys.
        let double = try Participant(2)
        try member.group.receiveProposal(call.propose(.add(double.bundle.package)))
        #expect(throws: MLSError.self) { _ = try member.group.commit(signer: member.participant.signer) }
        // With the old one removed it is welcome.
        try member.group.receiveProposal(call.propose(.remove(leaf: 1)))
        #expect(try member.group.commit(signer: member.participant.signer).welcome != nil)
        // The same removal twice.
        try member.group.receiveProposal(call.propose(.remove(leaf: 1)))
        #expect(throws: MLSError.self) { _ = try member.group.commit(signer: member.participant.signer) }
    }

    @Test func revokedAndRepeatedProposals() throws {
        let call = try Call(of: 2)
        let newcomer = try call.newcomer()
        let proposal = try call.propose(.add(newcomer.bundle.package))
        let (first, second) = (call.members[0], call.members[1])
        let reference = try first.group.receiveProposal(proposal)
        #expect(try first.group.receiveProposal(proposal) == reference)
        #expect(first.group.proposals.map(\.reference) == [proposal.proposalReference])
        try second.group.receiveProposal(proposal)
        let pending = try first.group.commit(signer: first.participant.signer)
        let message = try call.commit(pending.message)
        second.group.revokeProposal(reference)
        #expect(throws: MLSError.unknownProposal) { _ = try second.group.process(message) }
        try second.group.receiveProposal(proposal)
        second.group = try second.group.process(message)
        let adopted = pending.adopt()
        #expect(second.group.epochAuthenticator == adopted.epochAuthenticator)
        first.group.revokeProposal(reference)
        #expect(throws: MLSError.self) { _ = try first.group.commit(signer: first.participant.signer) }
    }

    @Test func proposalsAreBounded() throws {
        let call = try Call()
        var policy = GroupPolicy.externalAddRemove
        policy.maximumProposals = 2
        policy.maximumMembers = 2
        let owner = try Participant(50)
        var group = try Group.create(id: Call.id, bundle: owner.bundle, externalSender: call.sender, policy: policy)
        for _ in 0..<2 { try group.receiveProposal(call.propose(.add(call.newcomer().bundle.package))) }
        let third = try call.propose(.add(call.newcomer().bundle.package))
        #expect(throws: MLSError.tooLarge("The number of proposals", limit: 2)) { try group.receiveProposal(third) }
        #expect(throws: MLSError.tooLarge("The number of members", limit: 2)) {
            _ = try group.commit(signer: owner.signer)
        }
    }
}

extension KeyPackage {
    /// The same key package with a signature that fits.
    fileprivate func signed(by signer: borrowing SignaturePrivateKey) throws -> KeyPackage {
        var writer = MLSWriter()
        writer.uint16(version)
        writer.uint16(cipherSuite)
        writer.opaque(initKey)
        leafNode.write(to: &writer)
        writer.list(extensions)
        var package = self
        package.signature = try signer.sign(label: "KeyPackageTBS", writer.bytes)
        return package
    }
}
