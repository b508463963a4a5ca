import MLS
import Testing

@testable import Sandbox

/// A member on paper: real key packages, and commits that look right to whoever holds no secret of the group.
struct PaperMember {
    let user: ID
    private(set) var package: [UInt8] = []
    private(set) var leaf: [UInt8] = []
    /// References of the proposals it holds, in order, with their kind.
    var told: [(reference: [UInt8], proposal: Proposal)] = []
    /// Opcode 27 as it came: true for an append that holds an Add.
    var appendedAdds: [Bool] = []
    /// What it follows; nil while it has no group.
    var epoch: UInt64?
    var transitions: [UInt16] = []
    var executed: [UInt16] = []
    var prepared: [(transition: UInt16, version: Int64)] = []
    var resets = 0
    var hasSender = false

    init(_ user: ID) throws {
        self.user = user
        try renew()
    }

    var identity: [UInt8] { DeliveryService.big(user) }

    /// A new key package.
    mutating func renew() throws {
        let signer = try SignaturePrivateKey.generate()
        let bundle = try KeyPackageBundle.make(identity: identity, signer: signer)
        package = bundle.package.encoded
        leaf = bundle.package.leafNode.encoded
        told = []
        epoch = nil
    }

    /// Takes a message of the delivery service.
    mutating func take(_ content: DeliveryMessage.Content) throws {
        switch content {
        case .json(21, let data):
            prepared.append(
                (UInt16(data["transition_id"]?.integer ?? -1), data["protocol_version"]?.integer ?? -1))
        case .json(22, let data): executed.append(UInt16(data["transition_id"]?.integer ?? -1))
        case .json(24, _):
            resets += 1
            try renew()
        case .binary(25, let body):
            hasSender = true
            #expect(try ExternalSender(decoding: body).identity == [0])
        case .binary(27, let body): try propose(body)
        case .binary(29, let body):
            transitions.append(UInt16(body[0]) << 8 | UInt16(body[1]))
            told = []
            epoch = (epoch ?? 0) + 1
        case .binary(30, let body):
            transitions.append(UInt16(body[0]) << 8 | UInt16(body[1]))
            let welcome = try Welcome(decoding: Array(body.dropFirst(2)))
            #expect(welcome.secrets.map(\.reference) == [try KeyPackage(decoding: package).reference])
            told = []
            epoch = 1
        default: Issue.record("unexpected \(content)")
        }
    }

    private mutating func propose(_ body: [UInt8]) throws {
        var reader = MLSReader(Array(body.dropFirst()))
        let inner = try reader.opaque()
        if body[0] == 1 {
            var references = MLSReader(inner)
            while references.remaining > 0 {
                let reference = try references.opaque()
                #expect(told.contains { $0.reference == reference }, "revoked what it was never told")
                told.removeAll { $0.reference == reference }
            }
            #expect(told.isEmpty, "davey makes no Welcome after a partial revoke")
            return
        }
        var adds = false
        for message in try MLSMessage.sequence(in: inner) {
            guard case .publicMessage(let framed) = message, case .proposal(let proposal) = framed.content.content
            else {
                Issue.record("not a proposal")
                continue
            }
            if case .add(let added) = proposal {
                adds = true
                #expect(added.identity != identity, "sent its own Add")
            }
            told.append((framed.proposalReference, proposal))
        }
        let waiting = told.contains { if case .add = $0.proposal { true } else { false } }
        #expect(adds || !waiting, "davey makes no Welcome when the newest append has no Add")
        appendedAdds.append(adds)
    }

    /// What a commit may have wrong with it.
    enum Flaw: CaseIterable {
        case epoch, sender, missing, unknown, inline, noWelcome, otherWelcome, noPath, strangePath, group, trailing,
            noise
    }

    /// Opcode 28 over everything it holds, as things stand.
    func commit(_ service: DeliveryService, flaw: Flaw? = nil) -> [UInt8] {
        commit(service.groupID, epoch: service.epoch, leaf: service.leaves[user] ?? 0, flaw: flaw)
    }

    /// Opcode 28 over everything it holds.
    func commit(_ groupID: [UInt8], epoch: UInt64, leaf index: UInt32, flaw: Flaw? = nil) -> [UInt8] {
        var items = told.map { ProposalOrReference.reference($0.reference) }
        if flaw == .missing { items.removeLast() }
        if flaw == .unknown { items.append(.reference([UInt8](repeating: 7, count: 32))) }
        if flaw == .inline { items.append(.proposal(.remove(leaf: 1))) }
        let removes = told.contains { if case .remove = $0.proposal { true } else { false } }
        var body = MLSWriter()
        body.opaque(flaw == .group ? [1, 2, 3] : groupID)
        body.uint64(epoch + (flaw == .epoch ? 1 : 0))
        Sender.member(index + (flaw == .sender ? 1 : 0)).write(to: &body)
        body.opaque([])
        body.uint8(3)
        body.list(items)
        body.optional(removes && flaw != .noPath || flaw == .strangePath ? leaf : nil) { writer, leaf in
            var bytes = leaf
            if flaw == .strangePath { bytes[70] ^= 1 }
            writer.fixed(bytes)
            writer.opaque([])
        }
        var message = MLSWriter()
        message.uint16(1)
        message.uint16(1)
        message.fixed(body.bytes)
        for length in [70, 32, 32] { message.opaque([UInt8](repeating: 9, count: length)) }
        if flaw == .noise { return Array(message.bytes.prefix(40)) }
        let added = told.compactMap { entry -> [UInt8]? in
            if case .add(let package) = entry.proposal { package.reference } else { nil }
        }
        if !added.isEmpty, flaw != .noWelcome {
            message.uint16(2)
            message.vector { writer in
                for reference in flaw == .otherWelcome ? [[UInt8](repeating: 1, count: 32)] : added {
                    for field in [reference, [1, 2], [3, 4]] { writer.opaque(field) }
                }
            }
            message.opaque([UInt8](repeating: 5, count: 64))
        }
        if flaw == .trailing { message.uint8(0) }
        return message.bytes
    }
}

/// A call of paper members around a delivery service.
struct PaperCall {
    var service: DeliveryService
    var people: [ID: PaperMember] = [:]
    var now: Int64 = 1_000

    init(_ rule: DAVERule = .required) throws {
        service = try DeliveryService(channel: 0x0102_0304_0506_0708, guild: 1, rule: rule)
    }

    /// Hands messages to those they are for.
    mutating func hand(_ messages: [DeliveryMessage]) throws {
        for message in messages { try people[message.to]?.take(message.content) }
    }

    /// Somebody comes, with its key package unless told otherwise.
    @discardableResult
    mutating func join(_ user: ID, version: Int = 1, sends: Bool = true) throws -> Int {
        people[user] = try PaperMember(user)
        let (told, messages) = service.join(user, maximumVersion: version, now: now)
        try hand(messages)
        if told > 0, sends { try send(user) }
        return told
    }

    /// Somebody sends its key package.
    mutating func send(_ user: ID) throws {
        try hand(service.keyPackage(user, people[user]?.package ?? [], now: now))
    }

    mutating func leave(_ user: ID) throws {
        people[user] = nil
        try hand(service.leave(user, now: now))
    }

    /// Somebody commits what it holds.
    mutating func commit(_ user: ID, flaw: PaperMember.Flaw? = nil) throws {
        let bytes = try #require(people[user]).commit(service, flaw: flaw)
        try hand(service.commitWelcome(user, bytes, now: now))
    }

    /// Everybody says ready to the transition in flight.
    mutating func ready() throws {
        guard let transition = service.transition else { return }
        for user in transition.members { try hand(service.ready(user, transition.id, now: now)) }
    }

    /// Some milliseconds pass.
    mutating func wait(_ milliseconds: Int64) throws {
        now += milliseconds
        try hand(service.tick(now: now))
    }

    /// A settled call of these members, in the order of their leaves.
    static func of(_ users: [ID]) throws -> PaperCall {
        var call = try PaperCall()
        for user in users { try call.join(user) }
        if users.count > 1 {
            try call.commit(users[0])
            try call.ready()
        }
        #expect(call.service.isSettled)
        return call
    }
}
