/// A proposal in a commit: itself, or the reference of one that was sent before.
public enum ProposalOrReference: Equatable, MLSCodable {
    /// The proposal itself.
    case proposal(Proposal)
    /// The reference of a proposal: 32 bytes.
    case reference([UInt8])

    /// Reads kind and value.
    public init(from reader: inout MLSReader) throws(MLSError) {
        switch try reader.uint8() {
        case 1: self = .proposal(try Proposal(from: &reader))
        case 2: self = .reference(try reader.opaque())
        case let kind: throw .malformed("proposal-or-reference kind \(kind) is unknown")
        }
    }

    /// Writes kind and value.
    public func write(to writer: inout MLSWriter) {
        switch self {
        case .proposal(let proposal):
            writer.uint8(1)
            proposal.write(to: &writer)
        case .reference(let reference):
            writer.uint8(2)
            writer.opaque(reference)
        }
    }
}

/// The change from one epoch to the next (RFC 9420 section 12.4).
public struct Commit: Equatable, MLSCodable {
    /// What the commit applies.
    public var proposals: [ProposalOrReference]
    /// The committer's new keys; may be absent when nobody is removed or updated.
    public var path: UpdatePath?

    /// The references among the proposals, in order.
    public var references: [[UInt8]] {
        proposals.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
    }

    /// A commit over proposals.
    public init(proposals: [ProposalOrReference], path: UpdatePath?) {
        self.proposals = proposals
        self.path = path
    }

    /// Reads proposals and path.
    public init(from reader: inout MLSReader) throws(MLSError) {
        proposals = try reader.list()
        path = try reader.optional { reader throws(MLSError) in try UpdatePath(from: &reader) }
    }

    /// Writes proposals and path.
    public func write(to writer: inout MLSWriter) {
        writer.list(proposals)
        writer.optional(path) { writer, path in path.write(to: &writer) }
    }
}

/// An HPKE encapsulation and what was encrypted with it (RFC 9420 section 7.6).
public struct HPKECiphertext: Equatable, MLSCodable {
    /// The encapsulated key: 65 bytes.
    public var kemOutput: [UInt8]
    /// Ciphertext and tag.
    public var ciphertext: [UInt8]

    /// A ciphertext with its encapsulation.
    public init(kemOutput: [UInt8], ciphertext: [UInt8]) {
        self.kemOutput = kemOutput
        self.ciphertext = ciphertext
    }

    /// Reads both parts.
    public init(from reader: inout MLSReader) throws(MLSError) {
        kemOutput = try reader.opaque()
        ciphertext = try reader.opaque()
    }

    /// Writes both parts.
    public func write(to writer: inout MLSWriter) {
        writer.opaque(kemOutput)
        writer.opaque(ciphertext)
    }
}

/// The committer's new leaf, and new keys for the nodes above it (RFC 9420 section 7.6).
public struct UpdatePath: Equatable, MLSCodable {
    /// One node of the committer's filtered direct path.
    public struct Node: Equatable, MLSCodable {
        /// The node's new public HPKE key: 65 bytes.
        public var encryptionKey: [UInt8]
        /// The node's path secret, for each node of the copath child's resolution.
        public var encryptedPathSecret: [HPKECiphertext]

        init(encryptionKey: [UInt8], encryptedPathSecret: [HPKECiphertext]) {
            self.encryptionKey = encryptionKey
            self.encryptedPathSecret = encryptedPathSecret
        }

        /// Reads key and ciphertexts.
        public init(from reader: inout MLSReader) throws(MLSError) {
            encryptionKey = try reader.opaque()
            encryptedPathSecret = try reader.list()
        }

        /// Writes key and ciphertexts.
        public func write(to writer: inout MLSWriter) {
            writer.opaque(encryptionKey)
            writer.list(encryptedPathSecret)
        }
    }

    /// The committer's new leaf, with source `commit`.
    public var leafNode: LeafNode
    /// The nodes from the lowest to the root.
    public var nodes: [Node]

    init(leafNode: LeafNode, nodes: [Node]) {
        self.leafNode = leafNode
        self.nodes = nodes
    }

    /// Reads leaf and nodes.
    public init(from reader: inout MLSReader) throws(MLSError) {
        leafNode = try LeafNode(from: &reader)
        nodes = try reader.list()
    }

    /// Writes leaf and nodes.
    public func write(to writer: inout MLSWriter) {
        leafNode.write(to: &writer)
        writer.list(nodes)
    }
}
