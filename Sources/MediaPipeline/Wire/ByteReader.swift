/// Takes numbers in network byte order and length-prefixed texts from bytes that may be hostile.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// Reads from the first byte on.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// How many bytes are left.
    var remaining: Int { bytes.endIndex - position }

    /// The next integer.
    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(MediaError) -> Value {
        let size = Value.bitWidth / 8
        guard remaining >= size else { throw .protocolViolation("a message is cut short") }
        var value: Value = 0
        for place in position..<position + size {
            let byte = Value(truncatingIfNeeded: bytes[place])
            value = size == 1 ? byte : value &<< 8 | byte
        }
        position += size
        return value
    }

    /// The next floating-point number; never infinite or not a number.
    mutating func double() throws(MediaError) -> Double {
        let value = Double(bitPattern: try integer())
        guard value.isFinite else { throw .protocolViolation("a number is not finite") }
        return value
    }

    /// The next duration.
    mutating func duration() throws(MediaError) -> Duration {
        .nanoseconds(try integer(Int64.self))
    }

    /// The next text; malformed UTF-8 is repaired.
    mutating func text() throws(MediaError) -> String {
        String(decoding: try block(), as: UTF8.self)
    }

    /// The next bytes with their 16-bit count.
    mutating func block() throws(MediaError) -> [UInt8] {
        let count = Int(try integer(UInt16.self))
        guard remaining >= count else { throw .protocolViolation("a text is cut short") }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// A value that may be missing.
    mutating func optional<Value>(
        _ read: (inout ByteReader) throws(MediaError) -> Value
    ) throws(MediaError) -> Value? {
        switch try integer(UInt8.self) {
        case 0: nil
        case 1: try read(&self)
        default: throw .protocolViolation("a presence mark is neither 0 nor 1")
        }
    }

    /// Checks that nothing is left over.
    func finish() throws(MediaError) {
        guard remaining == 0 else { throw .protocolViolation("a message is longer than its content") }
    }
}
