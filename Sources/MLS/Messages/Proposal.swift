/// A change of the group that somebody proposes (RFC 9420 section 12.1).
public indirect enum Proposal: Equatable, MLSCodable {
    /// Adds the client of a key package.
    case add(KeyPackage)
    /// Replaces the sender's leaf.
    case update(LeafNode)
    /// Removes the member at a leaf index.
    case remove(leaf: UInt32)
    /// Mixes a pre-shared key into the next epoch.
    case preSharedKey(PreSharedKeyID)
    /// Asks for a new group in place of this one.
    case reInit(ReInit)
    /// Joins from outside: an encapsulation to the group's external key.
    case externalInit(kemOutput: [UInt8])
    /// Replaces the group's extensions.
    case groupContextExtensions([Extension])

    /// The proposal's number.
    public var type: UInt16 {
        switch self {
        case .add: 1
        case .update: 2
        case .remove: 3
        case .preSharedKey: 4
        case .reInit: 5
        case .externalInit: 6
        case .groupContextExtensions: 7
        }
    }

    /// Reads type and contents; a type without a known form is an error.
    public init(from reader: inout MLSReader) throws(MLSError) {
        try self.init(type: reader.uint16(), from: &reader)
    }

    /// Reads the contents of a proposal of a type.
    package init(type: UInt16, from reader: inout MLSReader) throws(MLSError) {
        switch type {
        case 1: self = .add(try KeyPackage(from: &reader))
        case 2: self = .update(try LeafNode(from: &reader))
        case 3: self = .remove(leaf: try reader.uint32())
        case 4: self = .preSharedKey(try PreSharedKeyID(from: &reader))
        case 5: self = .reInit(try ReInit(from: &reader))
        case 6: self = .externalInit(kemOutput: try reader.opaque())
        case 7: self = .groupContextExtensions(try reader.list())
        default: throw .unsupported("Proposal type \(type)")
        }
    }

    /// Writes type and contents.
    public func write(to writer: inout MLSWriter) {
        writer.uint16(type)
        writeContents(to: &writer)
    }

    /// Writes the contents without the type.
    package func writeContents(to writer: inout MLSWriter) {
        switch self {
        case .add(let package): package.write(to: &writer)
        case .update(let leaf): leaf.write(to: &writer)
        case .remove(let leaf): writer.uint32(leaf)
        case .preSharedKey(let identifier): identifier.write(to: &writer)
        case .reInit(let parameters): parameters.write(to: &writer)
        case .externalInit(let kemOutput): writer.opaque(kemOutput)
        case .groupContextExtensions(let extensions): writer.list(extensions)
        }
    }
}

/// The parameters of the group that shall replace this one (RFC 9420 section 12.1.5).
public struct ReInit: Equatable, MLSCodable {
    /// Identifier of the new group.
    public var groupID: [UInt8]
    /// Its protocol version.
    public var version: UInt16
    /// Its cipher suite.
    public var cipherSuite: UInt16
    /// Its extensions.
    public var extensions: [Extension]

    /// Reads the four fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        groupID = try reader.opaque()
        version = try reader.uint16()
        cipherSuite = try reader.uint16()
        extensions = try reader.list()
    }

    /// Writes the four fields.
    public func write(to writer: inout MLSWriter) {
        writer.opaque(groupID)
        writer.uint16(version)
        writer.uint16(cipherSuite)
        writer.list(extensions)
    }
}

/// The name of a pre-shared key (RFC 9420 section 8.4).
public struct PreSharedKeyID: Equatable, Hashable, MLSCodable {
    /// Where the key comes from.
    public enum Source: Equatable, Hashable, Sendable {
        /// From outside MLS, under an identifier.
        case external([UInt8])
        /// From an epoch of a group; usage 1 application, 2 reinit, 3 branch.
        case resumption(usage: UInt8, groupID: [UInt8], epoch: UInt64)
    }

    /// Where the key comes from.
    public var source: Source
    /// Fresh for each use: 32 bytes.
    public var nonce: [UInt8]

    /// The name of a key from a source.
    public init(_ source: Source, nonce: [UInt8]) {
        self.source = source
        self.nonce = nonce
    }

    /// Reads source and nonce.
    public init(from reader: inout MLSReader) throws(MLSError) {
        switch try reader.uint8() {
        case 1: source = .external(try reader.opaque())
        case 2:
            let usage = try reader.uint8()
            guard (1...3).contains(usage) else { throw .malformed("resumption usage \(usage) is unknown") }
            source = .resumption(usage: usage, groupID: try reader.opaque(), epoch: try reader.uint64())
        case let type: throw .malformed("pre-shared key type \(type) is unknown")
        }
        nonce = try reader.opaque()
    }

    /// Writes source and nonce.
    public func write(to writer: inout MLSWriter) {
        switch source {
        case .external(let identifier):
            writer.uint8(1)
            writer.opaque(identifier)
        case .resumption(let usage, let groupID, let epoch):
            writer.uint8(2)
            writer.uint8(usage)
            writer.opaque(groupID)
            writer.uint64(epoch)
        }
        writer.opaque(nonce)
    }
}
