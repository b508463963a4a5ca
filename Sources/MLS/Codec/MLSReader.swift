internal import COpenSSL

/// Reads the presentation language of RFC 9420 section 2.1 from bytes; every read is bounds-checked.
public struct MLSReader: Sendable {
    private var bytes: [UInt8]
    private var position = 0
    private var limit: Int

    /// Starts at the first byte of `bytes`.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        limit = bytes.count
    }

    /// Bytes not read yet (of the innermost vector while one is being read).
    public var remaining: Int { limit - position }

    /// How many bytes were read since the start.
    public var consumed: Int { position }

    private mutating func advance(_ count: Int, _ what: @autoclosure () -> String) throws(MLSError) -> Int {
        guard count >= 0, count <= remaining else { throw .malformed("\(what()) ends early") }
        defer { position += count }
        return position
    }

    /// Reads one byte.
    public mutating func uint8() throws(MLSError) -> UInt8 { bytes[try advance(1, "a uint8")] }

    /// Reads a big-endian 16-bit integer.
    public mutating func uint16() throws(MLSError) -> UInt16 { UInt16(try integer(2)) }

    /// Reads a big-endian 32-bit integer.
    public mutating func uint32() throws(MLSError) -> UInt32 { UInt32(try integer(4)) }

    /// Reads a big-endian 64-bit integer.
    public mutating func uint64() throws(MLSError) -> UInt64 { try integer(8) }

    private mutating func integer(_ count: Int) throws(MLSError) -> UInt64 {
        let start = try advance(count, "an integer")
        return bytes[start..<start + count].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads exactly `count` bytes without a length before them.
    public mutating func fixed(_ count: Int) throws(MLSError) -> [UInt8] {
        let start = try advance(count, "a field")
        return Array(bytes[start..<start + count])
    }

    /// Reads the length header of a `<V>` vector (section 2.1.2): 1, 2 or 4 bytes, refused unless minimal.
    public mutating func vectorLength() throws(MLSError) -> Int {
        let first = try uint8()
        var length = Int(first & 0x3F)
        let prefix = first >> 6
        guard prefix != 3 else { throw .malformed("a vector length has the invalid prefix 11") }
        let following = (1 << Int(prefix)) - 1
        for _ in 0..<following { length = length << 8 | Int(try uint8()) }
        let least = [0, 64, 16384][Int(prefix)]
        guard length >= least else { throw .malformed("a vector length is not minimally encoded") }
        return length
    }

    /// Reads the bytes of an `opaque<V>`.
    public mutating func opaque() throws(MLSError) -> [UInt8] {
        let length = try vectorLength()
        let start = try advance(length, "an opaque vector of \(length) bytes")
        return Array(bytes[start..<start + length])
    }

    /// Reads the bytes of an `opaque<V>` that is secret, without a copy elsewhere.
    mutating func secret() throws(MLSError) -> Secret {
        let length = try vectorLength()
        let start = try advance(length, "a secret of \(length) bytes")
        return Secret(bytes[start..<start + length])
    }

    /// Reads a `<V>` vector whose items `item` reads until its bytes are used up.
    public mutating func vector<Item>(
        _ item: (inout MLSReader) throws(MLSError) -> Item
    ) throws(MLSError) -> [Item] {
        let length = try vectorLength()
        guard length <= remaining else { throw .malformed("a vector of \(length) bytes ends early") }
        let outer = limit
        limit = position + length
        var items: [Item] = []
        while remaining > 0 { items.append(try item(&self)) }
        limit = outer
        return items
    }

    /// Reads a `<V>` vector of values of one type.
    public mutating func list<Item: MLSCodable>(of type: Item.Type = Item.self) throws(MLSError) -> [Item] {
        try vector { reader throws(MLSError) in try Item(from: &reader) }
    }

    /// Reads an `optional<T>` (section 2.1.1): a byte 0, or a byte 1 and the value.
    public mutating func optional<Value>(
        _ value: (inout MLSReader) throws(MLSError) -> Value
    ) throws(MLSError) -> Value? {
        switch try uint8() {
        case 0: return nil
        case 1: return try value(&self)
        case let other: throw .malformed("an optional starts with \(other)")
        }
    }

    /// Throws unless every byte has been read.
    public func finish() throws(MLSError) {
        guard remaining == 0 else { throw .malformed("\(remaining) bytes follow the value") }
    }

    /// Overwrites the bytes, for input that holds secrets.
    mutating func wipe() {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
