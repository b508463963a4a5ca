package import StarcraftReplay

extension Layout {
    /// The simplest value: zero, empty, absent.
    package var zero: ReplayValue {
        switch self {
        case .nothing, .optional: .nothing
        case .number(_, let bias): .number(bias)
        case .flag: .flag(false)
        case .block: .bytes([])
        case .fixedBlock(let count): .bytes([UInt8](repeating: 0, count: count))
        case .bits: .bits([])
        case .list: .list([])
        case .choice(_, let cases): .fields([ReplayField(name: cases[0].name, value: cases[0].layout.zero)])
        case .fields(let fields): .fields(fields.map { ReplayField(name: $0.name, value: $0.layout.zero) })
        }
    }

    /// Any value, not too long.
    package func random(using random: inout some RandomNumberGenerator) -> ReplayValue {
        switch self {
        case .nothing: return .nothing
        case .number(let bits, let bias):
            let value = UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64(64 - max(1, bits))
            return .number(Int64(bitPattern: value) &+ bias)
        case .flag: return .flag(Bool.random(using: &random))
        case .optional(let layout):
            return Bool.random(using: &random) ? layout.random(using: &random) : .nothing
        case .block(let bits):
            let count = Int.random(in: 0...min(12, 1 << bits - 1), using: &random)
            return .bytes((0..<count).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) })
        case .fixedBlock(let count):
            return .bytes((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        case .bits(let bits):
            let count = Int.random(in: 0...min(100, 1 << bits - 1), using: &random)
            return .bits((0..<count).map { _ in Bool.random(using: &random) })
        case .list(let bits, let layout):
            let count = Int.random(in: 0...min(5, 1 << bits - 1), using: &random)
            return .list((0..<count).map { _ in layout.random(using: &random) })
        case .choice(_, let cases):
            let chosen = cases[Int.random(in: 0..<cases.count, using: &random)]
            return .fields([ReplayField(name: chosen.name, value: chosen.layout.random(using: &random))])
        case .fields(let fields):
            return .fields(fields.map { ReplayField(name: $0.name, value: $0.layout.random(using: &random)) })
        }
    }
}

extension ReplayValue {
    /// Sets the value at names and places; a list grows to hold it, with copies of `element`.
    package mutating func set(_ path: String..., to value: ReplayValue) { set(path[...], to: value) }

    private mutating func set(_ path: ArraySlice<String>, to value: ReplayValue) {
        guard let name = path.first else {
            self = value
            return
        }
        guard case .fields(var fields) = self, let index = fields.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no \(name)")
        }
        fields[index].value.set(path.dropFirst(), to: value)
        self = .fields(fields)
    }

    /// Sets the value at a path when the layout has it.
    package mutating func setIfThere(_ name: String, to value: ReplayValue) {
        if self[name] != nil { set(name, to: value) }
    }

    /// Text as bytes.
    package static func text(_ text: String) -> ReplayValue { .bytes(Array(text.utf8)) }
}

extension Layout {
    /// The layout behind names; an element's, where there is a list.
    package func at(_ path: String...) -> Layout {
        path.reduce(self) { layout, name in
            var layout = layout
            if case .list(_, let element) = layout { layout = element }
            guard case .fields(let fields) = layout, let field = fields.first(where: { $0.name == name }) else {
                preconditionFailure("no \(name)")
            }
            return field.layout
        }
    }

    /// The layout of a list's elements.
    package var element: Layout {
        guard case .list(_, let element) = self else { preconditionFailure("no list") }
        return element
    }
}
