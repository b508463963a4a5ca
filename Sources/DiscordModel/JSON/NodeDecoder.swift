/// Reads one value of a document; fits an existential's inline buffer, so handing it out allocates nothing.
struct NodeDecoder: Decoder {
    let document: JSONDocument
    let index: Int

    /// Always empty: paths are found from the document when an error needs one.
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard document.nodes[index].kind == .object else { throw document.mismatch("an object", at: index) }
        return KeyedDecodingContainer(NodeKeyedContainer(document: document, object: index))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard document.nodes[index].kind == .array else { throw document.mismatch("a list", at: index) }
        return NodeUnkeyedContainer(document: document, list: index)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}

extension JSONDocument {
    /// Another type was found than was needed.
    func mismatch<Type>(_ type: Type, at index: Int) -> ModelError {
        .unexpected("expected \(type), found \(nodes[index].kind)", path: path(to: index))
    }

    /// Reads any decodable type.
    func decode<Value: Decodable>(_ type: Value.Type, at index: Int) throws -> Value {
        try Value(from: NodeDecoder(document: self, index: index))
    }
}

extension NodeDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { document.nodes[index].kind == .null }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try document.decode(type, at: index) }
    func decode(_ type: Bool.Type) throws -> Bool {
        guard let value: Bool = document.bool(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: String.Type) throws -> String {
        guard let value: String = document.text(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Double.Type) throws -> Double {
        guard let value: Double = document.double(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Float.Type) throws -> Float {
        guard let value: Float = document.double(at: index).map({ Float($0) }) else {
            throw document.mismatch(type, at: index)
        }
        return value
    }
    func decode(_ type: Int.Type) throws -> Int {
        guard let value: Int = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int8.Type) throws -> Int8 {
        guard let value: Int8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int16.Type) throws -> Int16 {
        guard let value: Int16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int32.Type) throws -> Int32 {
        guard let value: Int32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: Int64.Type) throws -> Int64 {
        guard let value: Int64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt.Type) throws -> UInt {
        guard let value: UInt = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt8.Type) throws -> UInt8 {
        guard let value: UInt8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt16.Type) throws -> UInt16 {
        guard let value: UInt16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt32.Type) throws -> UInt32 {
        guard let value: UInt32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
    func decode(_ type: UInt64.Type) throws -> UInt64 {
        guard let value: UInt64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        return value
    }
}
