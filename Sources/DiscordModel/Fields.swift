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
struct Skipped: Decodable {
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

// The overloads below read ids, bit sets and open enumerations as plain numbers and texts, one lookup each, where the
// general way would ask a fresh decoder. Our decoder reads numbers from digits too; other decoders take the general way.
extension KeyedDecodingContainer {
    /// Reads an id from digits or a number.
    public func decode<Tag>(_ type: Snowflake<Tag>.Type, forKey key: Key) throws -> Snowflake<Tag> {
        if let number = try? decode(UInt64.self, forKey: key) { return Snowflake(number) }
        return try Snowflake(from: superDecoder(forKey: key))
    }

    /// Reads an id from digits or a number; absent and null are nil.
    public func decodeIfPresent<Tag>(_ type: Snowflake<Tag>.Type, forKey key: Key) throws -> Snowflake<Tag>? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        return try decode(type, forKey: key)
    }

    /// Reads an id from digits or a number; absent and null are nil.
    public func decode<Tag>(_ type: Nullable<Snowflake<Tag>>.Type, forKey key: Key) throws -> Nullable<Snowflake<Tag>> {
        Nullable(wrappedValue: try decodeIfPresent(Snowflake<Tag>.self, forKey: key))
    }

    /// Reads a value nobody may know.
    public func decode<Value: OpenEnum>(_ type: Value.Type, forKey key: Key) throws -> Value
    where Value.RawValue == Int {
        Value(rawValue: try decode(Int.self, forKey: key))
    }

    /// Reads a value nobody may know; absent and null are nil.
    public func decodeIfPresent<Value: OpenEnum>(_ type: Value.Type, forKey key: Key) throws -> Value?
    where Value.RawValue == Int {
        try decodeIfPresent(Int.self, forKey: key).map { Value(rawValue: $0) }
    }

    /// Reads a value nobody may know; absent and null are its zero.
    public func decode<Value: OpenEnum>(_ type: Defaulted<Value>.Type, forKey key: Key) throws -> Defaulted<Value>
    where Value.RawValue == Int {
        Defaulted(wrappedValue: try decodeIfPresent(Int.self, forKey: key).map { Value(rawValue: $0) } ?? .missingValue)
    }

    /// Absent and null are the empty value.
    public func decode(_ type: Defaulted<Bool>.Type, forKey key: Key) throws -> Defaulted<Bool> {
        Defaulted(wrappedValue: try decodeIfPresent(Bool.self, forKey: key) ?? .missingValue)
    }

    /// Absent and null are nil.
    public func decode(_ type: Nullable<Bool>.Type, forKey key: Key) throws -> Nullable<Bool> {
        Nullable(wrappedValue: try decodeIfPresent(Bool.self, forKey: key))
    }

    /// Absent and null are the empty value.
    public func decode(_ type: Defaulted<Int>.Type, forKey key: Key) throws -> Defaulted<Int> {
        Defaulted(wrappedValue: try decodeIfPresent(Int.self, forKey: key) ?? .missingValue)
    }

    /// Absent and null are nil.
    public func decode(_ type: Nullable<Int>.Type, forKey key: Key) throws -> Nullable<Int> {
        Nullable(wrappedValue: try decodeIfPresent(Int.self, forKey: key))
    }

    /// Absent and null are the empty value.
    public func decode(_ type: Defaulted<String>.Type, forKey key: Key) throws -> Defaulted<String> {
        Defaulted(wrappedValue: try decodeIfPresent(String.self, forKey: key) ?? .missingValue)
    }

    /// Absent and null are nil.
    public func decode(_ type: Nullable<String>.Type, forKey key: Key) throws -> Nullable<String> {
        Nullable(wrappedValue: try decodeIfPresent(String.self, forKey: key))
    }

    /// Reads bits from digits or a number; absent and null are none.
    public func decode(_ type: Defaulted<Permissions>.Type, forKey key: Key) throws -> Defaulted<Permissions> {
        Defaulted(wrappedValue: try decodeIfPresent(Permissions.self, forKey: key) ?? [])
    }

    /// Reads bits from digits or a number; absent and null are nil.
    public func decodeIfPresent(_ type: Permissions.Type, forKey key: Key) throws -> Permissions? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        if let number = try? decode(UInt64.self, forKey: key) { return Permissions(rawValue: number) }
        return try Permissions(from: superDecoder(forKey: key))
    }

    /// Reads a list of ids; one that is none is left out.
    public func decode<Tag>(_ type: Lossy<Snowflake<Tag>>.Type, forKey key: Key) throws -> Lossy<Snowflake<Tag>> {
        guard contains(key), var list = try? nestedUnkeyedContainer(forKey: key) else { return Lossy(wrappedValue: []) }
        var ids: [Snowflake<Tag>] = []
        while !list.isAtEnd {
            if let number = try? list.decode(UInt64.self) {
                ids.append(Snowflake(number))
            } else if let id = try? list.decode(Snowflake<Tag>.self) {
                ids.append(id)
            } else {
                _ = try? list.decode(Skipped.self)
            }
        }
        return Lossy(wrappedValue: ids)
    }
}
