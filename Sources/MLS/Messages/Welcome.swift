/// What new members join with (RFC 9420 section 12.4.3.1).
public struct Welcome: Equatable, MLSCodable {
    /// The secrets for one new member.
    public struct Entry: Equatable, MLSCodable {
        /// Reference of the member's key package: 32 bytes.
        public var reference: [UInt8]
        /// The encapsulated key: 65 bytes.
        public var kemOutput: [UInt8]
        /// The encrypted `GroupSecrets`.
        public var ciphertext: [UInt8]

        init(reference: [UInt8], _ encrypted: HPKECiphertext) {
            self.reference = reference
            kemOutput = encrypted.kemOutput
            ciphertext = encrypted.ciphertext
        }

        /// Reads reference and ciphertext.
        public init(from reader: inout MLSReader) throws(MLSError) {
            reference = try reader.opaque()
            kemOutput = try reader.opaque()
            ciphertext = try reader.opaque()
        }

        /// Writes reference and ciphertext.
        public func write(to writer: inout MLSWriter) {
            writer.opaque(reference)
            writer.opaque(kemOutput)
            writer.opaque(ciphertext)
        }
    }

    /// Cipher suite; 2 is the one that is handled.
    public var cipherSuite: UInt16
    /// One entry for each new member.
    public var secrets: [Entry]
    /// The `GroupInfo`, encrypted with a key from the joiner secret.
    public var encryptedGroupInfo: [UInt8]

    /// A welcome of cipher suite 2.
    public init(secrets: [Entry], encryptedGroupInfo: [UInt8]) {
        cipherSuite = MLSParameters.cipherSuite
        self.secrets = secrets
        self.encryptedGroupInfo = encryptedGroupInfo
    }

    /// Reads all fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        cipherSuite = try reader.uint16()
        secrets = try reader.list()
        encryptedGroupInfo = try reader.opaque()
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.uint16(cipherSuite)
        writer.list(secrets)
        writer.opaque(encryptedGroupInfo)
    }
}

/// The public state of a group in an epoch, signed by a member (RFC 9420 section 12.4.3).
public struct GroupInfo: Equatable, MLSCodable {
    /// The epoch's context.
    public var context: GroupContext
    /// Extensions such as the ratchet tree.
    public var extensions: [Extension]
    /// The tag of the commit that led to the epoch: 32 bytes.
    public var confirmationTag: [UInt8]
    /// Leaf index of the member who signed.
    public var signer: UInt32
    /// The signature, DER.
    public var signature: [UInt8]

    /// A signed group info.
    init(
        context: GroupContext, extensions: [Extension], confirmationTag: [UInt8], signer leaf: UInt32,
        key: borrowing SignaturePrivateKey
    ) throws(MLSError) {
        self.context = context
        self.extensions = extensions
        self.confirmationTag = confirmationTag
        signer = leaf
        signature = []
        signature = try key.sign(label: GroupInfo.signatureLabel, signedContent)
    }

    /// Reads all fields; nothing is verified.
    public init(from reader: inout MLSReader) throws(MLSError) {
        context = try GroupContext(from: &reader)
        extensions = try reader.list()
        confirmationTag = try reader.opaque()
        signer = try reader.uint32()
        signature = try reader.opaque()
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.fixed(signedContent)
        writer.opaque(signature)
    }

    private static let signatureLabel = "GroupInfoTBS"

    private var signedContent: [UInt8] {
        var writer = MLSWriter()
        context.write(to: &writer)
        writer.list(extensions)
        writer.opaque(confirmationTag)
        writer.uint32(signer)
        return writer.bytes
    }

    /// Verifies the signature by a key; throws `badSignature`.
    public func verifySignature(by key: [UInt8]) throws(MLSError) {
        guard Signature.isValid(signature, by: key, label: GroupInfo.signatureLabel, signedContent) else {
            throw .badSignature("group info")
        }
    }
}

/// What a welcome tells one new member (RFC 9420 section 12.4.3.1).
public struct GroupSecrets: MLSCodable {
    /// The secret that the epoch's keys come from: 32 bytes.
    public var joinerSecret: Secret
    /// The secret of the lowest common ancestor of the newcomer and the committer, when the commit has a path.
    public var pathSecret: Secret?
    /// The pre-shared keys to mix in.
    public var preSharedKeys: [PreSharedKeyID]

    init(joinerSecret: Secret, pathSecret: Secret?, preSharedKeys: [PreSharedKeyID]) {
        self.joinerSecret = joinerSecret
        self.pathSecret = pathSecret
        self.preSharedKeys = preSharedKeys
    }

    /// Reads all fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        joinerSecret = try reader.secret()
        pathSecret = try reader.optional { reader throws(MLSError) in try reader.secret() }
        preSharedKeys = try reader.list()
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.secret(joinerSecret)
        writer.optional(pathSecret) { writer, secret in writer.secret(secret) }
        writer.list(preSharedKeys)
    }
}
