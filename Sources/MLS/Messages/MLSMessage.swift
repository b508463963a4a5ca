/// Any message of MLS with its version and wire format before it (RFC 9420 section 6).
public enum MLSMessage: Equatable, MLSCodable {
    /// A signed message in clear.
    case publicMessage(PublicMessage)
    /// A signed and encrypted message.
    case privateMessage(PrivateMessage)
    /// What new members join with.
    case welcome(Welcome)
    /// The public state of a group.
    case groupInfo(GroupInfo)
    /// What a client is added with.
    case keyPackage(KeyPackage)

    /// How the message is framed.
    public var wireFormat: WireFormat {
        switch self {
        case .publicMessage: .publicMessage
        case .privateMessage: .privateMessage
        case .welcome: .welcome
        case .groupInfo: .groupInfo
        case .keyPackage: .keyPackage
        }
    }

    /// Reads version, wire format and message.
    public init(from reader: inout MLSReader) throws(MLSError) {
        let version = try reader.uint16()
        guard version == MLSParameters.version else { throw .unsupported("Protocol version \(version)") }
        switch try WireFormat(from: &reader) {
        case .publicMessage: self = .publicMessage(try PublicMessage(from: &reader))
        case .privateMessage: self = .privateMessage(try PrivateMessage(from: &reader))
        case .welcome: self = .welcome(try Welcome(from: &reader))
        case .groupInfo: self = .groupInfo(try GroupInfo(from: &reader))
        case .keyPackage: self = .keyPackage(try KeyPackage(from: &reader))
        }
    }

    /// Writes version, wire format and message.
    public func write(to writer: inout MLSWriter) {
        writer.uint16(MLSParameters.version)
        wireFormat.write(to: &writer)
        switch self {
        case .publicMessage(let message): message.write(to: &writer)
        case .privateMessage(let message): message.write(to: &writer)
        case .welcome(let message): message.write(to: &writer)
        case .groupInfo(let message): message.write(to: &writer)
        case .keyPackage(let message): message.write(to: &writer)
        }
    }

    /// Reads messages one after the other until the bytes end, as they are without lengths between them.
    public static func sequence(in bytes: [UInt8]) throws(MLSError) -> [MLSMessage] {
        guard bytes.count <= MLSLimits.encodedBytes else {
            throw .tooLarge("A sequence of messages of \(bytes.count) bytes", limit: MLSLimits.encodedBytes)
        }
        var reader = MLSReader(bytes)
        var messages: [MLSMessage] = []
        while reader.remaining > 0 { messages.append(try MLSMessage(from: &reader)) }
        return messages
    }
}
