/// Reads the bit-packed encoding of lobby, game events and messages.
///
/// Bits are taken from the low end of each byte, but what is read first is the high part of a number. So two numbers
/// behind each other are not the halves of one: a byte that both share is cut where they meet. Aligned values begin at the
/// next byte.
struct BitReader: ~Escapable {
    /// What is read.
    let bytes: Span<UInt8>
    /// Which part of the replay it is, for errors.
    let part: ReplayPart
    /// The next bit.
    private(set) var position = 0
    private let end: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, part: ReplayPart) {
        self.bytes = bytes
        self.part = part
        end = bytes.count << 3
    }

    /// Whether every byte was at least begun.
    var isAtEnd: Bool { position >= end }
    /// The byte of the next bit.
    var offset: Int { position >> 3 }
    /// How many bits are left.
    var remaining: Int { end - position }

    /// The next number of up to 32 bits.
    @inline(__always)
    mutating func bits(_ count: Int) throws(ReplayError) -> UInt32 {
        try UInt32(truncatingIfNeeded: number(count))
    }

    /// The next number of up to 64 bits.
    @inline(__always)
    mutating func number(_ count: Int) throws(ReplayError) -> UInt64 {
        guard count <= end - position else { throw truncated() }
        let shift = position & 7
        let first = position >> 3
        position += count
        let last = shift + count
        if last <= 8 {
            guard count > 0 else { return 0 }
            return UInt64(bytes[first]) >> UInt64(shift) & ((1 << UInt64(count)) - 1)
        }
        var value = UInt64(bytes[first]) >> UInt64(shift)
        let whole = last >> 3
        var index = first + 1
        while index < first + whole {
            value = value << 8 | UInt64(bytes[index])
            index += 1
        }
        let tail = UInt64(last & 7)
        if tail > 0 { value = value << tail | UInt64(bytes[index]) & ((1 << tail) - 1) }
        return value
    }

    /// The next bit.
    @inline(__always)
    mutating func flag() throws(ReplayError) -> Bool {
        guard position < end else { throw truncated() }
        defer { position += 1 }
        return bytes[position >> 3] >> UInt8(position & 7) & 1 == 1
    }

    /// The next number of 32 bits, stored with 2³¹ added.
    @inline(__always)
    mutating func signed() throws(ReplayError) -> Int32 {
        Int32(truncatingIfNeeded: Int64(try bits(32)) - 0x8000_0000)
    }

    /// A number behind a bit that says whether it is there.
    @inline(__always)
    mutating func optional(_ count: Int) throws(ReplayError) -> UInt32? { try flag() ? try bits(count) : nil }

    /// Goes to the next whole byte.
    @inline(__always)
    mutating func align() { position = (position + 7) & ~7 }

    /// Leaves out so many bits.
    mutating func skip(_ count: Int) throws(ReplayError) {
        guard count <= end - position else { throw truncated() }
        position += count
    }

    /// Goes back to, or on to, a bit.
    mutating func move(to position: Int) { self.position = min(max(position, 0), end) }

    /// The places of the next so many aligned bytes.
    mutating func block(_ count: Int) throws(ReplayError) -> Range<Int> {
        align()
        guard count << 3 <= end - position else { throw truncated() }
        let start = position >> 3
        position += count << 3
        return start..<start + count
    }

    /// The places of aligned bytes whose number stands in so many bits.
    mutating func block(lengthBits: Int) throws(ReplayError) -> Range<Int> { try block(Int(bits(lengthBits))) }

    /// Text whose length in bytes stands in so many bits; what is not UTF-8 is replaced.
    mutating func text(lengthBits: Int) throws(ReplayError) -> String { bytes.text(try block(lengthBits: lengthBits)) }

    /// The error of a value that begins here and goes beyond the end.
    func truncated() -> ReplayError { .truncated(part, offset: position >> 3) }
}
