import MLS

/// Somebody who waits to be added to a call, or is in it.
final class Participant {
    let identity: [UInt8]
    let signer: SignaturePrivateKey
    let bundle: KeyPackageBundle

    init(_ number: UInt64) throws {
        identity = RecordedCall.identity(number)
        signer = try SignaturePrivateKey.generate()
        bundle = try KeyPackageBundle.make(identity: identity, signer: signer)
    }
}

/// A participant with its group.
final class Member {
    let participant: Participant
    var group: Group

    init(_ participant: Participant, _ group: consuming Group) {
        self.participant = participant
        self.group = group
    }
}

/// A delivery service and the members of one call, each with a view of its own.
final class Call {
    static let id: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7]
    let service: SignaturePrivateKey
    let sender: ExternalSender
    private(set) var members: [Member]
    private(set) var lastNumber: UInt64 = 1

    /// A call of one member.
    init() throws {
        service = try SignaturePrivateKey.generate()
        sender = ExternalSender(signatureKey: service.publicKey, identity: [0])
        let first = try Participant(1)
        members = [
            Member(first, try Group.create(id: Call.id, bundle: first.bundle, externalSender: sender))
        ]
    }

    /// A call of `count` members, all added at once.
    convenience init(of count: Int) throws {
        try self.init()
        let added = try (1..<count).map { _ in try newcomer() }
        if !added.isEmpty { try change(adding: added, removing: [], committer: 0) }
    }

    func newcomer() throws -> Participant {
        lastNumber += 1
        return try Participant(lastNumber)
    }

    /// A proposal of the delivery service for the current epoch.
    func propose(_ proposal: Proposal) throws -> PublicMessage {
        try ExternalProposal.make(
            proposal, groupID: Call.id, epoch: members[0].group.epoch, senderIndex: 0, signer: service)
    }

    /// The proposals to remove the members at some places and to add some participants.
    func proposals(adding: [Participant], removing: [Int]) throws -> [PublicMessage] {
        try removing.map { try propose(.remove(leaf: members[$0].group.ownLeaf)) }
            + adding.map { try propose(.add($0.bundle.package)) }
    }

    /// Sends proposals to everybody who stays, lets one of them commit, and lets the others follow and the added join.
    func change(adding: [Participant], removing: [Int], committer: Int, withPath: Bool = false) throws {
        let proposals = try proposals(adding: adding, removing: removing)
        for member in members { for proposal in proposals { try member.group.receiveProposal(proposal) } }
        let winner = members[committer]
        let pending = try winner.group.commit(signer: winner.participant.signer, withPath: withPath)
        let message = try commit(pending.message)
        let welcome = try pending.welcome.map { try Welcome(decoding: $0) }
        for (index, member) in members.enumerated() where index != committer && !removing.contains(index) {
            member.group = try member.group.process(message)
        }
        winner.group = pending.adopt()
        members = members.enumerated().filter { !removing.contains($0.offset) }.map(\.element)
        for participant in adding {
            guard let welcome else { continue }
            let group = try Group.join(
                welcome, bundle: participant.bundle, signer: participant.signer, id: Call.id, externalSender: sender)
            members.append(Member(participant, group))
        }
    }

    /// The commit inside an encoded message.
    func commit(_ bytes: [UInt8]) throws -> PublicMessage {
        guard case .publicMessage(let message) = try MLSMessage(decoding: bytes) else {
            throw MLSError.invalid("not a public message")
        }
        return message
    }
}
