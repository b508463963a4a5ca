/// Reads the elements of a list in order; an element that fails is not passed over.
struct NodeUnkeyedContainer: UnkeyedDecodingContainer {
    let document: JSONDocument
    let list: Int
    private var cursor: Int
    private(set) var currentIndex = 0

    init(document: JSONDocument, list: Int) {
        self.document = document
        self.list = list
        cursor = list + 1
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { Int(document.nodes[list].length) }
    var isAtEnd: Bool { cursor >= Int(document.nodes[list].next) }

    private func require() throws -> Int {
        guard !isAtEnd else { throw ModelError.unexpected("the list is too short", path: document.path(to: list)) }
        return cursor
    }

    private mutating func advance() {
        cursor = Int(document.nodes[cursor].next)
        currentIndex += 1
    }

    mutating func decodeNil() throws -> Bool {
        guard document.nodes[try require()].kind == .null else { return false }
        advance()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try document.decode(type, at: try require())
        advance()
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws
        -> KeyedDecodingContainer<Nested>
    {
        let container = try NodeDecoder(document: document, index: try require()).container(keyedBy: type)
        advance()
        return container
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try NodeDecoder(document: document, index: try require()).unkeyedContainer()
        advance()
        return container
    }
    mutating func superDecoder() throws -> any Decoder { NodeDecoder(document: document, index: try require()) }

    mutating func decode(_ type: Bool.Type) throws -> Bool {
        let index = try require()
        guard let value: Bool = document.bool(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: String.Type) throws -> String {
        let index = try require()
        guard let value: String = document.text(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: Double.Type) throws -> Double {
        let index = try require()
        guard let value: Double = document.double(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: Float.Type) throws -> Float {
        let index = try require()
        guard let value: Float = document.double(at: index).map({ Float($0) }) else {
            throw document.mismatch(type, at: index)
        }
        advance()
        return value
    }
    mutating func decode(_ type: Int.Type) throws -> Int {
        let index = try require()
        guard let value: Int = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: Int8.Type) throws -> Int8 {
        let index = try require()
        guard let value: Int8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: Int16.Type) throws -> Int16 {
        let index = try require()
        guard let value: Int16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: Int32.Type) throws -> Int32 {
        let index = try require()
        guard let value: Int32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: Int64.Type) throws -> Int64 {
        let index = try require()
        guard let value: Int64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: UInt.Type) throws -> UInt {
        let index = try require()
        guard let value: UInt = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 {
        let index = try require()
        guard let value: UInt8 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 {
        let index = try require()
        guard let value: UInt16 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 {
        let index = try require()
        guard let value: UInt32 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 {
        let index = try require()
        guard let value: UInt64 = document.integer(at: index) else { throw document.mismatch(type, at: index) }
        advance()
        return value
    }
}
