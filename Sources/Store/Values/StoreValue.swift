/// One value in a row: the types that both databases keep alike.
public enum StoreValue: Sendable, Hashable {
    /// No value.
    case null
    /// A whole number of 64 bits.
    case integer(Int64)
    /// A number of 64 bits with a fraction; never NaN.
    case real(Double)
    /// Text without zero bytes, which PostgreSQL cannot keep.
    case text(String)
    /// Bytes.
    case blob([UInt8])

    /// Most bytes of one text or blob: far more than a row of ours holds, far less than what both databases take.
    public static let mostBytes = 64 << 20

    /// Throws when one of the databases could not keep this value as it is.
    func check() throws(StoreError) {
        switch self {
        case .null, .integer: break
        case .real(let number):
            if number.isNaN { throw .invalid("NaN is no number a database keeps") }
        case .text(let text):
            if text.utf8.count > Self.mostBytes { throw .invalid("a text of more than \(Self.mostBytes) bytes") }
            if text.utf8.contains(0) { throw .invalid("a text with a zero byte; keep it as a blob") }
        case .blob(let bytes):
            if bytes.count > Self.mostBytes { throw .invalid("a blob of more than \(Self.mostBytes) bytes") }
        }
    }

    /// The type's name for error messages.
    var typeName: String {
        switch self {
        case .null: "null"
        case .integer: "a whole number"
        case .real: "a number"
        case .text: "text"
        case .blob: "bytes"
        }
    }
}

/// A type that can be bound to a statement and read from a row.
public protocol StoreConvertible: Sendable {
    /// Reads the value; nil when it is of another type.
    init?(storeValue: StoreValue)
    /// The value as the database keeps it.
    var storeValue: StoreValue { get }
}

extension StoreValue: StoreConvertible {
    /// The value itself.
    public init?(storeValue: StoreValue) { self = storeValue }
    /// The value itself.
    public var storeValue: StoreValue { self }
}

extension Int64: StoreConvertible {
    /// A whole number.
    public init?(storeValue: StoreValue) {
        guard case .integer(let number) = storeValue else { return nil }
        self = number
    }
    /// A whole number.
    public var storeValue: StoreValue { .integer(self) }
}

extension Int: StoreConvertible {
    /// A whole number.
    public init?(storeValue: StoreValue) {
        guard case .integer(let number) = storeValue else { return nil }
        self = Int(number)
    }
    /// A whole number.
    public var storeValue: StoreValue { .integer(Int64(self)) }
}

extension Bool: StoreConvertible {
    /// Zero is false, any other whole number true.
    public init?(storeValue: StoreValue) {
        guard case .integer(let number) = storeValue else { return nil }
        self = number != 0
    }
    /// 1 or 0.
    public var storeValue: StoreValue { .integer(self ? 1 : 0) }
}

extension Double: StoreConvertible {
    /// A number, whole or not.
    public init?(storeValue: StoreValue) {
        switch storeValue {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
    /// A number.
    public var storeValue: StoreValue { .real(self) }
}

extension String: StoreConvertible {
    /// Text.
    public init?(storeValue: StoreValue) {
        guard case .text(let text) = storeValue else { return nil }
        self = text
    }
    /// Text.
    public var storeValue: StoreValue { .text(self) }
}

extension [UInt8]: StoreConvertible {
    /// Bytes.
    public init?(storeValue: StoreValue) {
        guard case .blob(let bytes) = storeValue else { return nil }
        self = bytes
    }
    /// Bytes.
    public var storeValue: StoreValue { .blob(self) }
}

extension Optional: StoreConvertible where Wrapped: StoreConvertible {
    /// Null is nil.
    public init?(storeValue: StoreValue) {
        if case .null = storeValue {
            self = .none
        } else if let wrapped = Wrapped(storeValue: storeValue) {
            self = .some(wrapped)
        } else {
            return nil
        }
    }
    /// Nil is null.
    public var storeValue: StoreValue { self?.storeValue ?? .null }
}
