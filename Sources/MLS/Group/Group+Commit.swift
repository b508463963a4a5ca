/// Making commits (RFC 9420 section 12.4.1).
extension Group {
    /// A commit over all proposals that are kept, in order, with a welcome when it adds anybody. It has a path when a
    /// proposal asks for one, or `withPath`. This group stays as it is.
    ///
    /// - Throws: `invalid` when there is nothing to commit, or the proposals do not go together.
    public func commit(
        signer: borrowing SignaturePrivateKey, withPath: Bool = false
    ) throws(MLSError) -> PendingCommit {
        try checkPlace(groupID: context.groupID, epoch: context.epoch)
        guard !cached.isEmpty || withPath else { throw .invalid("there is nothing to commit") }
        guard tree.leaf(ownLeaf)?.signatureKey == signer.publicKey else {
            throw .invalid("the signature key is not that of the committer's leaf")
        }
        let list = try ProposalList(
            cached.map { ($0.proposal, $0.sender) }, committer: .member(ownLeaf), tree: tree,
            extensions: context.extensions)
        var newTree = list.tree
        let path =
            list.needsPath || withPath
            ? try NewPath(leaf: ownLeaf, in: &newTree, groupID: context.groupID, signer: signer) : nil
        var newContext = provisionalContext(treeHash: newTree.treeHash(), extensions: list.extensions)
        try policy.check(newContext)
        try policy.check(newTree, extensions: list.extensions)
        let commit = Commit(
            proposals: cached.map { .reference($0.reference) },
            path: try path?.encrypted(in: newTree, without: list.addedLeaves, context: newContext.encoded))
        var message = try AuthenticatedContent(
            signing: FramedContent(
                groupID: context.groupID, epoch: context.epoch, sender: .member(ownLeaf), content: .commit(commit)),
            as: .publicMessage, context: context, signer: signer)
        newContext.confirmedTranscriptHash = Transcript.confirmed(interim: interimTranscriptHash, message)
        let preSharedSecret = try preSharedKeys.secret(list.preSharedKeys, groupID: context.groupID)
        let joiner = try JoinerSecret(
            initSecret: secrets.initSecret, commitSecret: path?.commitSecret ?? Secret(zeros: Hash.byteCount),
            context: newContext)
        let next = try joiner.epoch(preSharedSecret: preSharedSecret, context: newContext)
        let tag = Transcript.confirmationTag(
            key: next.confirmationKey, confirmed: newContext.confirmedTranscriptHash)
        message.confirmationTag = tag
        var framed = try PublicMessage(message)
        framed.tag(key: secrets.membershipKey, context: context)
        var own = path?.privateTree ?? privateTree
        own.prune(newTree)
        let group = Group(
            policy: policy, context: newContext, tree: newTree, confirmationTag: tag, secrets: next,
            privateTree: own, preSharedKeys: preSharedKeys, isEnded: list.endsGroup)
        let welcome = try group.welcome(
            list, path: path, joiner: joiner, preSharedSecret: preSharedSecret, confirmationTag: tag, signer: signer)
        return PendingCommit(
            message: MLSMessage.publicMessage(framed).encoded, welcome: welcome?.encoded, group: group)
    }

    /// The welcome of this (new) epoch for all who were added; nil when nobody was.
    private func welcome(
        _ list: ProposalList, path: NewPath?, joiner: JoinerSecret, preSharedSecret: Secret,
        confirmationTag: [UInt8], signer: borrowing SignaturePrivateKey
    ) throws(MLSError) -> Welcome? {
        guard !list.added.isEmpty else { return nil }
        let info = try GroupInfo(
            context: context, extensions: [Extension(type: Extension.ratchetTree, data: tree.encoded)],
            confirmationTag: confirmationTag, signer: ownLeaf, key: signer)
        let encryptedInfo = try WelcomeKey(joiner.welcome(preSharedSecret: preSharedSecret)).seal(info)
        var entries: [Welcome.Entry] = []
        for (leaf, package) in list.added {
            let secrets = GroupSecrets(
                joinerSecret: joiner.secret, pathSecret: path?.secret(for: leaf), preSharedKeys: list.preSharedKeys)
            var plaintext = MLSWriter(reserving: 128 + 256 * list.preSharedKeys.count)
            secrets.write(to: &plaintext)
            defer { plaintext.wipe() }
            let encrypted = try HPKE.encrypt(
                Secret(plaintext.bytes), to: package.initKey, label: "Welcome", context: encryptedInfo)
            entries.append(Welcome.Entry(reference: package.reference, encrypted))
        }
        return Welcome(secrets: entries, encryptedGroupInfo: encryptedInfo)
    }
}
