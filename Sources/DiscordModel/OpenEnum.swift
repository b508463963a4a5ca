/// An enumeration of a protocol that survives values nobody knows yet.
public protocol OpenEnum: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible, MissingValue
where RawValue: Codable & Hashable & Sendable & MissingValue {
    /// Keeps any value, known or not.
    init(rawValue: RawValue)
}

extension OpenEnum {
    /// The value on the wire as text.
    public var description: String { "\(rawValue)" }
    /// The zero or empty value.
    public static var missingValue: Self { Self(rawValue: .missingValue) }
}

/// A set of bits carried as a JSON number; unknown bits survive.
public protocol BitSet: OptionSet, Codable, Hashable, Sendable, MissingValue where RawValue == UInt64 {}

extension BitSet {
    /// No bits.
    public static var missingValue: Self { Self(rawValue: 0) }

    /// Reads a number, or a string of digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self) {
            self.init(rawValue: number)
            return
        }
        guard let number = UInt64(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "A bit set is a decimal number.")
        }
        self.init(rawValue: number)
    }

    /// Writes a number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// A type with a value that stands for an absent field.
public protocol MissingValue {
    /// What an absent or null field means.
    static var missingValue: Self { get }
}

extension Bool: MissingValue {
    /// False.
    public static var missingValue: Bool { false }
}
extension Int: MissingValue {
    /// Zero.
    public static var missingValue: Int { 0 }
}
extension Int64: MissingValue {
    /// Zero.
    public static var missingValue: Int64 { 0 }
}
extension Double: MissingValue {
    /// Zero.
    public static var missingValue: Double { 0 }
}
extension String: MissingValue {
    /// The empty text.
    public static var missingValue: String { "" }
}
extension Array: MissingValue {
    /// No elements.
    public static var missingValue: [Element] { [] }
}
