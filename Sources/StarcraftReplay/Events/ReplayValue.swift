/// A value of an event in general form, under the names that Blizzard gave its parts.
public indirect enum ReplayValue: Sendable, Hashable {
    /// A value that was left out.
    case nothing
    /// A number.
    case number(Int64)
    /// A yes or no.
    case flag(Bool)
    /// Bytes, mostly text.
    case bytes([UInt8])
    /// Bits in the order they are stored.
    case bits([Bool])
    /// Values of one kind.
    case list([ReplayValue])
    /// Named values; a choice is the one that was chosen.
    case fields([ReplayField])

    /// The value of a name.
    public subscript(_ name: String) -> ReplayValue? {
        guard case .fields(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }
}

/// A named value.
public struct ReplayField: Sendable, Hashable {
    /// Blizzard's name.
    public var name: String
    /// The value.
    public var value: ReplayValue

    /// A value under a name.
    public init(name: String, value: ReplayValue) { (self.name, self.value) = (name, value) }
}
