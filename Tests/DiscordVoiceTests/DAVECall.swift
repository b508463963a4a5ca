import DiscordModel
import DiscordVoice
import MLS
import ServiceKit
import TestSupport
import Testing

/// A call of several DAVE sessions in memory: the smallest delivery service that does its duties, with faults on demand.
///
/// Messages wait in one queue per client and are delivered by hand or in random order; the clock is moved.
final class DAVECall {
    /// One participant.
    final class Client {
        let user: UserID
        let session: DAVESession
        var isPresent = false
        var keyPackage: KeyPackage?
        var leaf: UInt32?
        var inbox: [E2EEInput] = []
        /// What it asked for: opcodes in order, and fresh sessions.
        var said: [Int] = []
        var renewals = 0
        /// Frames of others it could not open.
        var deaf = 0

        init(_ user: UserID, limits: DAVELimits) {
            self.user = user
            session = DAVESession(limits: limits)
        }

        var stream: UInt32 { UInt32(truncatingIfNeeded: user.rawValue) }
    }

    /// A proposal of the current epoch that is not committed.
    struct Pending {
        let message: [UInt8]
        let reference: [UInt8]
        let user: UserID
        let leaf: UInt32?
        let package: KeyPackage?
    }

    /// What goes wrong, for tests.
    struct Faults {
        var withholdsWelcomes = 0
        var corruptsWelcomes = 0
        var corruptsCommits = 0
        var withholdsCommits = 0
        var dropsCommitsOfClients = 0
        var withholdsExecutions = 0
        var ignoresKeyPackages = false
    }

    static let channel: ChannelID = 1_000_000_000_000_000_112
    var now: Duration = .seconds(1_000)
    var faults = Faults()
    var version = 1
    private(set) var clients: [UserID: Client] = [:]
    private(set) var epoch: UInt64 = 0
    private(set) var isEstablished = false
    private var pending: [Pending] = []
    private var held: [UserID] = []
    private var waiting: [(id: UInt16, users: Set<UserID>, all: Set<UserID>, due: Duration)] = []
    private var nextTransition: UInt16 = 0
    private let signer: SignaturePrivateKey
    private let limits: DAVELimits

    init(limits: DAVELimits = DAVELimits()) throws {
        signer = try .generate()
        self.limits = limits
    }

    /// The client of a user, made at first use.
    func client(_ user: UserID) -> Client {
        if let client = clients[user] { return client }
        let client = Client(user, limits: limits)
        clients[user] = client
        return client
    }

    var present: [Client] { clients.values.filter(\.isPresent).sorted { $0.user < $1.user } }
    var members: [Client] { present.filter { $0.leaf != nil } }

    // MARK: What people do

    func join(_ user: UserID) {
        let client = client(user)
        let others = present.filter { $0.user != user }
        client.isPresent = true
        client.inbox = [.opened]
        let ids = others.map { JSONValue.string($0.user.description) }
        if !ids.isEmpty { tell(client, .clientsConnect, ["user_ids": .array(ids)]) }
        for other in others {
            tell(
                client, .speaking, ["user_id": .string(other.user.description), "ssrc": .integer(Int64(other.stream))])
            tell(other, .clientsConnect, ["user_ids": [.string(user.description)]])
            tell(other, .speaking, ["user_id": .string(user.description), "ssrc": .integer(Int64(client.stream))])
        }
        client.inbox.append(
            .begin(protocolVersion: version, user: user, channel: DAVECall.channel, ssrc: client.stream))
        guard version > 0 else { return }
        send(.externalSender(ExternalSender(signatureKey: signer.publicKey, identity: [0]).encoded), to: client)
    }

    func leave(_ user: UserID) throws {
        let client = client(user)
        guard client.isPresent else { return }
        client.isPresent = false
        client.inbox = []
        client.session.end()
        let leaf = client.leaf
        (client.leaf, client.keyPackage) = (nil, nil)
        for index in waiting.indices { waiting[index].users.remove(user) }
        for other in present { tell(other, .clientDisconnect, ["user_id": .string(user.description)]) }
        if present.count <= 1 {
            reset()
        } else if leaf != nil {
            removedLeaves[user] = leaf
            try removeLater(user)
        } else {
            try withdraw(user)
        }
        checkExecutions()
    }

    /// Forgets the group; whoever is there begins anew.
    func reset() {
        (epoch, isEstablished, pending, held, removedLeaves) = (0, false, [], [], [:])
        for client in present {
            (client.leaf, client.keyPackage) = (nil, nil)
            send(.prepareEpoch(version: 1, epoch: 1), to: client)
            if present.count == 1 { send(.prepareTransition(id: 0, version: 1), to: client) }
        }
    }

    /// Prepares a change of version for everybody.
    func change(version: Int) {
        self.version = version
        if version == 0 {
            let id = newTransition(for: present)
            for client in present { send(.prepareTransition(id: id, version: 0), to: client) }
            (epoch, isEstablished, pending) = (0, false, [])
        } else {
            reset()
        }
    }

    // MARK: Proposals

    private var removedLeaves: [UserID: UInt32] = [:]

    private func propose(_ proposal: Proposal, user: UserID, leaf: UInt32?, package: KeyPackage?) throws -> Pending {
        let message = try ExternalProposal.make(
            proposal,
            groupID: (0..<8).reversed().map {
                UInt8(truncatingIfNeeded: DAVECall.channel.rawValue >> (8 * UInt64($0)))
            },
            epoch: epoch, senderIndex: 0, signer: signer)
        return Pending(
            message: MLSMessage.publicMessage(message).encoded, reference: message.proposalReference, user: user,
            leaf: leaf, package: package)
    }

    private func removeLater(_ user: UserID) throws {
        guard pending.isEmpty else { return held.append(user) }
        guard let leaf = removedLeaves.removeValue(forKey: user) else { return }
        let removal = try propose(.remove(leaf: leaf), user: user, leaf: leaf, package: nil)
        pending.append(removal)
        for member in members { send(.appendProposals([removal.message]), to: member) }
    }

    /// Takes back the Add of somebody who left before it was committed: everything is revoked and what stands sent again.
    private func withdraw(_ user: UserID) throws {
        guard pending.contains(where: { $0.user == user && $0.package != nil }) else { return }
        let all = pending.map(\.reference)
        pending.removeAll { $0.user == user && $0.package != nil }
        for client in isEstablished ? members : present.filter({ $0.keyPackage != nil }) {
            send(.revokeProposals(all), to: client)
            let rest = pending.filter { $0.user != client.user }.map(\.message)
            if !rest.isEmpty { send(.appendProposals(rest), to: client) }
        }
        if pending.isEmpty { try flushHeld() }
    }

    private func flushHeld() throws {
        let users = held
        held = []
        for user in users { try removeLater(user) }
    }

    private func receive(_ package: KeyPackage, from client: Client) throws {
        guard !faults.ignoresKeyPackages else { return }
        try package.validate()
        try withdraw(client.user)
        client.keyPackage = package
        var batch: [Pending] = []
        if isEstablished, let leaf = client.leaf {
            client.leaf = nil
            batch.append(try propose(.remove(leaf: leaf), user: client.user, leaf: leaf, package: nil))
        }
        let add = try propose(.add(package), user: client.user, leaf: nil, package: package)
        batch.append(add)
        if isEstablished, members.isEmpty { return reset() }
        if !isEstablished {
            let inFlight = pending.map(\.message)
            if !inFlight.isEmpty { send(.appendProposals(inFlight), to: client) }
        }
        pending += batch
        for other in isEstablished ? members : present where other.user != client.user && other.keyPackage != nil {
            send(.appendProposals(batch.map(\.message)), to: other)
        }
    }

    private func receive(commit bytes: [UInt8], welcome: [UInt8]?, from client: Client) throws {
        guard faults.dropsCommitsOfClients == 0 else {
            faults.dropsCommitsOfClients -= 1
            return
        }
        guard case .publicMessage(let message) = try MLSMessage(decoding: bytes),
            case .commit(let commit) = message.content.content, message.content.epoch == epoch
        else { return }
        let expected = pending.filter { isEstablished || $0.user != client.user }
        guard !expected.isEmpty, Set(commit.references) == Set(expected.map(\.reference)),
            isEstablished ? message.content.sender == .member(client.leaf ?? .max) : true
        else { return }
        let added = expected.compactMap { $0.package == nil ? nil : $0 }
        let letter = try welcome.map { try Welcome(decoding: $0) }
        guard
            added.allSatisfy({ add in
                letter?.secrets.contains { $0.reference == add.package?.reference } ?? false
            })
        else { return }
        let old = isEstablished ? members : [client]
        if !isEstablished { client.leaf = 0 }
        var taken = Set(clients.values.compactMap(\.leaf)).union(removedLeaves.values)
        for removed in expected where removed.package == nil { taken.remove(removed.leaf ?? .max) }
        for reference in commit.references {
            guard let add = added.first(where: { $0.reference == reference }) else { continue }
            let free = (0..<UInt32.max).first { !taken.contains($0) } ?? 0
            taken.insert(free)
            if clients[add.user]?.isPresent == true {
                clients[add.user]?.leaf = free
            } else {
                removedLeaves[add.user] = free
            }
        }
        (epoch, isEstablished, pending) = (epoch + 1, true, [])
        let newcomers = added.compactMap { clients[$0.user] }.filter(\.isPresent)
        let id = newTransition(for: old + newcomers)
        for member in old { announce(id, bytes, to: member) }
        for newcomer in newcomers {
            guard let letter,
                let entry = letter.secrets.first(where: { $0.reference == newcomer.keyPackage?.reference })
            else { continue }
            greet(id, Welcome(secrets: [entry], encryptedGroupInfo: letter.encryptedGroupInfo).encoded, newcomer)
        }
        try flushHeld()
    }

    private func announce(_ id: UInt16, _ bytes: [UInt8], to member: Client) {
        if faults.withholdsCommits > 0 {
            faults.withholdsCommits -= 1
            return
        }
        var commit = bytes
        if faults.corruptsCommits > 0 {
            faults.corruptsCommits -= 1
            commit[commit.count - 1] ^= 1
        }
        send(.announceCommit(id: id, commit: commit), to: member)
    }

    private func greet(_ id: UInt16, _ bytes: [UInt8], _ newcomer: Client) {
        if faults.withholdsWelcomes > 0 {
            faults.withholdsWelcomes -= 1
            return
        }
        var welcome = bytes
        if faults.corruptsWelcomes > 0 {
            faults.corruptsWelcomes -= 1
            welcome[welcome.count - 1] ^= 1
        }
        send(.welcome(id: id, welcome: welcome), to: newcomer)
    }

    // MARK: Transitions

    private func newTransition(for clients: [Client]) -> UInt16 {
        nextTransition = nextTransition == .max ? 1 : nextTransition + 1
        let users = Set(clients.map(\.user))
        waiting.append((nextTransition, users, users, now + .seconds(2)))
        return nextTransition
    }

    private func checkExecutions() {
        while let index = waiting.firstIndex(where: { $0.users.isEmpty || $0.due <= now }) {
            let done = waiting.remove(at: index)
            if faults.withholdsExecutions > 0 {
                faults.withholdsExecutions -= 1
                continue
            }
            for user in done.all where clients[user]?.isPresent == true {
                send(.executeTransition(id: done.id), to: client(user))
            }
        }
    }

    // MARK: Delivery

    private func tell(_ client: Client, _ opcode: VoiceOpcode, _ data: JSONValue) {
        client.inbox.append(.json(VoiceGatewayPayload(op: opcode, d: data)))
    }

    private func send(_ message: DAVEServerMessage, to client: Client) {
        switch message.wire {
        case .json(let payload): client.inbox.append(.json(payload))
        case .binary(let opcode, let body): client.inbox.append(.binary(opcode: opcode, body))
        case .renew: break
        }
    }

    /// Hands one message to a client, and its answers to the service.
    func deliver(to client: Client) throws {
        guard client.isPresent, !client.inbox.isEmpty else { return }
        try answer(client.session.handle(client.inbox.removeFirst(), now: now), from: client)
    }

    private func answer(_ replies: [E2EEReply], from client: Client) throws {
        for reply in replies {
            var message: DAVEClientMessage?
            switch reply {
            case .json(let payload):
                client.said.append(payload.op.rawValue)
                message = try DAVEClientMessage(payload)
            case .binary(let opcode, let body):
                client.said.append(Int(opcode))
                message = try DAVEClientMessage(opcode: opcode, body)
            case .renew:
                client.renewals += 1
                // As the connection does: the old session goes, a fresh one comes.
                let session = client.session
                try leaveOnly(client)
                join(client.user)
                withExtendedLifetime(session) {}
            }
            switch message {
            case .keyPackage(let bytes): try receive(KeyPackage(decoding: bytes), from: client)
            case .commit(let bytes, let welcome): try receive(commit: bytes, welcome: welcome, from: client)
            case .transitionReady(let id):
                if let index = waiting.firstIndex(where: { $0.id == id }) { waiting[index].users.remove(client.user) }
                checkExecutions()
            case .invalidCommitWelcome, nil: break
            }
        }
    }

    /// The service's side of a fresh session; the client keeps its state.
    private func leaveOnly(_ client: Client) throws {
        client.isPresent = false
        client.inbox = []
        let leaf = client.leaf
        (client.leaf, client.keyPackage) = (nil, nil)
        for other in present { tell(other, .clientDisconnect, ["user_id": .string(client.user.description)]) }
        if present.count <= 1 {
            reset()
        } else if leaf != nil {
            removedLeaves[client.user] = leaf
            try removeLater(client.user)
        } else {
            try withdraw(client.user)
        }
    }

    /// Delivers everything, client by client.
    func settle() throws {
        while let client = present.first(where: { !$0.inbox.isEmpty }) { try deliver(to: client) }
    }

    /// Delivers one message to somebody by chance; false when nothing waits.
    func step(using random: inout SeededRandom) throws -> Bool {
        guard let client = present.filter({ !$0.inbox.isEmpty }).randomElement(using: &random) else { return false }
        try deliver(to: client)
        return true
    }

    /// Moves the clock in steps of a tick, with everything delivered at each.
    func advance(by duration: Duration) throws {
        let end = now + duration
        while now < end {
            now += .milliseconds(20)
            checkExecutions()
            for client in present {
                guard let due = client.session.nextDeadline, due <= now else { continue }
                try answer(client.session.handle(.tick, now: now), from: client)
            }
            try settle()
        }
    }

    // MARK: Frames

    /// Sends a frame of a client to all others; what went out, nil while it is held.
    @discardableResult
    func speak(_ user: UserID, _ frame: [UInt8] = [UInt8](repeating: 7, count: 100)) -> [UInt8]? {
        guard let encryptor = client(user).session.transform as? DAVEEncryptor,
            let sealed = DAVEFrameTests.run(encryptor, frame)
        else { return nil }
        for listener in present where listener.user != user {
            let heard = listener.session.open(sealed, ssrc: client(user).stream, now: now)
            if heard != frame, sealed != OpusSilence.frame { listener.deaf += 1 }
        }
        return sealed
    }

    /// Whether all who are there are in one group, hear each other, and show the same code.
    func expectHealthy(_ comment: Comment? = nil) {
        let users = present.map(\.user)
        guard users.count > 1 else { return }
        var codes: Set<String> = []
        for client in present {
            guard case .encrypted(_, let members) = client.session.report.status else {
                Issue.record("user \(client.user) is \(client.session.report.status); \(comment?.rawValue ?? "")")
                continue
            }
            #expect(Set(members) == Set(users), comment)
            codes.insert(client.session.report.privacyCode ?? "none")
            client.deaf = 0
        }
        #expect(codes.count == 1, comment)
        for user in users {
            let sealed = speak(user)
            #expect(sealed?.suffix(2) == [0xFA, 0xFA], comment)
        }
        #expect(present.allSatisfy { $0.deaf == 0 }, comment)
    }
}
