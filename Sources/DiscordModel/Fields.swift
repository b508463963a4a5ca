/// A field that is written as null when it is nil, and read as nil when it is null or absent.
@propertyWrapper
public struct Nullable<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// The value.
    public var wrappedValue: Value?
    /// Wraps a value.
    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    /// Reads the value or null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    /// Writes the value or null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// A field that is always written, and has its type's empty value when it is null or absent.
@propertyWrapper
public struct Defaulted<Value: Codable & Hashable & Sendable & MissingValue>: Codable, Hashable, Sendable {
    /// The value.
    public var wrappedValue: Value
    /// Wraps a value.
    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    /// Reads the value; null is the empty value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? .missingValue : try container.decode(Value.self)
    }

    /// Writes the value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// A list that is always written, is empty when null or absent, and loses only those elements that cannot be read.
@propertyWrapper
public struct Lossy<Element: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// The list.
    public var wrappedValue: [Element]
    /// Wraps a list.
    public init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

    /// Reads what can be read.
    public init(from decoder: any Decoder) throws {
        guard var elements = try? decoder.unkeyedContainer() else {
            wrappedValue = []
            return
        }
        var list: [Element] = []
        if let count = elements.count { list.reserveCapacity(count) }
        while !elements.isAtEnd {
            if let element = try? elements.decode(Element.self) {
                list.append(element)
            } else {
                _ = try? elements.decode(Skipped.self)
            }
        }
        wrappedValue = list
    }

    /// Writes every element.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// Reads anything and keeps nothing: steps over a broken element.
private struct Skipped: Decodable {
    init(from decoder: any Decoder) throws {}
}

/// A value on the heap, for types that contain themselves.
public final class Boxed<Value: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// The value.
    public let value: Value
    /// Wraps a value.
    public init(_ value: Value) { self.value = value }

    /// Reads the value.
    public init(from decoder: any Decoder) throws { value = try Value(from: decoder) }
    /// Writes the value.
    public func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    /// Compares the values.
    public static func == (left: Boxed, right: Boxed) -> Bool { left.value == right.value }
    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

extension KeyedDecodingContainer {
    /// An absent key is nil.
    public func decode<Value>(_ type: Nullable<Value>.Type, forKey key: Key) throws -> Nullable<Value> {
        Nullable(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }

    /// An absent key is the empty value.
    public func decode<Value>(_ type: Defaulted<Value>.Type, forKey key: Key) throws -> Defaulted<Value> {
        Defaulted(wrappedValue: try decodeIfPresent(Value.self, forKey: key) ?? .missingValue)
    }

    /// An absent key is the empty list.
    public func decode<Element>(_ type: Lossy<Element>.Type, forKey key: Key) throws -> Lossy<Element> {
        try decodeIfPresent(Lossy<Element>.self, forKey: key) ?? Lossy(wrappedValue: [])
    }
}
