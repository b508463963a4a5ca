@testable import MLS
import Synchronization

/// MLS messages. First byte below 128: which structure the rest is. From 128 on: which message of a real call is changed
/// before its receiver gets it; then three bytes for each change, place (two bytes) and what is added to the byte there.
enum MLSFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        guard kind >= 128 else { return structures[Int(kind) % structures.count].read(input.remainder()) }
        let message = MLSStage.Message.allCases[Int(kind) % MLSStage.Message.allCases.count]
        let whole = stage.bytes(of: message)
        var changed = whole
        while !input.isEmpty {
            let place = Int(input.number(UInt16.self)) % changed.count
            changed[place] &+= input.byte()
        }
        let isTaken = stage.take(changed, as: message)
        precondition(isTaken == (changed == whole), "a changed message was taken, or a whole one was not")
    }

    private static let stage: MLSStage = {
        do { return try MLSStage() } catch { preconditionFailure("no call for the messages: \(error)") }
    }()

    private struct Structure: Sendable {
        let name: String
        /// What decodes must encode to the same bytes.
        let read: @Sendable ([UInt8]) -> Void

        init<Value: MLSCodable>(_ type: Value.Type) {
            name = "\(type)".lowercased()
            read = { bytes in
                guard let value = try? Value(decoding: bytes) else { return }
                precondition(value.encoded == bytes, "\(Value.self) has a second encoding")
            }
        }
    }

    private static let structures = [
        Structure(MLSMessage.self), Structure(KeyPackage.self), Structure(LeafNode.self), Structure(Welcome.self),
        Structure(GroupInfo.self), Structure(RatchetTree.self), Structure(Commit.self), Structure(Proposal.self),
        Structure(ExternalSender.self), Structure(GroupContext.self), Structure(PublicMessage.self),
        Structure(PrivateMessage.self), Structure(GroupSecrets.self), Structure(UpdatePath.self),
    ]

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let messages = MLSStage.Message.allCases.enumerated().map { index, message in
            let first = UInt8(128 / MLSStage.Message.allCases.count + 1) * UInt8(MLSStage.Message.allCases.count)
            return ("changed-\(message)".lowercased(), [first + UInt8(index), 0, 60, 1])
        }
        func structure(_ name: String, _ bytes: [UInt8]) -> (name: String, bytes: [UInt8]) {
            (name, [UInt8(structures.firstIndex { $0.name == name } ?? 0)] + bytes)
        }
        guard let group = stage.joined() else { return messages }
        return messages + [
            structure("keypackage", stage.bytes(of: .keyPackage)),
            structure("mlsmessage", stage.bytes(of: .commit)),
            structure("welcome", stage.bytes(of: .welcome)),
            structure("groupcontext", group.context.encoded), structure("ratchettree", group.tree.encoded),
            structure("externalsender", group.sender.encoded),
        ]
    }
}

/// A call of three with one message of each kind under way.
private final class MLSStage: Sendable {
    enum Message: CaseIterable { case proposal, commit, welcome, keyPackage }

    private let messages: [Message: [UInt8]]
    /// Before the proposal, and with it.
    private let members: Mutex<Pair>
    private let bundle: KeyPackageBundle
    private let signer: SignaturePrivateKey

    private struct Pair: ~Copyable, Sendable {
        var bob: Group
        let bobWithProposal: Group
    }

    init() throws {
        let id = [UInt8](0..<8)
        let server = try SignaturePrivateKey.generate()
        let sender = ExternalSender(signatureKey: server.publicKey, identity: [0])
        func bundle(_ number: UInt8, _ signer: borrowing SignaturePrivateKey) throws -> KeyPackageBundle {
            try KeyPackageBundle.make(identity: [0, 0, 0, 0, 0, 0, 0, number], signer: signer)
        }
        func proposal(_ proposal: Proposal, _ epoch: UInt64) throws -> PublicMessage {
            try ExternalProposal.make(proposal, groupID: id, epoch: epoch, senderIndex: 0, signer: server)
        }
        let aliceKey = try SignaturePrivateKey.generate()
        let bobKey = try SignaturePrivateKey.generate()
        signer = try SignaturePrivateKey.generate()
        let bobBundle = try bundle(2, bobKey)
        self.bundle = try bundle(3, signer)
        var alice = try Group.create(id: id, bundle: bundle(1, aliceKey), externalSender: sender)
        try alice.receiveProposal(proposal(.add(bobBundle.package), 0))
        let first = try alice.commit(signer: aliceKey)
        var bob = try Group.join(Welcome(decoding: first.welcome ?? []), bundle: bobBundle, signer: bobKey)
        alice = first.adopt()
        let carol = try proposal(.add(self.bundle.package), 1)
        try alice.receiveProposal(carol)
        try bob.receiveProposal(carol)
        let second = try alice.commit(signer: aliceKey)
        let welcome = second.welcome ?? []
        guard case .publicMessage(let commit) = try MLSMessage(decoding: second.message) else {
            throw MLSError.invalid("a commit is no public message")
        }
        bob = try bob.process(commit)
        alice = second.adopt()
        let removal = try proposal(.remove(leaf: 2), 2)
        try alice.receiveProposal(removal)
        try bob.receiveProposal(removal)
        let third = try alice.commit(signer: aliceKey)
        messages = [
            .proposal: MLSMessage.publicMessage(removal).encoded, .commit: third.message, .welcome: welcome,
            .keyPackage: self.bundle.package.encoded,
        ]
        let before = try Group.join(
            Welcome(decoding: welcome), bundle: self.bundle, signer: signer, id: id, externalSender: sender)
        members = Mutex(Pair(bob: before, bobWithProposal: bob))
    }

    func bytes(of message: Message) -> [UInt8] { messages[message] ?? [] }

    /// What a member knows, for the seeds.
    func joined() -> (context: GroupContext, tree: RatchetTree, sender: ExternalSender)? {
        members.withLock { members in
            members.bob.externalSenders.first.map { (members.bob.context, members.bob.tree, $0) }
        }
    }

    /// Whether the receiver takes the message.
    func take(_ bytes: [UInt8], as message: Message) -> Bool {
        do throws(MLSError) {
            switch message {
            case .keyPackage: try KeyPackage(decoding: bytes).validate()
            case .welcome: _ = try Group.join(Welcome(decoding: bytes), bundle: bundle, signer: signer)
            case .proposal:
                let framed = try framed(bytes)
                try members.withLock { members throws(MLSError) in
                    let reference = try members.bob.receiveProposal(framed)
                    members.bob.revokeProposal(reference)
                }
            case .commit:
                let framed = try framed(bytes)
                try members.withLock { members throws(MLSError) in _ = try members.bobWithProposal.process(framed) }
            }
            return true
        } catch {
            precondition(!error.description.isEmpty)
            return false
        }
    }

    private func framed(_ bytes: [UInt8]) throws(MLSError) -> PublicMessage {
        guard case .publicMessage(let framed) = try MLSMessage(decoding: bytes) else {
            throw .invalid("not in clear")
        }
        return framed
    }
}
