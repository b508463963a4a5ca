/// Who a member says to be (RFC 9420 section 5.3).
public enum Credential: Equatable, Hashable, MLSCodable {
    /// An identity that the application gives a meaning.
    case basic([UInt8])
    /// A chain of X.509 certificates; carried, never verified.
    case x509([[UInt8]])

    /// The number of the credential's type.
    public var type: UInt16 {
        switch self {
        case .basic: MLSParameters.basicCredential
        case .x509: 2
        }
    }

    /// The identity of a basic credential; empty for another.
    public var identity: [UInt8] {
        if case .basic(let identity) = self { identity } else { [] }
    }

    /// Reads type and contents; a type without a known form is an error.
    public init(from reader: inout MLSReader) throws(MLSError) {
        switch try reader.uint16() {
        case 1: self = .basic(try reader.opaque())
        case 2: self = .x509(try reader.vector { reader throws(MLSError) in try reader.opaque() })
        case let type: throw .unsupported("Credential type \(type)")
        }
    }

    /// Writes type and contents.
    public func write(to writer: inout MLSWriter) {
        writer.uint16(type)
        switch self {
        case .basic(let identity): writer.opaque(identity)
        case .x509(let chain): writer.vector { inner in chain.forEach { inner.opaque($0) } }
        }
    }
}

/// An extension of a group, leaf or key package (RFC 9420 section 13); unknown types are carried.
public struct Extension: Equatable, Hashable, MLSCodable {
    /// The extension's number.
    public var type: UInt16
    /// Its contents, in the form that the type has.
    public var data: [UInt8]

    /// `ratchet_tree`, in a GroupInfo.
    public static let ratchetTree: UInt16 = 2
    /// `required_capabilities`, in a GroupContext.
    public static let requiredCapabilities: UInt16 = 3
    /// `external_pub`, in a GroupInfo.
    public static let externalKey: UInt16 = 4
    /// `external_senders`, in a GroupContext.
    public static let externalSenders: UInt16 = 5

    /// An extension of a type with its contents.
    public init(type: UInt16, data: [UInt8]) {
        self.type = type
        self.data = data
    }

    /// Reads type and contents.
    public init(from reader: inout MLSReader) throws(MLSError) {
        type = try reader.uint16()
        data = try reader.opaque()
    }

    /// Writes type and contents.
    public func write(to writer: inout MLSWriter) {
        writer.uint16(type)
        writer.opaque(data)
    }
}

extension [Extension] {
    /// Whether no type is there twice (RFC 9420 section 13).
    var areDistinct: Bool { Set(map(\.type)).count == count }
}

/// Somebody outside the group who may propose changes (RFC 9420 section 12.1.8.1).
public struct ExternalSender: Equatable, Hashable, MLSCodable {
    /// Public signature key: 65 bytes.
    public var signatureKey: [UInt8]
    /// Who the sender says to be.
    public var credential: Credential

    /// The identity of the sender's basic credential.
    public var identity: [UInt8] { credential.identity }

    /// A sender with a basic credential.
    public init(signatureKey: [UInt8], identity: [UInt8]) {
        self.signatureKey = signatureKey
        credential = .basic(identity)
    }

    /// Reads key and credential.
    public init(from reader: inout MLSReader) throws(MLSError) {
        signatureKey = try reader.opaque()
        credential = try Credential(from: &reader)
    }

    /// Writes key and credential.
    public func write(to writer: inout MLSWriter) {
        writer.opaque(signatureKey)
        credential.write(to: &writer)
    }
}
