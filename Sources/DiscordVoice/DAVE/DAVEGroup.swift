package import MLS

/// The MLS side of a DAVE session (5.2 to 5.4): own key package, pending or established group, own commits.
///
/// It is thrown away and made anew at every restart, with a new signature key.
package struct DAVEGroup: ~Copyable {
    /// Own commits kept per epoch: the announced one need not be the newest.
    private static let maximumOwnCommits = 16

    /// One of our commits of this epoch, which may yet win.
    private final class OwnCommit {
        let message: [UInt8]
        var pending: PendingCommit?

        init(_ pending: consuming PendingCommit) {
            message = pending.message
            self.pending = consume pending
        }
    }

    /// The identity of a user: eight bytes, big-endian.
    static func identity(of user: UInt64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: user >> (8 * UInt64($0))) }
    }

    /// The user of an identity; nil when it is none of DAVE.
    static func user(of identity: [UInt8]) -> UInt64? {
        identity.count == 8 ? identity.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    private let id: [UInt8]
    private let signer: SignaturePrivateKey
    private let bundle: KeyPackageBundle
    private var externalSender: ExternalSender?
    private var group: Group?
    private var ownCommits: [OwnCommit] = []
    /// Whether others share the group's epoch.
    package private(set) var isEstablished = false

    /// Fresh keys for a user in a channel.
    static func make(user: UInt64, channel: UInt64) throws(MLSError) -> DAVEGroup {
        let signer = try SignaturePrivateKey.generate()
        let bundle = try KeyPackageBundle.make(identity: DAVEGroup.identity(of: user), signer: signer)
        return DAVEGroup(channel: channel, signer: signer, bundle: bundle)
    }

    /// A given identity, for comparison with vectors.
    package init(
        channel: UInt64, signer: consuming SignaturePrivateKey, bundle: consuming KeyPackageBundle
    ) {
        id = DAVEGroup.identity(of: channel)
        self.signer = signer
        self.bundle = bundle
    }

    /// What op 26 carries.
    package var keyPackage: [UInt8] { bundle.package.encoded }

    /// What welcomes name our key package by.
    package var keyPackageReference: [UInt8] { bundle.package.reference }

    /// Whether proposals wait for a commit.
    package var hasProposals: Bool {
        (try? read { !$0.proposals.isEmpty }) ?? false
    }

    /// The epoch we are in; 0 before the group is established.
    package var epoch: UInt64 { (try? read { $0.epoch }) ?? 0 }

    /// Lends the group; nil when there is none.
    private func read<Result>(
        _ body: (borrowing Group) throws(MLSError) -> Result
    ) throws(MLSError) -> Result? {
        switch group {
        case .some(let group): try body(group)
        case .none: nil
        }
    }

    /// Op 25: makes the pending group of ourselves alone; an established one stays as it is.
    package mutating func set(_ sender: ExternalSender) throws(MLSError) {
        guard !isEstablished else { return }
        group = try Group.create(id: id, bundle: bundle, externalSender: sender)
        externalSender = sender
        ownCommits = []
    }

    /// Op 27, append: keeps the acceptable proposals; returns why the first of the others was refused.
    ///
    /// An Add of somebody who `isPresent` does not know is refused.
    package mutating func append(_ messages: [[UInt8]], isPresent: (UInt64) -> Bool) -> MLSError? {
        var problem: MLSError?
        for message in messages {
            do throws(MLSError) {
                try append(message, isPresent: isPresent)
            } catch {
                problem = problem ?? error
            }
        }
        return problem
    }

    private mutating func append(_ message: [UInt8], isPresent: (UInt64) -> Bool) throws(MLSError) {
        guard case .publicMessage(let proposal) = try MLSMessage(decoding: message) else {
            throw .invalid("a proposal is not in clear")
        }
        if case .proposal(.add(let package)) = proposal.content.content {
            guard let user = DAVEGroup.user(of: package.identity), isPresent(user) else {
                throw .invalid("somebody is to be added who is not in the channel")
            }
        }
        guard group != nil else { throw .invalid("proposals came before the external sender") }
        try group?.receiveProposal(proposal)
    }

    /// Op 27, revoke.
    package mutating func revoke(_ references: [[UInt8]]) {
        for reference in references { group?.revokeProposal(reference) }
    }

    /// A commit over the whole queue, for op 28; kept until the epoch changes.
    package mutating func commit() throws(MLSError) -> (message: [UInt8], welcome: [UInt8]?) {
        guard let current = group.take() else { throw .invalid("there is no group to commit to") }
        let pending: PendingCommit
        do throws(MLSError) {
            pending = try current.commit(signer: signer)
        } catch {
            group = consume current
            throw error
        }
        group = consume current
        let result = (pending.message, pending.welcome)
        if ownCommits.count == DAVEGroup.maximumOwnCommits { ownCommits.removeFirst() }
        ownCommits.append(OwnCommit(pending))
        return result
    }

    /// Op 29: goes to the next epoch, by our own commit when exactly its bytes were announced.
    package mutating func enter(commit: [UInt8]) throws(MLSError) {
        if let own = ownCommits.first(where: { $0.message == commit }), let pending = own.pending.take() {
            group = pending.adopt()
        } else {
            guard case .publicMessage(let message) = try MLSMessage(decoding: commit) else {
                throw .invalid("a commit is not in clear")
            }
            guard isEstablished, let current = group.take() else {
                throw .invalid("another member's commit came before a welcome")
            }
            do throws(MLSError) {
                let next = try current.process(message)
                group = consume next
            } catch {
                group = consume current
                throw error
            }
        }
        ownCommits = []
        isEstablished = true
        guard members != nil else { throw .invalid("a member is no user") }
    }

    /// Whether an announced commit is one of ours.
    func isOwn(_ commit: [UInt8]) -> Bool { ownCommits.contains { $0.message == commit } }

    /// Op 30: joins the group that others have made.
    package mutating func enter(welcome: Welcome) throws(MLSError) {
        guard let externalSender else { throw .invalid("a welcome came before the external sender") }
        let joined = try Group.join(
            welcome, bundle: bundle, signer: signer, id: id, externalSender: externalSender)
        group = consume joined
        ownCommits = []
        isEstablished = true
        guard members != nil else { throw .invalid("a member is no user") }
    }

    /// The users of this epoch; nil when one is none.
    package var members: [UInt64]? {
        let identities = (try? read { $0.members.map(\.identity) }) ?? []
        let users = identities.compactMap(DAVEGroup.user)
        return users.count == identities.count ? users : nil
    }

    /// What members compare, 30 digits; nil without a group.
    package var privacyCode: String? {
        (try? read { DAVECode.privacy(epochAuthenticator: $0.epochAuthenticator) }) ?? nil
    }

    /// The ratchet of a sender in this epoch (5.6); the user id is little-endian here.
    package func ratchet(of user: UInt64) throws(MLSError) -> KeyRatchet {
        let context = (0..<8).map { UInt8(truncatingIfNeeded: user >> (8 * UInt64($0))) }
        let secret = try read { group throws(MLSError) in
            try group.export(label: "Discord Secure Frames v0", context: context, count: KeyRatchet.keyByteCount)
        }
        guard let secret else { throw .invalid("there is no group to export from") }
        return KeyRatchet(baseSecret: secret)
    }
}
