/// Appends numbers in network byte order and length-prefixed texts.
struct ByteWriter {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    /// A writer with room for `capacity` bytes.
    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends an integer.
    mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        var shift = Value.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value &>> Value(shift)))
        }
    }

    /// Appends a floating-point number by its bits.
    mutating func double(_ value: Double) {
        integer(value.bitPattern)
    }

    /// Appends a duration in nanoseconds, saturating.
    mutating func duration(_ value: Duration) {
        let (seconds, attoseconds) = value.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        integer(overflow ? Int64.max / 2 : whole &+ attoseconds / 1_000_000_000)
    }

    /// Appends a text of at most 64 KiB of UTF-8; a longer one is cut.
    mutating func text(_ value: String) {
        block(Array(value.utf8.prefix(Int(UInt16.max))))
    }

    /// Appends bytes with their 16-bit count.
    mutating func block(_ value: [UInt8]) {
        integer(UInt16(clamping: value.count))
        guard value.count > Int(UInt16.max) else { return bytes.append(contentsOf: value) }
        bytes.append(contentsOf: value.prefix(Int(UInt16.max)))
    }

    /// Appends whether a value follows, and the value.
    mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
        bytes.append(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }

    /// Puts the number of all bytes after the first four into those.
    mutating func writeLength() {
        let length = UInt32(clamping: bytes.count - 4)
        for place in 0..<4 { bytes[place] = UInt8(truncatingIfNeeded: length &>> UInt32(24 - 8 * place)) }
    }
}
