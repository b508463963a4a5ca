import Testing

@testable import MLS

/// Replays the recorded call: what another implementation made must lead to the secrets it had.
@Suite struct RecordedCallTests {
    private static func message(_ bytes: [UInt8]) throws -> PublicMessage {
        guard case .publicMessage(let message) = try MLSMessage(decoding: bytes) else {
            throw MLSError.invalid("not a public message")
        }
        return message
    }

    private static func bundle() throws -> KeyPackageBundle {
        try KeyPackageBundle(
            package: KeyPackage(decoding: RecordedCall.keyPackage), initScalar: RecordedCall.initScalar,
            leafScalar: RecordedCall.leafScalar)
    }

    private static func join() throws -> Group {
        try Group.join(
            Welcome(decoding: RecordedCall.welcome), bundle: bundle(),
            signer: SignaturePrivateKey(scalar: RecordedCall.signatureScalar), id: RecordedCall.groupID,
            externalSender: ExternalSender(decoding: RecordedCall.externalSender))
    }

    private static func senderKey(_ group: borrowing Group, _ identity: [UInt8]) throws -> Secret {
        try group.export(label: "Discord Secure Frames v0", context: identity.reversed(), count: 16)
    }

    @Test func keyPackageAndProposalHaveTheirReferences() throws {
        let package = try KeyPackage(decoding: RecordedCall.keyPackage)
        try package.validate()
        #expect(package.reference == RecordedCall.keyPackageReference)
        #expect(package.identity == RecordedCall.joiner)
        let proposal = try Self.message(RecordedCall.addJoiner)
        #expect(proposal.proposalReference == RecordedCall.addJoinerReference)
        #expect(proposal.content.content == .proposal(.add(package)))
        let sender = try ExternalSender(decoding: RecordedCall.externalSender)
        try proposal.authenticated.verifySignature(by: sender.signatureKey, context: nil)
    }

    @Test func theWelcomeLeadsToEpochOne() throws {
        let group = try Self.join()
        #expect(group.epoch == 1)
        #expect(group.ownLeaf == 1)
        #expect(group.members.map(\.identity) == [RecordedCall.committer, RecordedCall.joiner])
        #expect(group.secrets.exporter.matches(RecordedCall.exporterSecret))
        #expect(group.context.treeHash == RecordedCall.treeHash1)
        #expect(group.epochAuthenticator == RecordedCall.authenticator1)
        #expect(try Self.senderKey(group, RecordedCall.committer).matches(RecordedCall.senderKeyCommitter1))
        #expect(try Self.senderKey(group, RecordedCall.joiner).matches(RecordedCall.senderKeyJoiner1))
    }

    @Test func theWelcomeTellsTheJoinerSecret() throws {
        let bundle = try Self.bundle()
        let opened = try Group.open(
            Welcome(decoding: RecordedCall.welcome), for: bundle.package, initKey: bundle.initKey,
            preSharedKeys: .none)
        #expect(opened.secrets.joinerSecret.matches(RecordedCall.joinerSecret))
        #expect(opened.secrets.pathSecret == nil)
        #expect(opened.info.context.epoch == 1)
    }

    @Test func commitsOfOthersAreFollowed() throws {
        var group = try Self.join()
        try group.receiveProposal(Self.message(RecordedCall.addThird))
        group = try group.process(Self.message(RecordedCall.commitAddThird))
        #expect(group.epochAuthenticator == RecordedCall.authenticator2)
        #expect(try Self.senderKey(group, RecordedCall.third).matches(RecordedCall.senderKeyThird2))
        try group.receiveProposal(Self.message(RecordedCall.removeCommitter))
        group = try group.process(Self.message(RecordedCall.commitRemove))
        #expect(group.epoch == 3)
        #expect(group.members.map(\.identity) == [RecordedCall.joiner, RecordedCall.third])
        #expect(group.epochAuthenticator == RecordedCall.authenticator3)
        #expect(try Self.senderKey(group, RecordedCall.joiner).matches(RecordedCall.senderKeyJoiner3))
    }

    @Test func aCommitNeedsItsProposal() throws {
        let group = try Self.join()
        #expect(throws: MLSError.unknownProposal) { _ = try group.process(Self.message(RecordedCall.commitAddThird)) }
    }

    /// Every byte of a foreign commit and welcome counts.
    @Test func changedMessagesAreRefused() throws {
        var group = try Self.join()
        try group.receiveProposal(Self.message(RecordedCall.addThird))
        for index in RecordedCall.commitAddThird.indices {
            var bytes = RecordedCall.commitAddThird
            bytes[index] ^= 1
            #expect(throws: MLSError.self) { _ = try group.process(Self.message(bytes)) }
        }
        let signer = try SignaturePrivateKey(scalar: RecordedCall.signatureScalar)
        let bundle = try Self.bundle()
        for index in RecordedCall.welcome.indices {
            var bytes = RecordedCall.welcome
            bytes[index] ^= 1
            #expect(throws: MLSError.self) {
                _ = try Group.join(Welcome(decoding: bytes), bundle: bundle, signer: signer)
            }
        }
    }
}
