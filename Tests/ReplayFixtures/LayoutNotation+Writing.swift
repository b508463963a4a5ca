package import StarcraftReplay

extension Layout {
    /// The layout in the notation it is read from.
    package var notation: String {
        switch self {
        case .nothing: "-"
        case .flag: "b"
        case .number(let bits, let bias):
            bias == 0 ? "u\(bits)" : bias < 0 ? "i\(bits)" : "u\(bits)+\(bias)"
        case .optional(let layout): "?" + layout.notation
        case .block(let bits): "str(\(bits))"
        case .fixedBlock(let count): "str(=\(count))"
        case .bits(let bits): "bits(\(bits))"
        case .list(let bits, let layout): "[\(bits)]" + layout.notation
        case .choice(let bits, let cases):
            "ch\(bits)(" + cases.map { "\($0.number) \($0.name):\($0.layout.notation)" }.joined(separator: " | ") + ")"
        case .fields(let fields): "{" + fields.map { "\($0.name):\($0.layout.notation)" }.joined(separator: " ") + "}"
        }
    }
}
