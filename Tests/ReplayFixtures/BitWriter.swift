package import StarcraftReplay

/// Writes the bit-packed encoding: the counterpart of the reader, made from the description of the format alone.
package struct BitWriter {
    /// What was written.
    package private(set) var bytes: [UInt8] = []
    private var used = 8

    package init() {}

    /// How many bits were written.
    package var position: Int { bytes.count * 8 - (8 - used) }

    /// Writes a number of so many bits, its high part first.
    package mutating func write(_ value: UInt64, bits count: Int) {
        var left = count
        while left > 0 {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            let taken = min(8 - used, left)
            left -= taken
            let chunk = UInt8(truncatingIfNeeded: value >> UInt64(left)) & UInt8((1 << taken) - 1)
            bytes[bytes.count - 1] |= chunk << UInt8(used)
            used += taken
        }
    }

    /// Goes to the next whole byte.
    package mutating func align() { used = 8 }

    /// Writes aligned bytes.
    package mutating func write(block: [UInt8]) {
        align()
        bytes += block
    }

    /// Writes a value of a layout; what the value does not have becomes zero.
    package mutating func write(_ value: ReplayValue, as layout: Layout) {
        switch (layout, value) {
        case (.nothing, _): break
        case (.number(let bits, let bias), .number(let number)):
            write(UInt64(bitPattern: number &- bias), bits: bits)
        case (.flag, .flag(let flag)): write(flag ? 1 : 0, bits: 1)
        case (.optional, .nothing): write(0, bits: 1)
        case (.optional(let layout), _):
            write(1, bits: 1)
            write(value, as: layout)
        case (.block(let bits), .bytes(let block)):
            write(UInt64(block.count), bits: bits)
            write(block: block)
        case (.fixedBlock, .bytes(let block)): write(block: block)
        case (.bits(let bits), .bits(let flags)):
            write(UInt64(flags.count), bits: bits)
            for flag in flags { write(flag ? 1 : 0, bits: 1) }
        case (.list(let bits, let layout), .list(let values)):
            write(UInt64(values.count), bits: bits)
            for value in values { write(value, as: layout) }
        case (.choice(let bits, let cases), .fields(let chosen)):
            guard let field = chosen.first, let found = cases.first(where: { $0.name == field.name }) else {
                preconditionFailure("no such case: \(chosen)")
            }
            write(UInt64(found.number), bits: bits)
            write(field.value, as: found.layout)
        case (.fields(let fields), .fields(let values)):
            for (field, value) in zip(fields, values) { write(value.value, as: field.layout) }
        default: preconditionFailure("\(value) is no \(layout)")
        }
    }

    /// Writes the loops since the event before, in the shortest form.
    package mutating func write(loopDelta delta: Int) {
        let widths = [6, 14, 22, 32]
        let choice = widths.firstIndex { delta < 1 << $0 } ?? 3
        write(UInt64(choice), bits: 2)
        write(UInt64(delta), bits: widths[choice])
    }
}
