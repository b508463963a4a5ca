internal import MLS

extension DeliveryService {
    /// What should be proposed as things stand, Removes first.
    func wanted(now: Int64) -> [Subject] {
        let gone = leaves.filter { user, _ in
            guard let member = members[user] else { return true }
            guard let lostAt = member.lostAt else { return false }
            return member.package != nil || now - lostAt >= rules.packageWait
        }
        let removes = gone.values.sorted().map { Subject.remove(leaf: $0) }
        let adds = present.compactMap { user -> Subject? in
            guard let package = members[user]?.package, !follows(user) else { return nil }
            return .add(user: user, package: package.reference)
        }
        return removes + adds
    }

    /// Who can commit: the group's members, or everybody waiting while there is no group.
    var committers: [ID] {
        present.filter { isEstablished ? follows($0) : members[$0]?.package != nil && members[$0]?.hasSender == true }
    }

    /// What a committer must commit: everything proposed but its own Add, which it is never sent.
    func expected(of user: ID) -> [Proposed] {
        proposed.filter { if case .add(user, _) = $0.subject { false } else { true } }
    }

    /// Brings the proposals in flight in line with what is wanted, unless a transition is on its way.
    ///
    /// davey leaves the Welcome out of a commit when the newest opcode 27 has no Add, even though an older Add waits, and
    /// after a partial revoke. So whenever something must be taken back, or a Remove would follow an Add, everything is
    /// revoked and proposed anew, newly signed: no commit that was made before can cover the new references.
    mutating func propose(now: Int64) -> [DeliveryMessage] {
        guard version > 0, transition == nil else { return [] }
        let wanted = wanted(now: now)
        if isEstablished, committers.isEmpty, !wanted.isEmpty { return restart() }
        let standing = Set(proposed.map(\.subject))
        let new = wanted.filter { !standing.contains($0) }
        let isObsolete = !standing.isSubset(of: wanted)
        let wouldTrailAdds = !new.isEmpty && !new.contains(where: \.isAdd) && standing.contains(where: \.isAdd)
        var messages: [DeliveryMessage] = []
        if isObsolete || wouldTrailAdds {
            messages += revokeAll()
            voidRace()
            for subject in wanted { add(subject) }
        } else {
            if !new.isEmpty { voidRace() }
            for subject in new { add(subject) }
        }
        let appended = appendMissing()
        if !appended.isEmpty { proposedAt = now }
        return messages + appended
    }

    /// Takes every proposal back from everybody who was told of any.
    private mutating func revokeAll() -> [DeliveryMessage] {
        proposed = []
        return present.compactMap { user in
            guard let told = members[user]?.told, !told.isEmpty else { return nil }
            members[user]?.told = []
            return DeliveryMessage(to: user, content: .binary(27, [1] + DeliveryWire.references(told)))
        }
    }

    /// A commit that waits for its rival no longer covers everything; the race is run over the next ones.
    private mutating func voidRace() {
        if raced != nil { faults.racingCommits += 1 }
        raced = nil
    }

    private mutating func add(_ subject: Subject) {
        let proposal: Proposal
        switch subject {
        case .remove(let leaf): proposal = .remove(leaf: leaf)
        case .add(let user, _):
            guard let package = members[user]?.package else { return }
            proposal = .add(package)
        }
        let stated = faults.take(\.wrongEpoch) ? epoch + 1 : epoch
        guard let message = try? sender.propose(proposal, groupID: groupID, epoch: stated) else { return }
        proposed.append(
            Proposed(
                subject: subject, reference: message.proposalReference,
                message: MLSMessage.publicMessage(message).encoded))
    }

    /// Sends every committer the proposals it does not know.
    private mutating func appendMissing() -> [DeliveryMessage] {
        committers.compactMap { user in
            let told = Set(members[user]?.told ?? [])
            let missing = expected(of: user).filter { !told.contains($0.reference) }
            if missing.isEmpty { return nil }
            members[user]?.told += missing.map(\.reference)
            return DeliveryMessage(
                to: user, content: .binary(27, [0] + DeliveryWire.vector(missing.flatMap(\.message))))
        }
    }
}

/// Vectors of opcode 27.
enum DeliveryWire {
    /// A length of 1, 2 or 4 bytes, then the bytes.
    static func vector(_ bytes: [UInt8]) -> [UInt8] {
        var writer = MLSWriter()
        writer.opaque(bytes)
        return writer.bytes
    }

    /// A vector of proposal references.
    static func references(_ references: [[UInt8]]) -> [UInt8] { vector(references.flatMap { vector($0) }) }
}
