/// What all members of an epoch agree on (RFC 9420 section 8.1).
public struct GroupContext: Equatable, MLSCodable {
    /// Protocol version; 1.
    public var version: UInt16
    /// Cipher suite; 2 is the one that is handled.
    public var cipherSuite: UInt16
    /// The group.
    public var groupID: [UInt8]
    /// Counts commits; 0 for the created group.
    public var epoch: UInt64
    /// Hash of the ratchet tree: 32 bytes.
    public var treeHash: [UInt8]
    /// Hash over all commits so far: 32 bytes, empty in epoch 0.
    public var confirmedTranscriptHash: [UInt8]
    /// Extensions of the group.
    public var extensions: [Extension]

    /// A context of version 1 and cipher suite 2.
    public init(
        groupID: [UInt8], epoch: UInt64, treeHash: [UInt8], confirmedTranscriptHash: [UInt8], extensions: [Extension]
    ) {
        version = MLSParameters.version
        cipherSuite = MLSParameters.cipherSuite
        self.groupID = groupID
        self.epoch = epoch
        self.treeHash = treeHash
        self.confirmedTranscriptHash = confirmedTranscriptHash
        self.extensions = extensions
    }

    /// Reads all fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        version = try reader.uint16()
        cipherSuite = try reader.uint16()
        groupID = try reader.opaque()
        epoch = try reader.uint64()
        treeHash = try reader.opaque()
        confirmedTranscriptHash = try reader.opaque()
        extensions = try reader.list()
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.uint16(version)
        writer.uint16(cipherSuite)
        writer.opaque(groupID)
        writer.uint64(epoch)
        writer.opaque(treeHash)
        writer.opaque(confirmedTranscriptHash)
        writer.list(extensions)
    }

    /// The senders of the `external_senders` extension; empty without one.
    public func externalSenders() throws(MLSError) -> [ExternalSender] {
        guard let found = extensions.first(where: { $0.type == Extension.externalSenders }) else { return [] }
        var reader = MLSReader(found.data)
        let senders: [ExternalSender] = try reader.list()
        try reader.finish()
        return senders
    }
}

extension Extension {
    /// An `external_senders` extension.
    public static func externalSenders(_ senders: [ExternalSender]) -> Extension {
        var writer = MLSWriter()
        writer.list(senders)
        return Extension(type: externalSenders, data: writer.bytes)
    }
}
