/// One member's view of one epoch of a group. It cannot be copied; a commit leads to another value.
public struct Group: ~Copyable, Sendable {
    /// A proposal that was received and may be committed.
    struct CachedProposal: Sendable {
        let reference: [UInt8]
        let proposal: Proposal
        let sender: Sender
    }

    /// What the group accepts.
    public let policy: GroupPolicy
    /// What all members agree on in this epoch.
    public let context: GroupContext
    /// The members and their public keys.
    public let tree: RatchetTree
    let interimTranscriptHash: [UInt8]
    let secrets: EpochSecrets
    let privateTree: PrivateTree
    var preSharedKeys: PreSharedKeys
    var secretTree: SecretTree
    var cached: [CachedProposal] = []
    /// Whether the group was ended by a ReInit proposal; then it takes no more messages.
    public let isEnded: Bool

    init(
        policy: GroupPolicy, context: GroupContext, tree: RatchetTree, confirmationTag: [UInt8],
        secrets: EpochSecrets, privateTree: PrivateTree, preSharedKeys: PreSharedKeys, isEnded: Bool = false
    ) {
        self.policy = policy
        self.context = context
        self.tree = tree
        interimTranscriptHash = Transcript.interim(
            confirmed: context.confirmedTranscriptHash, confirmationTag: confirmationTag)
        self.secrets = secrets
        self.privateTree = privateTree
        self.preSharedKeys = preSharedKeys
        self.isEnded = isEnded
        secretTree = SecretTree(encryptionSecret: secrets.encryption, leafCount: tree.leafCount)
        if policy.memberProposals { self.preSharedKeys.remember(secrets.resumption, epoch: context.epoch) }
    }

    /// A group of one member in epoch 0 (RFC 9420 section 11), with an external sender who may change it.
    public static func create(
        id: [UInt8], bundle: borrowing KeyPackageBundle, externalSender: ExternalSender,
        policy: GroupPolicy = .externalAddRemove
    ) throws(MLSError) -> Group {
        guard P256.isPoint(externalSender.signatureKey) else {
            throw .invalid("the external sender's key is not a point of P-256")
        }
        var tree = RatchetTree(bundle.package.leafNode)
        let context = GroupContext(
            groupID: id, epoch: 0, treeHash: tree.treeHash(), confirmedTranscriptHash: [],
            extensions: [.externalSenders([externalSender])])
        try policy.check(context)
        try policy.check(tree, extensions: context.extensions)
        let secrets = try EpochSecrets(epochSecret: Secret.random(Hash.byteCount))
        return Group(
            policy: policy, context: context, tree: tree,
            confirmationTag: Transcript.confirmationTag(key: secrets.confirmationKey, confirmed: []),
            secrets: secrets, privateTree: PrivateTree(leaf: 0, leafKey: bundle.leafKey), preSharedKeys: .none)
    }

    /// The group's identifier.
    public var id: [UInt8] { context.groupID }

    /// How many commits led here; 0 for a created group.
    public var epoch: UInt64 { context.epoch }

    /// This member's leaf index.
    public var ownLeaf: UInt32 { privateTree.leaf }

    /// The members in the order of their leaf indices.
    public var members: [(leaf: UInt32, identity: [UInt8], signatureKey: [UInt8])] {
        tree.members.map { ($0.index, $0.leaf.identity, $0.leaf.signatureKey) }
    }

    /// Who may propose changes from outside.
    public var externalSenders: [ExternalSender] { (try? context.externalSenders()) ?? [] }

    /// Equal for all members of the epoch, and different in every other: 32 bytes (RFC 9420 section 8.7).
    public var epochAuthenticator: [UInt8] { secrets.authenticator.revealed }

    /// A secret of `count` bytes for use outside of MLS (RFC 9420 section 8.5); at most 8160 bytes.
    public func export(label: String, context: [UInt8], count: Int) throws(MLSError) -> Secret {
        try secrets.export(label: label, context: context, count: count)
    }

    /// The context of the next epoch before the commit is in the transcript.
    func provisionalContext(treeHash: [UInt8], extensions: [Extension]) -> GroupContext {
        GroupContext(
            groupID: context.groupID, epoch: context.epoch + 1, treeHash: treeHash,
            confirmedTranscriptHash: context.confirmedTranscriptHash, extensions: extensions)
    }

    /// Throws unless a message is for this group and epoch.
    func checkPlace(groupID: [UInt8], epoch: UInt64) throws(MLSError) {
        guard groupID == context.groupID else { throw .wrongGroup }
        guard epoch == context.epoch else { throw .wrongEpoch(expected: context.epoch, found: epoch) }
        guard !isEnded else { throw .invalid("the group was ended by a ReInit proposal") }
        guard context.epoch < .max else { throw .tooLarge("The epoch", limit: .max) }
    }
}
