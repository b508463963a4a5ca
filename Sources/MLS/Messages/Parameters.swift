/// The numbers that RFC 9420 section 17 assigns, as far as this library gives them a meaning.
public enum MLSParameters {
    /// `mls10`.
    public static let version: UInt16 = 1
    /// `MLS_128_DHKEMP256_AES128GCM_SHA256_P256`.
    public static let cipherSuite: UInt16 = 2
    /// The basic credential.
    public static let basicCredential: UInt16 = 1
}

/// How a message is framed (RFC 9420 section 6).
public enum WireFormat: UInt16, MLSCodable {
    /// A signed message in clear.
    case publicMessage = 1
    /// A signed and encrypted message.
    case privateMessage = 2
    /// What a new member joins with.
    case welcome = 3
    /// The public state of a group.
    case groupInfo = 4
    /// What a client is added with.
    case keyPackage = 5

    /// Reads the number; an unknown one is an error.
    public init(from reader: inout MLSReader) throws(MLSError) {
        let number = try reader.uint16()
        guard let known = WireFormat(rawValue: number) else { throw .malformed("wire format \(number) is unknown") }
        self = known
    }

    /// Writes the number.
    public func write(to writer: inout MLSWriter) { writer.uint16(rawValue) }
}

extension UInt16: MLSCodable {
    /// Reads a big-endian integer.
    public init(from reader: inout MLSReader) throws(MLSError) { self = try reader.uint16() }

    /// Writes the integer big-endian.
    public func write(to writer: inout MLSWriter) { writer.uint16(self) }
}

extension UInt32: MLSCodable {
    /// Reads a big-endian integer.
    public init(from reader: inout MLSReader) throws(MLSError) { self = try reader.uint32() }

    /// Writes the integer big-endian.
    public func write(to writer: inout MLSWriter) { writer.uint32(self) }
}
