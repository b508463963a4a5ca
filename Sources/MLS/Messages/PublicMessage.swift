/// A signed message in clear (RFC 9420 section 6.2).
public struct PublicMessage: Equatable, MLSCodable {
    /// The message.
    public var content: FramedContent
    /// The sender's signature, DER.
    public var signature: [UInt8]
    /// For a commit: 32 bytes. Else nil.
    public var confirmationTag: [UInt8]?
    /// For a member's message: HMAC with the epoch's membership key, 32 bytes. Else nil.
    public var membershipTag: [UInt8]?

    /// Frames a signed message, without a membership tag; application data is refused.
    package init(_ message: AuthenticatedContent) throws(MLSError) {
        if case .application = message.content.content { throw .invalid("application data is sent in clear") }
        content = message.content
        signature = message.signature
        confirmationTag = message.confirmationTag
    }

    /// Reads all parts that the content and the sender call for.
    public init(from reader: inout MLSReader) throws(MLSError) {
        content = try FramedContent(from: &reader)
        signature = try reader.opaque()
        if case .commit = content.content { confirmationTag = try reader.opaque() }
        if case .member = content.sender { membershipTag = try reader.opaque() }
    }

    /// Writes all parts.
    public func write(to writer: inout MLSWriter) {
        content.write(to: &writer)
        writer.opaque(signature)
        if let confirmationTag { writer.opaque(confirmationTag) }
        if let membershipTag { writer.opaque(membershipTag) }
    }

    /// The message as signatures and hashes see it.
    public var authenticated: AuthenticatedContent {
        AuthenticatedContent(
            wireFormat: .publicMessage, content: content, signature: signature, confirmationTag: confirmationTag)
    }

    /// The name of the proposal in commits: `RefHash` over the authenticated content, 32 bytes.
    public var proposalReference: [UInt8] { authenticated.proposalReference }

    private func membershipInput(_ context: GroupContext) -> [UInt8] {
        let message = authenticated
        var writer = MLSWriter()
        writer.fixed(message.signedContent(context))
        writer.opaque(signature)
        if let confirmationTag { writer.opaque(confirmationTag) }
        return writer.bytes
    }

    /// Sets the membership tag with an epoch's membership key.
    package mutating func tag(key: Secret, context: GroupContext) {
        membershipTag = Hash.tag(key: key, membershipInput(context))
    }

    /// Verifies a member's tag with an epoch's membership key, in constant time; throws `badMembershipTag`.
    package func verifyTag(key: Secret, context: GroupContext) throws(MLSError) {
        guard let membershipTag, Hash.isTag(membershipTag, key: key, of: membershipInput(context)) else {
            throw .badMembershipTag
        }
    }
}

/// Makes proposals of an external sender, such as a delivery service (RFC 9420 section 12.1.8).
public enum ExternalProposal {
    /// A signed proposal for an epoch of a group; `senderIndex` is the place in the group's `external_senders`.
    public static func make(
        _ proposal: Proposal, groupID: [UInt8], epoch: UInt64, senderIndex: UInt32,
        signer: borrowing SignaturePrivateKey
    ) throws(MLSError) -> PublicMessage {
        let content = FramedContent(
            groupID: groupID, epoch: epoch, sender: .external(senderIndex), content: .proposal(proposal))
        return try PublicMessage(
            AuthenticatedContent(signing: content, as: .publicMessage, context: nil, signer: signer))
    }
}
