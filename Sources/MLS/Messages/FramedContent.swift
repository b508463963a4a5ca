/// Who sent a message (RFC 9420 section 6).
public enum Sender: Equatable, Hashable, MLSCodable {
    /// The member at a leaf index.
    case member(UInt32)
    /// An external sender, by its index in the group's `external_senders`.
    case external(UInt32)
    /// A client that proposes itself.
    case newMemberProposal
    /// A client that joins by an external commit.
    case newMemberCommit

    /// Reads type and index.
    public init(from reader: inout MLSReader) throws(MLSError) {
        switch try reader.uint8() {
        case 1: self = .member(try reader.uint32())
        case 2: self = .external(try reader.uint32())
        case 3: self = .newMemberProposal
        case 4: self = .newMemberCommit
        case let type: throw .malformed("sender type \(type) is unknown")
        }
    }

    /// Writes type and index.
    public func write(to writer: inout MLSWriter) {
        switch self {
        case .member(let leaf):
            writer.uint8(1)
            writer.uint32(leaf)
        case .external(let index):
            writer.uint8(2)
            writer.uint32(index)
        case .newMemberProposal: writer.uint8(3)
        case .newMemberCommit: writer.uint8(4)
        }
    }
}

/// What a message carries (RFC 9420 section 6).
public indirect enum Content: Equatable, Sendable {
    /// Bytes of the application.
    case application([UInt8])
    /// A proposal.
    case proposal(Proposal)
    /// A commit.
    case commit(Commit)

    /// The number of the content's type.
    public var type: UInt8 {
        switch self {
        case .application: 1
        case .proposal: 2
        case .commit: 3
        }
    }

    /// Reads the contents of a type.
    init(type: UInt8, from reader: inout MLSReader) throws(MLSError) {
        switch type {
        case 1: self = .application(try reader.opaque())
        case 2: self = .proposal(try Proposal(from: &reader))
        case 3: self = .commit(try Commit(from: &reader))
        default: throw .malformed("content type \(type) is unknown")
        }
    }

    /// Writes the contents without the type.
    func write(to writer: inout MLSWriter) {
        switch self {
        case .application(let data): writer.opaque(data)
        case .proposal(let proposal): proposal.write(to: &writer)
        case .commit(let commit): commit.write(to: &writer)
        }
    }
}

/// A message before it is signed (RFC 9420 section 6).
public struct FramedContent: Equatable, MLSCodable {
    /// The group it is for.
    public var groupID: [UInt8]
    /// The epoch it belongs to.
    public var epoch: UInt64
    /// Who sent it.
    public var sender: Sender
    /// Bytes that are authenticated and not interpreted.
    public var authenticatedData: [UInt8]
    /// What it carries.
    public var content: Content

    /// A message of a sender.
    public init(groupID: [UInt8], epoch: UInt64, sender: Sender, authenticatedData: [UInt8] = [], content: Content) {
        self.groupID = groupID
        self.epoch = epoch
        self.sender = sender
        self.authenticatedData = authenticatedData
        self.content = content
    }

    /// Reads all fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        groupID = try reader.opaque()
        epoch = try reader.uint64()
        sender = try Sender(from: &reader)
        authenticatedData = try reader.opaque()
        content = try Content(type: reader.uint8(), from: &reader)
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.opaque(groupID)
        writer.uint64(epoch)
        sender.write(to: &writer)
        writer.opaque(authenticatedData)
        writer.uint8(content.type)
        content.write(to: &writer)
    }
}
