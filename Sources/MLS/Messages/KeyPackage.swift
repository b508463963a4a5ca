/// What a client publishes to be added to a group (RFC 9420 section 10).
public struct KeyPackage: Equatable, MLSCodable {
    /// Protocol version; 1.
    public var version: UInt16
    /// Cipher suite; 2 is the one that is handled.
    public var cipherSuite: UInt16
    /// Public HPKE key that the welcome is encrypted to: 65 bytes.
    public var initKey: [UInt8]
    /// The leaf the client will have.
    public var leafNode: LeafNode
    /// Extensions of the key package.
    public var extensions: [Extension]
    /// Signature of the leaf's key over all the other fields, DER.
    public var signature: [UInt8]

    /// Reads the key package; nothing is verified.
    public init(from reader: inout MLSReader) throws(MLSError) {
        version = try reader.uint16()
        cipherSuite = try reader.uint16()
        initKey = try reader.opaque()
        leafNode = try LeafNode(from: &reader)
        extensions = try reader.list()
        signature = try reader.opaque()
    }

    /// A key package for a signed leaf, signed by the leaf's key.
    init(initKey: [UInt8], leafNode: LeafNode, signer: borrowing SignaturePrivateKey) throws(MLSError) {
        version = MLSParameters.version
        cipherSuite = MLSParameters.cipherSuite
        self.initKey = initKey
        self.leafNode = leafNode
        extensions = []
        signature = []
        signature = try signer.sign(label: KeyPackage.signatureLabel, signedContent)
    }

    /// Writes the key package with its signature.
    public func write(to writer: inout MLSWriter) {
        writer.fixed(signedContent)
        writer.opaque(signature)
    }

    private static let signatureLabel = "KeyPackageTBS"

    private var signedContent: [UInt8] {
        var writer = MLSWriter()
        writer.uint16(version)
        writer.uint16(cipherSuite)
        writer.opaque(initKey)
        leafNode.write(to: &writer)
        writer.list(extensions)
        return writer.bytes
    }

    /// The hash that welcomes name the key package by: 32 bytes (RFC 9420 section 5.2).
    public var reference: [UInt8] { Reference.hash(label: "MLS 1.0 KeyPackage Reference", encoded) }

    /// The identity of the leaf's basic credential.
    public var identity: [UInt8] { leafNode.identity }

    /// Checks version, suite, both signatures, the points, the leaf's source and that all keys differ
    /// (RFC 9420 sections 7.3 and 10.1). The lifetime is the caller's to compare with a clock.
    public func validate() throws(MLSError) {
        guard version == MLSParameters.version else { throw .unsupported("Protocol version \(version)") }
        guard cipherSuite == MLSParameters.cipherSuite else { throw .unsupported("Cipher suite \(cipherSuite)") }
        guard case .keyPackage = leafNode.source else {
            throw .invalid("the leaf of a key package has another source")
        }
        guard initKey != leafNode.encryptionKey else {
            throw .invalid("the init key of a key package is its leaf's encryption key")
        }
        guard P256.isPoint(initKey) else { throw .invalid("the init key is not a point of P-256") }
        guard extensions.areDistinct else { throw .invalid("a key package has an extension twice") }
        try leafNode.validate()
        guard
            Signature.isValid(
                signature, by: leafNode.signatureKey, label: KeyPackage.signatureLabel, signedContent)
        else { throw .badSignature("key package") }
    }
}

extension LeafNode {
    /// Checks of RFC 9420 section 7.3 that need no knowledge of the group but the leaf's place:
    /// point, extensions listed, own credential, version and suite among the capabilities, signature.
    func validate(groupID: [UInt8] = [], leaf: UInt32 = 0) throws(MLSError) {
        guard P256.isPoint(encryptionKey) else { throw .invalid("a leaf's encryption key is not a point of P-256") }
        guard extensions.areDistinct else { throw .invalid("a leaf has an extension twice") }
        guard extensions.allSatisfy({ capabilities.supports(extension: $0.type) }) else {
            throw .invalid("a leaf has an extension that its capabilities do not list")
        }
        guard capabilities.credentials.contains(credential.type) else {
            throw .invalid("a leaf's capabilities do not list its own credential type")
        }
        guard capabilities.versions.contains(MLSParameters.version),
            capabilities.cipherSuites.contains(MLSParameters.cipherSuite)
        else { throw .invalid("a leaf does not support the group's version and cipher suite") }
        try verifySignature(groupID: groupID, leaf: leaf)
    }
}

extension Capabilities {
    /// Whether extensions of a type may appear; types 1–5 of RFC 9420 need not be listed.
    func supports(extension type: UInt16) -> Bool { type <= 5 || extensions.contains(type) }

    /// Whether proposals of a type may appear; types 1–7 of RFC 9420 need not be listed.
    func supports(proposal type: UInt16) -> Bool { type <= 7 || proposals.contains(type) }
}
