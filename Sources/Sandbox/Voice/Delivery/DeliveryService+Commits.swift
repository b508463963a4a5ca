internal import MLS

/// A commit that passed the checks of section 5.5.
struct ValidCommit: Sendable {
    var user: ID
    /// The MLSMessage, as it came.
    var message: [UInt8]
    /// References in the commit's order.
    var references: [[UInt8]]
    var welcome: Welcome?
}

extension DeliveryService {
    /// Opcode 28: a commit and perhaps a Welcome. The first valid one wins; everything else is dropped without a word.
    mutating func commitWelcome(_ user: ID, _ bytes: [UInt8], now: Int64) -> [DeliveryMessage] {
        guard version > 0, !faults.deafTo.contains(user) else { return [] }
        guard transition == nil, let commit = valid(bytes, from: user) else {
            counts.droppedCommits += 1
            return []
        }
        if let rival = raced, rival.commit.user != user { return adopt(commit, now: now) }
        if committers.count > 1, raced != nil || faults.take(\.racingCommits) {
            raced = (commit, raced?.at ?? now)
            return []
        }
        return adopt(commit, now: now)
    }

    /// Takes a commit apart and checks it; nil when it must be dropped.
    func valid(_ bytes: [UInt8], from user: ID) -> ValidCommit? {
        var reader = MLSReader(bytes)
        guard let message = try? MLSMessage(from: &reader), case .publicMessage(let framed) = message else {
            return nil
        }
        let commitBytes = Array(bytes.prefix(reader.consumed))
        guard committers.contains(user), framed.content.groupID == groupID, framed.content.epoch == epoch,
            case .member(isEstablished ? leaves[user] ?? .max : 0) = framed.content.sender,
            case .commit(let commit) = framed.content.content
        else { return nil }
        let references = commit.references
        let expected = expected(of: user)
        guard !references.isEmpty, references.count == commit.proposals.count, references.count == expected.count,
            Set(references) == Set(expected.map(\.reference))
        else { return nil }
        if expected.contains(where: { !$0.subject.isAdd }), commit.path == nil { return nil }
        if let leaf = commit.path?.leafNode,
            leaf.identity != Self.big(user) || leaf.signatureKey != members[user]?.signatureKey
        {
            return nil
        }
        var welcome: Welcome?
        if reader.remaining > 0 {
            guard let found = try? Welcome(from: &reader), reader.remaining == 0 else { return nil }
            welcome = found
        }
        for case .add(_, let package) in expected.map(\.subject) {
            guard welcome?.secrets.contains(where: { $0.reference == package }) == true else { return nil }
        }
        return ValidCommit(user: user, message: commitBytes, references: references, welcome: welcome)
    }

    /// Moves the group to the commit's epoch and tells everybody.
    mutating func adopt(_ commit: ValidCommit, now: Int64) -> [DeliveryMessage] {
        counts.commits += 1
        raced = nil
        let followers = isEstablished ? committers : [commit.user]
        if !isEstablished { leaves = [commit.user: 0] }
        let subjects = commit.references.compactMap { reference in
            proposed.first { $0.reference == reference }?.subject
        }
        for case .remove(let leaf) in subjects { leaves = leaves.filter { $0.value != leaf } }
        var added: [(user: ID, package: [UInt8])] = []
        for case .add(let user, let package) in subjects {
            leaves[user] = freeLeaf
            added.append((user, package))
        }
        isEstablished = true
        epoch += 1
        proposed = []
        for user in members.keys { members[user]?.told = [] }
        for user in followers + added.map(\.user) {
            if let package = members[user]?.package { members[user]?.signatureKey = package.leafNode.signatureKey }
            members[user]?.package = nil
            members[user]?.lostAt = nil
        }
        let id = begin(followers + added.map(\.user), now: now)
        return followers.map { .announceCommit($0, id, commit.message) }
            + added.compactMap { welcome($0.user, id, $0.package, commit.welcome) }
    }

    /// The lowest leaf nobody has (RFC 9420, 7.7).
    private var freeLeaf: UInt32 {
        let taken = Set(leaves.values)
        return (0...UInt32(taken.count)).first { !taken.contains($0) } ?? UInt32(taken.count)
    }

    /// Opcode 30 with the receiver's secrets only.
    private mutating func welcome(_ user: ID, _ transition: UInt16, _ package: [UInt8], _ all: Welcome?)
        -> DeliveryMessage?
    {
        guard var own = all, !faults.take(\.withheldWelcome) else { return nil }
        own.secrets = own.secrets.filter { $0.reference == package }
        counts.welcomes += 1
        var bytes = own.encoded
        if faults.take(\.corruptedWelcome) { bytes[bytes.count - 20] ^= 0x5A }
        return .welcome(user, transition, bytes)
    }
}
