/// A message with its signature, however it is framed on the wire (RFC 9420 section 6.1).
public struct AuthenticatedContent: Equatable, MLSCodable {
    /// How it is framed.
    public var wireFormat: WireFormat
    /// The message.
    public var content: FramedContent
    /// The sender's signature, DER.
    public var signature: [UInt8]
    /// For a commit: HMAC over the transcript with the new epoch's confirmation key, 32 bytes. Else nil.
    public var confirmationTag: [UInt8]?

    /// A message whose authentication is known.
    package init(
        wireFormat: WireFormat, content: FramedContent, signature: [UInt8], confirmationTag: [UInt8]? = nil
    ) {
        self.wireFormat = wireFormat
        self.content = content
        self.signature = signature
        self.confirmationTag = confirmationTag
    }

    /// Signs `content` with a member's key in a group context (nil for external senders).
    package init(
        signing content: FramedContent, as wireFormat: WireFormat, context: GroupContext?,
        signer: borrowing SignaturePrivateKey
    ) throws(MLSError) {
        self.init(wireFormat: wireFormat, content: content, signature: [])
        signature = try signer.sign(label: AuthenticatedContent.signatureLabel, signedContent(context))
    }

    /// Reads all parts; a commit has a confirmation tag, other contents have none.
    public init(from reader: inout MLSReader) throws(MLSError) {
        wireFormat = try WireFormat(from: &reader)
        content = try FramedContent(from: &reader)
        signature = try reader.opaque()
        if case .commit = content.content { confirmationTag = try reader.opaque() }
    }

    /// Writes all parts.
    public func write(to writer: inout MLSWriter) {
        wireFormat.write(to: &writer)
        content.write(to: &writer)
        writer.opaque(signature)
        if let confirmationTag { writer.opaque(confirmationTag) }
    }

    private static let signatureLabel = "FramedContentTBS"

    /// `FramedContentTBS`: with the group context when the sender is or becomes a member.
    func signedContent(_ context: GroupContext?) -> [UInt8] {
        var writer = MLSWriter()
        writer.uint16(MLSParameters.version)
        wireFormat.write(to: &writer)
        content.write(to: &writer)
        switch content.sender {
        case .member, .newMemberCommit: context?.write(to: &writer)
        case .external, .newMemberProposal: break
        }
        return writer.bytes
    }

    /// Verifies the signature by a key in a group context; throws `badSignature`.
    public func verifySignature(by key: [UInt8], context: GroupContext?) throws(MLSError) {
        guard
            Signature.isValid(signature, by: key, label: AuthenticatedContent.signatureLabel, signedContent(context))
        else { throw .badSignature("message") }
    }

    /// What the confirmed transcript hash takes in: wire format, content and signature.
    var confirmedTranscriptInput: [UInt8] {
        var writer = MLSWriter()
        wireFormat.write(to: &writer)
        content.write(to: &writer)
        writer.opaque(signature)
        return writer.bytes
    }

    /// `RefHash` over the whole value: the name of a proposal in commits, 32 bytes (RFC 9420 section 5.2).
    public var proposalReference: [UInt8] { Reference.hash(label: "MLS 1.0 Proposal Reference", encoded) }
}
