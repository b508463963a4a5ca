/// Following the commits of other members (RFC 9420 section 12.4.2).
extension Group {
    /// The next epoch's group, from another member's commit. This group stays as it is, also when it throws.
    public func process(_ message: PublicMessage) throws(MLSError) -> Group {
        try process(authenticate(message))
    }

    /// The same for an encrypted commit, where the policy allows these.
    public mutating func process(_ message: PrivateMessage) throws(MLSError) -> Group {
        try process(authenticate(message))
    }

    private func process(_ message: AuthenticatedContent) throws(MLSError) -> Group {
        guard case .commit(let commit) = message.content.content, let tag = message.confirmationTag else {
            throw .invalid("the message is not a commit")
        }
        let committer = message.content.sender
        guard committer != .member(ownLeaf) else { throw .ownCommit }
        var list = try ProposalList(
            resolve(commit, from: committer), committer: committer, tree: tree, extensions: context.extensions)
        guard !list.removed.contains(ownLeaf) else { throw .removedFromGroup }
        guard commit.path != nil || !list.needsPath else { throw .invalid("a commit lacks the path that it needs") }
        let outcome = try follow(commit.path, from: committer, &list)
        var context = provisionalContext(treeHash: outcome.treeHash, extensions: list.extensions)
        try policy.check(context)
        try policy.check(outcome.tree, extensions: list.extensions)
        context.confirmedTranscriptHash = Transcript.confirmed(interim: interimTranscriptHash, message)
        let preSharedSecret = try preSharedKeys.secret(list.preSharedKeys, groupID: context.groupID)
        let joiner = try JoinerSecret(
            initSecret: initSecret(list.externalInit), commitSecret: outcome.commitSecret, context: context)
        let next = try joiner.epoch(preSharedSecret: preSharedSecret, context: context)
        guard Transcript.isConfirmation(tag, key: next.confirmationKey, of: context.confirmedTranscriptHash) else {
            throw .badConfirmationTag
        }
        return Group(
            policy: policy, context: context, tree: outcome.tree, confirmationTag: tag, secrets: next,
            privateTree: outcome.privateTree, preSharedKeys: preSharedKeys, isEnded: list.endsGroup)
    }

    /// The proposals that a commit applies, those inside of it checked.
    private func resolve(
        _ commit: Commit, from committer: Sender
    ) throws(MLSError) -> [(proposal: Proposal, sender: Sender)] {
        guard commit.proposals.count <= policy.maximumProposals else {
            throw .tooLarge("The number of proposals", limit: policy.maximumProposals)
        }
        let known = Dictionary(cached.map { ($0.reference, $0) }) { first, _ in first }
        var proposals: [(proposal: Proposal, sender: Sender)] = []
        var used: Set<[UInt8]> = []
        for item in commit.proposals {
            switch item {
            case .proposal(let proposal):
                guard policy.memberProposals || committer == .newMemberCommit else {
                    throw .unsupported("A proposal inside a commit")
                }
                try check(proposal, from: committer)
                proposals.append((proposal, committer))
            case .reference(let reference):
                guard committer != .newMemberCommit, used.insert(reference).inserted else {
                    throw .invalid("a commit refers to a proposal that it may not refer to")
                }
                guard let found = known[reference] else { throw .unknownProposal }
                proposals.append((found.proposal, found.sender))
            }
        }
        return proposals
    }

    private struct Outcome {
        var tree: RatchetTree
        var treeHash: [UInt8]
        var privateTree: PrivateTree
        var commitSecret: Secret
    }

    /// Merges a commit's path, if it has one, and decrypts its secret.
    private func follow(
        _ path: UpdatePath?, from committer: Sender, _ list: inout ProposalList
    ) throws(MLSError) -> Outcome {
        var tree = list.tree
        var own = privateTree
        guard let path else {
            own.prune(tree)
            let hash = tree.treeHash()
            return Outcome(tree: tree, treeHash: hash, privateTree: own, commitSecret: Secret(zeros: Hash.byteCount))
        }
        let leaf: UInt32
        if case .member(let index) = committer { leaf = index } else { leaf = try tree.freeLeaf() }
        try check(path.leafNode, at: leaf, in: tree)
        try tree.merge(path, from: leaf)
        own.prune(tree)
        let hash = tree.treeHash()
        let provisional = provisionalContext(treeHash: hash, extensions: list.extensions)
        let secret = try own.decrypt(
            path, from: leaf, in: tree, without: list.addedLeaves, context: provisional.encoded)
        let commitSecret = try own.implant(secret, from: leaf, in: tree)
        return Outcome(tree: tree, treeHash: hash, privateTree: own, commitSecret: commitSecret)
    }

    /// Checks a committer's new leaf for its place in the tree.
    private func check(_ node: LeafNode, at leaf: UInt32, in tree: RatchetTree) throws(MLSError) {
        guard case .commit = node.source else { throw .invalid("the leaf of a commit has another source") }
        let old = tree.leaf(leaf)
        if policy.fixedIdentities, let old {
            guard old.credential == node.credential, old.signatureKey == node.signatureKey else {
                throw .invalid("a commit changes its committer's credential or signature key")
            }
        }
        if let holder = tree.member(signatureKey: node.signatureKey), holder != leaf {
            throw .invalid("two members have the same signature key")
        }
        try node.validate(groupID: context.groupID, leaf: leaf)
    }

    /// The secret that the next key schedule starts from.
    private func initSecret(_ externalInit: [UInt8]?) throws(MLSError) -> Secret {
        guard let externalInit else { return secrets.initSecret }
        let receiver = try HPKE.receiver(externalInit, key: secrets.externalKeyPair(), info: [])
        return try receiver.export(Label.bytes("external init secret"), count: Hash.byteCount)
    }
}
