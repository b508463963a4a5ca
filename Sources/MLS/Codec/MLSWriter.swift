internal import COpenSSL

/// Writes the presentation language of RFC 9420 section 2.1.
public struct MLSWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []

    /// Starts empty.
    public init() {}

    /// Starts empty, with memory for so many bytes, so that growing leaves no copies of secrets behind.
    init(reserving count: Int) { bytes.reserveCapacity(count) }

    /// Writes one byte.
    public mutating func uint8(_ value: UInt8) { bytes.append(value) }

    /// Writes a big-endian 16-bit integer.
    public mutating func uint16(_ value: UInt16) { integer(value) }

    /// Writes a big-endian 32-bit integer.
    public mutating func uint32(_ value: UInt32) { integer(value) }

    /// Writes a big-endian 64-bit integer.
    public mutating func uint64(_ value: UInt64) { integer(value) }

    private mutating func integer(_ value: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Writes bytes without a length before them.
    public mutating func fixed(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    /// Writes the minimal length header of a `<V>` vector (section 2.1.2); `length` must be below 2^30.
    public mutating func vectorLength(_ length: Int) {
        precondition(length >= 0 && length < 1 << 30, "a vector of RFC 9420 has less than 2^30 bytes")
        switch length {
        case ..<64: uint8(UInt8(length))
        case ..<16384: uint16(UInt16(length) | 0x4000)
        default: uint32(UInt32(length) | 0x8000_0000)
        }
    }

    /// Writes an `opaque<V>`.
    public mutating func opaque(_ value: [UInt8]) {
        vectorLength(value.count)
        bytes.append(contentsOf: value)
    }

    /// Writes an `opaque<V>` that is secret; the caller wipes the writer and has reserved its memory.
    mutating func secret(_ value: Secret) {
        vectorLength(value.count)
        unsafe value.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Writes a `<V>` vector of what `contents` writes.
    public mutating func vector(_ contents: (inout MLSWriter) -> Void) {
        var inner = MLSWriter()
        contents(&inner)
        opaque(inner.bytes)
    }

    /// Writes a `<V>` vector of values.
    public mutating func list(_ items: some Sequence<some MLSCodable>) {
        vector { inner in for item in items { item.write(to: &inner) } }
    }

    /// Writes an `optional<T>` (section 2.1.1).
    public mutating func optional<Value>(_ value: Value?, _ contents: (inout MLSWriter, Value) -> Void) {
        guard let value else { return uint8(0) }
        uint8(1)
        contents(&self, value)
    }

    /// Overwrites the bytes, for output that holds secrets.
    mutating func wipe() {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
