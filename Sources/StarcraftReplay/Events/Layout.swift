/// The shape of a bit-packed value, written in the short notation of `Documentation/replay-format.md`.
///
/// `u5` a number of 5 bits, `u32+1` with 1 added, `i8` with 2⁷ subtracted, `b` a bit, `-` nothing, `?X` a bit and then
/// perhaps X, `str(7)` aligned bytes whose number has 7 bits, `str(=40)` 40 aligned bytes, `bits(9)` bits whose number
/// has 9 bits, `[3]X` X as often as a number of 3 bits says, `ch2(0 name:X | 1 name:X)` a choice behind 2 bits,
/// `{name:X name:X}` values behind each other.
package indirect enum Layout: Sendable {
    case nothing
    case number(bits: Int, bias: Int64)
    case flag
    case optional(Layout)
    case block(lengthBits: Int)
    case fixedBlock(Int)
    case bits(lengthBits: Int)
    case list(countBits: Int, Layout)
    case choice(tagBits: Int, [Case])
    case fields([Field])

    /// A case of a choice.
    package struct Case: Sendable {
        package var number: UInt32
        package var name: String
        package var layout: Layout
    }

    /// A named value.
    package struct Field: Sendable {
        package var name: String
        package var layout: Layout
    }
}

extension Layout {
    /// Leaves out a value of this shape.
    func skip(_ reader: inout BitReader) throws(ReplayError) {
        switch self {
        case .nothing: return
        case .number(let bits, _): try reader.skip(bits)
        case .flag: try reader.skip(1)
        case .optional(let layout): if try reader.flag() { try layout.skip(&reader) }
        case .block(let bits): _ = try reader.block(lengthBits: bits)
        case .fixedBlock(let count): _ = try reader.block(count)
        case .bits(let bits): try reader.skip(Int(try reader.bits(bits)))
        case .list(let bits, let layout): for _ in 0..<(try reader.bits(bits)) { try layout.skip(&reader) }
        case .choice(let bits, let cases): try Layout.chosen(&reader, bits, cases).layout.skip(&reader)
        case .fields(let fields): for field in fields { try field.layout.skip(&reader) }
        }
    }

    /// A value of this shape.
    func value(_ reader: inout BitReader) throws(ReplayError) -> ReplayValue {
        switch self {
        case .nothing: return .nothing
        case .number(let bits, let bias): return .number(Int64(bitPattern: try reader.number(bits)) &+ bias)
        case .flag: return .flag(try reader.flag())
        case .optional(let layout): return try reader.flag() ? layout.value(&reader) : .nothing
        case .block(let bits): return .bytes(reader.bytes.extracting(try reader.block(lengthBits: bits)).array())
        case .fixedBlock(let count): return .bytes(reader.bytes.extracting(try reader.block(count)).array())
        case .bits(let bits): return .bits(try reader.mask(count: Int(reader.bits(bits))).flags)
        case .list(let bits, let layout):
            var values: [ReplayValue] = []
            for _ in 0..<(try reader.bits(bits)) { values.append(try layout.value(&reader)) }
            return .list(values)
        case .choice(let bits, let cases):
            let chosen = try Layout.chosen(&reader, bits, cases)
            return .fields([ReplayField(name: chosen.name, value: try chosen.layout.value(&reader))])
        case .fields(let fields):
            var values: [ReplayField] = []
            for field in fields { values.append(ReplayField(name: field.name, value: try field.layout.value(&reader))) }
            return .fields(values)
        }
    }

    private static func chosen(
        _ reader: inout BitReader, _ bits: Int, _ cases: [Case]
    ) throws(ReplayError) -> Case {
        let offset = reader.offset
        let number = try reader.bits(bits)
        guard let chosen = cases.first(where: { $0.number == number }) else {
            throw .damaged(reader.part, offset: offset, problem: .choice(found: Int(number)))
        }
        return chosen
    }
}
