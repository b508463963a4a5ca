/// Reads the members of an object; each access looks the key up once.
struct NodeKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let document: JSONDocument
    let object: Int

    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        document.children(of: object).compactMap { document.text(at: $0 - 1).flatMap { Key(stringValue: $0) } }
    }

    @inline(__always)
    private func require(_ key: Key) throws -> Int {
        guard let index = document.find(key.stringValue, in: object) else {
            throw ModelError.unexpected("the key \(key.stringValue) is missing", path: document.path(to: object))
        }
        return index
    }

    @inline(__always)
    private func present(_ key: Key) -> Int? {
        guard let index = document.find(key.stringValue, in: object), document.nodes[index].kind != .null else {
            return nil
        }
        return index
    }

    func contains(_ key: Key) -> Bool { document.find(key.stringValue, in: object) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { document.nodes[try require(key)].kind == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try document.decode(type, at: try require(key))
    }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let index = present(key) else { return nil }
        return try document.decode(type, at: index)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
        -> KeyedDecodingContainer<Nested>
    {
        try NodeDecoder(document: document, index: try require(key)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try NodeDecoder(document: document, index: try require(key)).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { NodeDecoder(document: document, index: object) }
    func superDecoder(forKey key: Key) throws -> any Decoder {
        NodeDecoder(document: document, index: try require(key))
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        let index = try require(key)
        guard let value: Bool = document.bool(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        guard let index = present(key) else { return nil }
        guard let value: Bool = document.bool(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        let index = try require(key)
        guard let value: String = document.text(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        guard let index = present(key) else { return nil }
        guard let value: String = document.text(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        let index = try require(key)
        guard let value: Double = document.double(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        guard let index = present(key) else { return nil }
        guard let value: Double = document.double(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        let index = try require(key)
        guard let value: Float = document.double(at: index).map({ Float($0) }) else {
            throw document.mismatch(type, at: index)
        }
        return value
    }
    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
        guard let index = present(key) else { return nil }
        guard let value: Float = document.double(at: index).map({ Float($0) }) else {
            throw document.mismatch(type, at: index)
        }
        return value
    }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        let index = try require(key)
        guard let value: Int = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        guard let index = present(key) else { return nil }
        guard let value: Int = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 {
        let index = try require(key)
        guard let value: Int8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? {
        guard let index = present(key) else { return nil }
        guard let value: Int8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 {
        let index = try require(key)
        guard let value: Int16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? {
        guard let index = present(key) else { return nil }
        guard let value: Int16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 {
        let index = try require(key)
        guard let value: Int32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? {
        guard let index = present(key) else { return nil }
        guard let value: Int32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
        let index = try require(key)
        guard let value: Int64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        guard let index = present(key) else { return nil }
        guard let value: Int64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt {
        let index = try require(key)
        guard let value: UInt = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? {
        guard let index = present(key) else { return nil }
        guard let value: UInt = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 {
        let index = try require(key)
        guard let value: UInt8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? {
        guard let index = present(key) else { return nil }
        guard let value: UInt8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 {
        let index = try require(key)
        guard let value: UInt16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? {
        guard let index = present(key) else { return nil }
        guard let value: UInt16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 {
        let index = try require(key)
        guard let value: UInt32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? {
        guard let index = present(key) else { return nil }
        guard let value: UInt32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 {
        let index = try require(key)
        guard let value: UInt64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? {
        guard let index = present(key) else { return nil }
        guard let value: UInt64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
}
