/// A signed and encrypted message (RFC 9420 section 6.3).
public struct PrivateMessage: Equatable, MLSCodable {
    /// The group it is for.
    public var groupID: [UInt8]
    /// The epoch it belongs to.
    public var epoch: UInt64
    /// Number of the content's type: 1 application, 2 proposal, 3 commit.
    public var contentType: UInt8
    /// Bytes that are authenticated and not interpreted.
    public var authenticatedData: [UInt8]
    /// The encrypted sender and generation.
    public var encryptedSenderData: [UInt8]
    /// The encrypted content.
    public var ciphertext: [UInt8]

    init(
        groupID: [UInt8], epoch: UInt64, contentType: UInt8, authenticatedData: [UInt8],
        encryptedSenderData: [UInt8], ciphertext: [UInt8]
    ) {
        self.groupID = groupID
        self.epoch = epoch
        self.contentType = contentType
        self.authenticatedData = authenticatedData
        self.encryptedSenderData = encryptedSenderData
        self.ciphertext = ciphertext
    }

    /// Reads all fields.
    public init(from reader: inout MLSReader) throws(MLSError) {
        groupID = try reader.opaque()
        epoch = try reader.uint64()
        contentType = try reader.uint8()
        guard (1...3).contains(contentType) else { throw .malformed("content type \(contentType) is unknown") }
        authenticatedData = try reader.opaque()
        encryptedSenderData = try reader.opaque()
        ciphertext = try reader.opaque()
    }

    /// Writes all fields.
    public func write(to writer: inout MLSWriter) {
        writer.opaque(groupID)
        writer.uint64(epoch)
        writer.uint8(contentType)
        writer.opaque(authenticatedData)
        writer.opaque(encryptedSenderData)
        writer.opaque(ciphertext)
    }

    /// What the encryption of the content is bound to.
    var contentAAD: [UInt8] {
        var writer = MLSWriter()
        writer.opaque(groupID)
        writer.uint64(epoch)
        writer.uint8(contentType)
        writer.opaque(authenticatedData)
        return writer.bytes
    }

    /// What the encryption of the sender data is bound to.
    var senderDataAAD: [UInt8] {
        var writer = MLSWriter()
        writer.opaque(groupID)
        writer.uint64(epoch)
        writer.uint8(contentType)
        return writer.bytes
    }
}
