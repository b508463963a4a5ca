/// Reads the versioned encoding of header, details and tracker events: every value says what it is, so unknown ones can
/// be left out.
struct VersionedReader: ~Escapable {
    /// What a value can be; its number stands in front of it.
    enum Tag: UInt8 {
        case array = 0, bits, blob, choice, optional, structure, byte, double, wide, number
    }

    /// What is read.
    let bytes: Span<UInt8>
    /// Which part of the replay it is, for errors.
    let part: ReplayPart
    /// How deep values may be nested.
    let nesting: Int
    /// The next byte.
    private(set) var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, part: ReplayPart, nesting: Int) {
        self.bytes = bytes
        self.part = part
        self.nesting = nesting
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { offset >= bytes.count }

    /// The next byte.
    @inline(__always)
    mutating func byte() throws(ReplayError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated(part, offset: offset) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// The next number of variable length: a sign bit, then 6 and then 7 bits a byte, least significant first.
    @inline(__always)
    mutating func number() throws(ReplayError) -> Int64 {
        let start = offset
        let first = try byte()
        var value = UInt64(first >> 1 & 0x3F)
        if first >= 0x80 {
            var shift: UInt64 = 6
            while true {
                let next = try byte()
                guard shift < 62 else { throw .damaged(part, offset: start, problem: .range) }
                value |= UInt64(next & 0x7F) << shift
                guard next >= 0x80 else { break }
                shift += 7
            }
            guard value <= UInt64(Int64.max) else { throw .damaged(part, offset: start, problem: .range) }
        }
        return first & 1 == 1 ? -Int64(value) : Int64(value)
    }

    /// The next length or count, never more than the bytes that are left.
    mutating func count() throws(ReplayError) -> Int {
        let start = offset
        let value = try number()
        guard value >= 0 else { throw .damaged(part, offset: start, problem: .range) }
        guard value <= Int64(bytes.count - offset) else { throw .truncated(part, offset: start) }
        return Int(value)
    }

    /// Takes a tag that must come next.
    @inline(__always)
    mutating func expect(_ tag: Tag) throws(ReplayError) {
        let found = try byte()
        guard found == tag.rawValue else {
            throw .damaged(part, offset: offset - 1, problem: .marker(found: Int(found)))
        }
    }

    /// Begins a structure: how many fields follow, each a ``number()`` and a value.
    mutating func structure() throws(ReplayError) -> Int {
        try expect(.structure)
        return try count()
    }

    /// Begins an array: how many values follow.
    mutating func array() throws(ReplayError) -> Int {
        try expect(.array)
        return try count()
    }

    /// Whether a value that may be left out is there; values that are never left out always are.
    mutating func isPresent() throws(ReplayError) -> Bool {
        guard offset < bytes.count, bytes[offset] == Tag.optional.rawValue else { return true }
        offset += 1
        return try byte() != 0
    }

    /// A number of any width.
    @inline(__always)
    mutating func integer() throws(ReplayError) -> Int64 {
        let tag = try byte()
        switch tag {
        case Tag.number.rawValue: return try number()
        case Tag.byte.rawValue: return Int64(try byte())
        case Tag.double.rawValue: return Int64(try raw(4))
        case Tag.wide.rawValue: return Int64(bitPattern: try raw(8))
        default: throw .damaged(part, offset: offset - 1, problem: .marker(found: Int(tag)))
        }
    }

    /// A number that fits its type.
    @inline(__always)
    mutating func integer<Value: FixedWidthInteger>(as type: Value.Type) throws(ReplayError) -> Value {
        let start = offset
        guard let value = Value(exactly: try integer()) else { throw .damaged(part, offset: start, problem: .range) }
        return value
    }

    /// The places of a blob's bytes.
    mutating func blob() throws(ReplayError) -> Range<Int> {
        try expect(.blob)
        let length = try count()
        defer { offset += length }
        return offset..<offset + length
    }

    /// A blob as text; what is not UTF-8 is replaced.
    mutating func text() throws(ReplayError) -> String { bytes.text(try blob()) }

    /// A yes or no.
    mutating func flag() throws(ReplayError) -> Bool { try integer() != 0 }

    /// Leaves out a value, whatever it is.
    mutating func skip() throws(ReplayError) { try skip(nesting) }

    private mutating func skip(_ deeper: Int) throws(ReplayError) {
        guard deeper > 0 else { throw .damaged(part, offset: offset, problem: .nesting) }
        let found = try byte()
        guard let tag = Tag(rawValue: found) else {
            throw .damaged(part, offset: offset - 1, problem: .marker(found: Int(found)))
        }
        switch tag {
        case .array: for _ in 0..<(try count()) { try skip(deeper - 1) }
        case .bits:
            let bits = try number()
            guard bits >= 0, bits <= Int64(bytes.count - offset) << 3 else { throw .truncated(part, offset: offset) }
            offset += Int((bits + 7) >> 3)
        case .blob: offset += try count()
        case .choice:
            _ = try number()
            try skip(deeper - 1)
        case .optional: if try byte() != 0 { try skip(deeper - 1) }
        case .structure:
            for _ in 0..<(try count()) {
                _ = try number()
                try skip(deeper - 1)
            }
        case .byte: _ = try byte()
        case .double: _ = try raw(4)
        case .wide: _ = try raw(8)
        case .number: _ = try number()
        }
    }

    /// The next bytes as a number, most significant first.
    private mutating func raw(_ count: Int) throws(ReplayError) -> UInt64 {
        guard count <= bytes.count - offset else { throw .truncated(part, offset: offset) }
        var value: UInt64 = 0
        for index in offset..<offset + count { value = value << 8 | UInt64(bytes[index]) }
        offset += count
        return value
    }
}
