/// An inner node of the ratchet tree (RFC 9420 section 7.1).
public struct ParentNode: Equatable, MLSCodable {
    /// Public HPKE key: 65 bytes.
    public var encryptionKey: [UInt8]
    /// The parent hash of the next node above: 32 bytes, empty at the top.
    public var parentHash: [UInt8]
    /// Indices of the leaves below that do not know the private key, in increasing order.
    public var unmergedLeaves: [UInt32]

    init(encryptionKey: [UInt8], parentHash: [UInt8]) {
        self.encryptionKey = encryptionKey
        self.parentHash = parentHash
        unmergedLeaves = []
    }

    /// Reads all fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        encryptionKey = try reader.opaque()
        parentHash = try reader.opaque()
        unmergedLeaves = try reader.list()
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.opaque(encryptionKey)
        writer.opaque(parentHash)
        writer.list(unmergedLeaves)
    }
}

/// A node of the ratchet tree that is not blank (RFC 9420 section 12.4.3.3).
public indirect enum TreeNode: Equatable, MLSCodable {
    /// A member.
    case leaf(LeafNode)
    /// An inner node.
    case parent(ParentNode)

    /// The node's public HPKE key.
    var encryptionKey: [UInt8] {
        switch self {
        case .leaf(let node): node.encryptionKey
        case .parent(let node): node.encryptionKey
        }
    }

    /// The parent hash that the node holds; nil for a leaf that no commit made.
    var parentHash: [UInt8]? {
        switch self {
        case .leaf(let node): if case .commit(let hash) = node.source { hash } else { nil }
        case .parent(let node): node.parentHash
        }
    }

    /// Reads kind and node.
    public init(from reader: inout MLSReader) throws(MLSError) {
        switch try reader.uint8() {
        case 1: self = .leaf(try LeafNode(from: &reader))
        case 2: self = .parent(try ParentNode(from: &reader))
        case let kind: throw .malformed("tree node kind \(kind) is unknown")
        }
    }

    /// Writes kind and node.
    public func write(to writer: inout MLSWriter) {
        switch self {
        case .leaf(let node):
            writer.uint8(1)
            node.write(to: &writer)
        case .parent(let node):
            writer.uint8(2)
            node.write(to: &writer)
        }
    }
}
