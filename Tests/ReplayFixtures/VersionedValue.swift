/// A value of the versioned encoding, to be written.
package indirect enum VersionedValue: Sendable, Hashable {
    case array([VersionedValue])
    case bits(Int, [UInt8])
    case blob([UInt8])
    case choice(Int64, VersionedValue)
    case optional(VersionedValue?)
    case structure([Int64: VersionedValue])
    case byte(UInt8)
    case double(UInt32)
    case wide(UInt64)
    case number(Int64)

    /// Text as bytes.
    package static func text(_ text: String) -> VersionedValue { .blob(Array(text.utf8)) }

    /// The value's bytes.
    package var bytes: [UInt8] {
        switch self {
        case .array(let values): [0] + Self.variable(Int64(values.count)) + values.flatMap(\.bytes)
        case .bits(let count, let bytes): [1] + Self.variable(Int64(count)) + bytes
        case .blob(let bytes): [2] + Self.variable(Int64(bytes.count)) + bytes
        case .choice(let tag, let value): [3] + Self.variable(tag) + value.bytes
        case .optional(let value): value.map { [4, 1] + $0.bytes } ?? [4, 0]
        case .structure(let fields):
            [5] + Self.variable(Int64(fields.count))
                + fields.sorted { $0.key < $1.key }.flatMap { Self.variable($0.key) + $0.value.bytes }
        case .byte(let value): [6, value]
        case .double(let value): [7] + Self.big(UInt64(value), 4)
        case .wide(let value): [8] + Self.big(value, 8)
        case .number(let value): [9] + Self.variable(value)
        }
    }

    /// A number of variable length.
    package static func variable(_ value: Int64) -> [UInt8] {
        var magnitude = value.magnitude
        var bytes = [UInt8(magnitude & 0x3F) << 1 | (value < 0 ? 1 : 0)]
        magnitude >>= 6
        while magnitude > 0 {
            bytes[bytes.count - 1] |= 0x80
            bytes.append(UInt8(magnitude & 0x7F))
            magnitude >>= 7
        }
        return bytes
    }

    private static func big(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }

    /// Any value, not nested deeper than so much.
    package static func random(deep: Int, using random: inout some RandomNumberGenerator) -> VersionedValue {
        func some() -> [VersionedValue] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in .random(deep: deep - 1, using: &random) }
        }
        switch Int.random(in: deep > 0 ? 0...9 : 6...9, using: &random) {
        case 0: return .array(some())
        case 1:
            let count = Int.random(in: 0...20, using: &random)
            return .bits(count, [UInt8](repeating: 0xA5, count: (count + 7) / 8))
        case 2: return .blob((0..<Int.random(in: 0...90, using: &random)).map { UInt8($0) })
        case 3: return .choice(Int64.random(in: 0...3, using: &random), .random(deep: deep - 1, using: &random))
        case 4: return .optional(Bool.random(using: &random) ? .random(deep: deep - 1, using: &random) : nil)
        case 5:
            return .structure(
                Dictionary(some().enumerated().map { (Int64($0.offset), $0.element) }) { first, _ in first })
        case 6: return .byte(UInt8.random(in: 0...255, using: &random))
        case 7: return .double(UInt32.random(in: 0...UInt32.max, using: &random))
        case 8: return .wide(UInt64.random(in: 0...UInt64(Int64.max), using: &random))
        default: return .number(Int64.random(in: Int64.min / 4...Int64.max / 4, using: &random))
        }
    }
}
