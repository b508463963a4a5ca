/// A JSON value as the sandbox stores and sends it: its own type, so that a mistake in the bots' model is never mirrored here.
public enum JSON: Sendable, Equatable {
    /// The JSON null.
    case null
    /// A JSON true or false.
    case bool(Bool)
    /// A whole number that fits 64 bits.
    case int(Int64)
    /// Any other number.
    case double(Double)
    /// A JSON string.
    case string(String)
    /// A JSON array.
    case array([JSON])
    /// A JSON object.
    case object([String: JSON])

    /// A snowflake as Discord writes it: a decimal string.
    static func id(_ value: UInt64) -> JSON { .string(String(value)) }

    /// A snowflake or null.
    static func id(_ value: UInt64?) -> JSON { value.map { .string(String($0)) } ?? .null }

    /// A string or null.
    static func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    /// A whole number.
    static func number(_ value: some BinaryInteger) -> JSON { .int(Int64(clamping: value)) }

    /// An array of snowflakes.
    static func ids(_ values: some Sequence<UInt64>) -> JSON { .array(values.map { .id($0) }) }

    /// The value under a key; nil when this is no object or the key is absent.
    public subscript(_ key: String) -> JSON? {
        get {
            guard case .object(let fields) = self else { return nil }
            return fields[key]
        }
        set {
            guard case .object(var fields) = self else { return }
            self = .null
            fields[key] = newValue
            self = .object(fields)
        }
    }

    /// The element at an index; nil when this is no array or the index is out of range.
    public subscript(_ index: Int) -> JSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    /// The string inside, if this is one.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The whole number inside, also from a number such as 3.0.
    public var integer: Int64? {
        switch self {
        case .int(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The number inside.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// The boolean inside.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The elements inside, if this is an array.
    public var array: [JSON]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The fields inside, if this is an object.
    public var object: [String: JSON]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// A snowflake, which clients send as a string or as an integer.
    public var snowflake: UInt64? {
        switch self {
        case .string(let text): UInt64(text)
        case .int(let value): UInt64(exactly: value)
        default: nil
        }
    }

    /// Whether this is the JSON null.
    public var isNull: Bool { self == .null }

    /// This object with more fields, which win over those it has.
    func merging(_ other: [String: JSON]) -> JSON {
        guard case .object(let fields) = self else { return self }
        return .object(fields.merging(other) { $1 })
    }

    /// This object without some keys.
    func removing(_ keys: String...) -> JSON {
        guard case .object(var fields) = self else { return self }
        for key in keys { fields[key] = nil }
        return .object(fields)
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringInterpolation,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByNilLiteral
{
    /// An object; a key written twice keeps its last value.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { $1 })
    }

    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }

    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }

    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// The JSON null.
    public init(nilLiteral: ()) { self = .null }
}
