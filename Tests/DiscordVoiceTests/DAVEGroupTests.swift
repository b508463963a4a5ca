import DiscordModel
import DiscordVoice
import MLS
import Testing

@Suite struct DAVEGroupTests {
    typealias Vectors = DAVEVectors

    /// The joiner of the vectors before anything arrived.
    static func joiner() throws -> DAVEGroup {
        let bundle = try KeyPackageBundle(
            package: KeyPackage(decoding: Vectors.keyPackage), initScalar: Vectors.initScalar,
            leafScalar: Vectors.leafScalar)
        let signer = try SignaturePrivateKey(scalar: Vectors.signatureScalar)
        var group = DAVEGroup(channel: Vectors.channel, signer: signer, bundle: bundle)
        try group.set(ExternalSender(decoding: Vectors.externalSender))
        return group
    }

    static func proposals(_ body: [UInt8]) throws -> [[UInt8]] {
        guard case .appendProposals(let messages)? = try DAVEServerMessage(opcode: 27, body) else { return [] }
        return messages
    }

    @Test func aWholeCallFitsTheVectors() throws {
        var group = try Self.joiner()
        #expect(group.keyPackage == Vectors.keyPackage)
        #expect(group.keyPackageReference == Vectors.keyPackageReference)
        try group.enter(welcome: Welcome(decoding: Vectors.welcome))
        #expect(group.epoch == 1)
        #expect(group.isEstablished == true)
        #expect(group.members == [Vectors.committer, Vectors.joiner])
        #expect(group.privacyCode == Vectors.Epoch1.privacyCode)
        #expect(try group.ratchet(of: Vectors.committer).key().revealed == Vectors.Epoch1.keyGen0Committer)
        let own = DAVEEncryptor()
        try own.install(group.ratchet(of: Vectors.joiner), framesSoFar: 299)
        #expect(DAVEFrameTests.run(own, Vectors.Epoch1.framePlain) == Vectors.Epoch1.frameFromJoinerNonce300)

        let third = Vectors.third
        #expect(group.append(try Self.proposals(Vectors.addThird)) { $0 == third } == nil)
        #expect(group.hasProposals == true)
        try group.enter(commit: Vectors.commitThird)
        #expect(group.hasProposals == false)
        #expect(group.epoch == 2)
        #expect(group.privacyCode == Vectors.Epoch2.privacyCode)
        let expected = KeyRatchet(baseSecret: Secret(Vectors.Epoch2.baseSecretThird))
        #expect(try group.ratchet(of: third).key().revealed == expected.key().revealed)

        #expect(group.append(try Self.proposals(Vectors.removeCommitter)) { _ in false } == nil)
        try group.enter(commit: Vectors.commitRemoval)
        #expect(group.epoch == 3)
        #expect(group.privacyCode == Vectors.Epoch3.privacyCode)
        #expect(group.members == [Vectors.joiner, third])
        let last = KeyRatchet(baseSecret: Secret(Vectors.Epoch3.baseSecretJoiner))
        #expect(try group.ratchet(of: Vectors.joiner).key().revealed == last.key().revealed)
    }

    @Test func whoIsNotInTheChannelIsNotAdded() throws {
        var group = try Self.joiner()
        try group.enter(welcome: Welcome(decoding: Vectors.welcome))
        #expect(group.append(try Self.proposals(Vectors.addThird)) { _ in false } != nil)
        #expect(group.hasProposals == false)
        #expect(throws: MLSError.unknownProposal) { try group.enter(commit: Vectors.commitThird) }
        // What failed has changed nothing.
        #expect(group.epoch == 1)
        #expect(group.privacyCode == Vectors.Epoch1.privacyCode)
    }

    @Test func anothersCommitBeforeAWelcomeIsRefused() throws {
        var group = try Self.joiner()
        #expect(throws: MLSError.self) { try group.enter(commit: Vectors.commitThird) }
        #expect(group.isEstablished == false)
    }

    @Test func commitsAreBoundedAndTheAnnouncedOneWins() throws {
        var group = try Self.joiner()
        // A pending group of its own, for another user's key package.
        let signer = try SignaturePrivateKey(scalar: Vectors.externalSenderScalar)
        var made: [[UInt8]] = []
        for user in UInt64(300)..<305 {
            let other = try SignaturePrivateKey.generate()
            let identity = (0..<8).reversed().map { UInt8(truncatingIfNeeded: user >> (8 * UInt64($0))) }
            let package = try KeyPackageBundle.make(identity: identity, signer: other).package
            let message = try ExternalProposal.make(
                .add(package), groupID: [0x0D, 0xE0, 0xB6, 0xB3, 0xA7, 0x64, 0x00, 0x70], epoch: 0, senderIndex: 0,
                signer: signer)
            #expect(group.append([MLSMessage.publicMessage(message).encoded]) { _ in true } == nil)
            let commit = try group.commit()
            #expect(commit.welcome != nil)
            made.append(commit.message)
        }
        // An older one of our own wins: exactly its epoch is adopted.
        try group.enter(commit: made[1])
        #expect(group.members == [Vectors.joiner, 300, 301])
        #expect(throws: MLSError.self) { try group.enter(commit: made[4]) }
    }
}

@Suite struct DAVEMessageTests {
    @Test func serverMessagesComeBackAsTheyWere() throws {
        let messages: [DAVEServerMessage] = [
            .prepareTransition(id: 7, version: 0), .executeTransition(id: .max), .prepareEpoch(version: 1, epoch: 1),
            .externalSender(DAVEVectors.externalSender), .announceCommit(id: 513, commit: DAVEVectors.commitThird),
            .welcome(id: 1, welcome: DAVEVectors.welcome), .revokeProposals([DAVEVectors.addJoinerReference, [1, 2]]),
            .revokeProposals([]),
        ]
        for message in messages {
            switch message.wire {
            case .json(let payload): #expect(try DAVEServerMessage(payload) == message)
            case .binary(let opcode, let body): #expect(try DAVEServerMessage(opcode: opcode, body) == message)
            case .renew: Issue.record("no message")
            }
        }
        #expect(messages[6].wire == .binary(opcode: 27, [1, 36, 32] + DAVEVectors.addJoinerReference + [2, 1, 2]))
        #expect(messages[4].wire == .binary(opcode: 29, [2, 1] + DAVEVectors.commitThird))
    }

    @Test func severalProposalsInOneVectorAreTakenApart() throws {
        let first = try DAVEGroupTests.proposals(DAVEVectors.addJoiner)
        let second = try DAVEGroupTests.proposals(DAVEVectors.removeCommitter)
        #expect(first.count == 1)
        let both = DAVEServerMessage.appendProposals(first + second)
        guard case .binary(27, let body) = both.wire else { throw VoiceError.malformedMessage("no binary message") }
        #expect(try DAVEServerMessage(opcode: 27, body) == both)
        for count in 0..<body.count {
            #expect(throws: VoiceError.self) { try DAVEServerMessage(opcode: 27, Array(body[..<count])) }
        }
    }

    @Test func clientMessagesAreTakenApart() throws {
        let commit = try DAVEClientMessage(opcode: 28, DAVEVectors.commitAndWelcome)
        guard case .commit(let bytes, let welcome?)? = commit else { throw VoiceError.malformedMessage("no commit") }
        #expect(welcome == DAVEVectors.welcome)
        #expect(bytes + welcome == DAVEVectors.commitAndWelcome)
        #expect(commit?.wire == .binary(opcode: 28, DAVEVectors.commitAndWelcome))
        #expect(try DAVEClientMessage(opcode: 28, bytes) == .commit(bytes, welcome: nil))
        for count in 0..<bytes.count {
            #expect(throws: VoiceError.self) { try DAVEClientMessage(opcode: 28, Array(bytes[..<count])) }
        }
        let package = DAVEClientMessage.keyPackage(DAVEVectors.keyPackage)
        #expect(try DAVEClientMessage(opcode: 26, DAVEVectors.keyPackage) == package)
        #expect(try DAVEClientMessage(opcode: 26, [0, 1, 0, 5] + DAVEVectors.keyPackage) == package)
        #expect(package.wire == .binary(opcode: 26, DAVEVectors.keyPackage))
        for message in [DAVEClientMessage.transitionReady(id: 9), .invalidCommitWelcome(id: 10)] {
            guard case .json(let payload) = message.wire else { throw VoiceError.malformedMessage("no JSON") }
            #expect(try DAVEClientMessage(payload) == message)
        }
        #expect(try DAVEClientMessage(opcode: 27, [1]) == nil)
        #expect(try DAVEServerMessage(opcode: 26, [1]) == nil)
    }

    @Test(arguments: [
        VoiceGatewayPayload(op: .davePrepareTransition, d: ["transition_id": 70_000, "protocol_version": 1]),
        VoiceGatewayPayload(op: .davePrepareTransition, d: ["transition_id": -1, "protocol_version": 1]),
        VoiceGatewayPayload(op: .davePrepareTransition, d: ["transition_id": 1]),
        VoiceGatewayPayload(op: .daveExecuteTransition, d: ["transition_id": "1"]),
        VoiceGatewayPayload(op: .davePrepareEpoch, d: ["protocol_version": 1, "epoch": 0.5]),
        VoiceGatewayPayload(op: .davePrepareEpoch, d: nil),
    ])
    func unusableNumbersAreRefused(_ payload: VoiceGatewayPayload) {
        #expect(throws: VoiceError.self) { try DAVEServerMessage(payload) }
    }
}
