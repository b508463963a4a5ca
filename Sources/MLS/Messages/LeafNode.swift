/// What a client can handle (RFC 9420 section 7.2).
public struct Capabilities: Equatable, MLSCodable {
    /// Protocol versions.
    public var versions: [UInt16]
    /// Cipher suites.
    public var cipherSuites: [UInt16]
    /// Extension types beyond the default ones.
    public var extensions: [UInt16]
    /// Proposal types beyond the default ones.
    public var proposals: [UInt16]
    /// Credential types.
    public var credentials: [UInt16]

    /// Version 1, cipher suite 2, basic credentials, and nothing else.
    public static let basic = Capabilities(
        versions: [MLSParameters.version], cipherSuites: [MLSParameters.cipherSuite], extensions: [], proposals: [],
        credentials: [MLSParameters.basicCredential])

    /// Capabilities of these numbers.
    public init(
        versions: [UInt16], cipherSuites: [UInt16], extensions: [UInt16], proposals: [UInt16], credentials: [UInt16]
    ) {
        self.versions = versions
        self.cipherSuites = cipherSuites
        self.extensions = extensions
        self.proposals = proposals
        self.credentials = credentials
    }

    /// Reads the five lists.
    public init(from reader: inout MLSReader) throws(MLSError) {
        versions = try reader.list()
        cipherSuites = try reader.list()
        extensions = try reader.list()
        proposals = try reader.list()
        credentials = try reader.list()
    }

    /// Writes the five lists.
    public func write(to writer: inout MLSWriter) {
        for list in [versions, cipherSuites, extensions, proposals, credentials] { writer.list(list) }
    }
}

/// When a key package may be used, in seconds since 1970 (RFC 9420 section 7.2).
public struct Lifetime: Equatable, Hashable, MLSCodable {
    /// First second.
    public var notBefore: UInt64
    /// Last second.
    public var notAfter: UInt64

    /// From 0 to 2^64-1.
    public static let always = Lifetime(notBefore: 0, notAfter: .max)

    /// A lifetime between two seconds.
    public init(notBefore: UInt64, notAfter: UInt64) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Reads both ends.
    public init(from reader: inout MLSReader) throws(MLSError) {
        notBefore = try reader.uint64()
        notAfter = try reader.uint64()
    }

    /// Writes both ends.
    public func write(to writer: inout MLSWriter) {
        writer.uint64(notBefore)
        writer.uint64(notAfter)
    }
}

/// A member's place in the tree: its keys, credential and capabilities (RFC 9420 section 7.2).
public struct LeafNode: Equatable, MLSCodable {
    /// How the leaf came into being.
    public enum Source: Equatable, Hashable, Sendable {
        /// With a key package that may be used during a lifetime.
        case keyPackage(Lifetime)
        /// With an Update proposal.
        case update
        /// With a commit's path, bound to the nodes above by their parent hash (32 bytes, or empty).
        case commit(parentHash: [UInt8])
    }

    /// Public HPKE key: 65 bytes.
    public var encryptionKey: [UInt8]
    /// Public signature key: 65 bytes.
    public var signatureKey: [UInt8]
    /// Who the member says to be.
    public var credential: Credential
    /// What the member can handle.
    public var capabilities: Capabilities
    /// How the leaf came into being.
    public var source: Source
    /// Extensions of the leaf.
    public var extensions: [Extension]
    /// Signature over all the other fields, DER.
    public var signature: [UInt8]

    /// The identity of the leaf's basic credential.
    public var identity: [UInt8] { credential.identity }

    /// Reads the leaf; nothing is verified.
    public init(from reader: inout MLSReader) throws(MLSError) {
        encryptionKey = try reader.opaque()
        signatureKey = try reader.opaque()
        credential = try Credential(from: &reader)
        capabilities = try Capabilities(from: &reader)
        switch try reader.uint8() {
        case 1: source = .keyPackage(try Lifetime(from: &reader))
        case 2: source = .update
        case 3: source = .commit(parentHash: try reader.opaque())
        case let source: throw .malformed("leaf node source \(source) is unknown")
        }
        extensions = try reader.list()
        signature = try reader.opaque()
    }

    /// An unsigned leaf.
    init(encryptionKey: [UInt8], signatureKey: [UInt8], credential: Credential, source: Source) {
        self.encryptionKey = encryptionKey
        self.signatureKey = signatureKey
        self.credential = credential
        self.source = source
        capabilities = .basic
        extensions = []
        signature = []
    }

    /// Writes the leaf with its signature.
    public func write(to writer: inout MLSWriter) {
        writeUnsigned(to: &writer)
        writer.opaque(signature)
    }

    private func writeUnsigned(to writer: inout MLSWriter) {
        writer.opaque(encryptionKey)
        writer.opaque(signatureKey)
        credential.write(to: &writer)
        capabilities.write(to: &writer)
        switch source {
        case .keyPackage(let lifetime):
            writer.uint8(1)
            lifetime.write(to: &writer)
        case .update: writer.uint8(2)
        case .commit(let parentHash):
            writer.uint8(3)
            writer.opaque(parentHash)
        }
        writer.list(extensions)
    }

    private func signedContent(groupID: [UInt8], leaf: UInt32) -> [UInt8] {
        var writer = MLSWriter()
        writeUnsigned(to: &writer)
        if case .keyPackage = source { return writer.bytes }
        writer.opaque(groupID)
        writer.uint32(leaf)
        return writer.bytes
    }

    private static let signatureLabel = "LeafNodeTBS"

    /// Signs the leaf for its place; group and index count only when the source is not a key package.
    mutating func sign(
        _ signer: borrowing SignaturePrivateKey, groupID: [UInt8] = [], leaf: UInt32 = 0
    ) throws(MLSError) {
        signature = try signer.sign(label: LeafNode.signatureLabel, signedContent(groupID: groupID, leaf: leaf))
    }

    /// Verifies the signature for the leaf's place in a group; throws `badSignature`.
    public func verifySignature(groupID: [UInt8] = [], leaf: UInt32 = 0) throws(MLSError) {
        let content = signedContent(groupID: groupID, leaf: leaf)
        guard Signature.isValid(signature, by: signatureKey, label: LeafNode.signatureLabel, content) else {
            throw .badSignature("leaf node")
        }
    }
}
