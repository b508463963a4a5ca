/// Proposals of this epoch, kept until a commit (RFC 9420 section 12.1).
extension Group {
    /// The proposals that were received and not revoked, in order, with their references.
    public var proposals: [(reference: [UInt8], proposal: Proposal)] { cached.map { ($0.reference, $0.proposal) } }

    /// Verifies a proposal and keeps it for the next commit; its reference (32 bytes). Receiving it again changes
    /// nothing.
    @discardableResult
    public mutating func receiveProposal(_ message: PublicMessage) throws(MLSError) -> [UInt8] {
        try receiveProposal(authenticate(message))
    }

    /// The same for an encrypted proposal, where the policy allows these.
    @discardableResult
    public mutating func receiveProposal(_ message: PrivateMessage) throws(MLSError) -> [UInt8] {
        try receiveProposal(authenticate(message))
    }

    /// Forgets a proposal; unknown references change nothing.
    public mutating func revokeProposal(_ reference: [UInt8]) {
        cached.removeAll { $0.reference == reference }
    }

    private mutating func receiveProposal(_ message: AuthenticatedContent) throws(MLSError) -> [UInt8] {
        guard case .proposal(let proposal) = message.content.content else {
            throw .invalid("the message is not a proposal")
        }
        let reference = message.proposalReference
        guard !cached.contains(where: { $0.reference == reference }) else { return reference }
        guard cached.count < policy.maximumProposals else {
            throw .tooLarge("The number of proposals", limit: policy.maximumProposals)
        }
        try check(proposal, from: message.content.sender)
        cached.append(CachedProposal(reference: reference, proposal: proposal, sender: message.content.sender))
        return reference
    }

    /// Checks what can be known of a proposal alone, signatures included.
    func check(_ proposal: Proposal, from sender: Sender) throws(MLSError) {
        guard policy.proposalTypes.contains(proposal.type) else { throw .unsupported("Proposal type \(proposal.type)") }
        switch (proposal, sender) {
        case (.add(let package), _): try package.validate()
        case (.remove(let leaf), _):
            guard tree.leaf(leaf) != nil else { throw .invalid("there is no member at leaf \(leaf)") }
        case (.update(let leaf), .member(let index)):
            guard leaf.source == .update, leaf.encryptionKey != tree.leaf(index)?.encryptionKey else {
                throw .invalid("an Update proposal does not bring a new leaf")
            }
            try leaf.validate(groupID: context.groupID, leaf: index)
        case (.update, _): throw .invalid("an Update proposal is not from a member")
        case (.preSharedKey(let identifier), _):
            guard identifier.nonce.count == Hash.byteCount else {
                throw .invalid("the nonce of a pre-shared key has the wrong length")
            }
        case (.externalInit, .newMemberCommit), (.reInit, _), (.groupContextExtensions, _): break
        case (.externalInit, _): throw .invalid("an ExternalInit proposal is not from a new member")
        }
    }

    /// Verifies place, sender, membership tag and signature of a message in clear.
    func authenticate(_ message: PublicMessage) throws(MLSError) -> AuthenticatedContent {
        let content = message.content
        try checkPlace(groupID: content.groupID, epoch: content.epoch)
        if case .application = content.content { throw .invalid("application data is sent in clear") }
        let key = try signatureKey(of: content)
        if case .member = content.sender { try message.verifyTag(key: secrets.membershipKey, context: context) }
        let authenticated = message.authenticated
        try authenticated.verifySignature(by: key, context: context)
        return authenticated
    }

    /// Decrypts an encrypted handshake message and verifies its signature.
    mutating func authenticate(_ message: PrivateMessage) throws(MLSError) -> AuthenticatedContent {
        guard policy.privateMessages else { throw .unsupported("A private message") }
        try checkPlace(groupID: message.groupID, epoch: message.epoch)
        var ratchets = secretTree
        let content = try message.open(secrets: &ratchets, senderData: secrets.senderData)
        try content.verifySignature(by: signatureKey(of: content.content), context: context)
        secretTree = ratchets
        return content
    }

    private func signatureKey(of content: FramedContent) throws(MLSError) -> [UInt8] {
        switch (content.sender, content.content) {
        case (.member(let index), .commit):
            guard let leaf = tree.leaf(index) else { throw .invalid("there is no member at leaf \(index)") }
            return leaf.signatureKey
        case (.member(let index), _):
            guard policy.memberProposals else { throw .unsupported("A proposal of a member") }
            guard let leaf = tree.leaf(index) else { throw .invalid("there is no member at leaf \(index)") }
            return leaf.signatureKey
        case (.external(let index), .proposal):
            let senders = try context.externalSenders()
            guard index < senders.count else { throw .invalid("there is no external sender \(index)") }
            return senders[Int(index)].signatureKey
        case (.newMemberProposal, .proposal(.add(let package))):
            guard policy.memberProposals else { throw .unsupported("A proposal of a new member") }
            return package.leafNode.signatureKey
        case (.newMemberCommit, .commit(let commit)):
            guard policy.externalCommits else { throw .unsupported("A commit of a new member") }
            guard let path = commit.path else { throw .invalid("the commit of a new member has no path") }
            return path.leafNode.signatureKey
        default: throw .invalid("the message's content does not go with its sender")
        }
    }
}
