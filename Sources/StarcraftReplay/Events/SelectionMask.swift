/// Bits over a list of units, in the order they are stored; at most 511.
public struct SelectionMask: Sendable, Hashable {
    /// How many bits there are.
    public let count: Int
    private var words: [UInt64]

    init(count: Int) {
        self.count = count
        words = [UInt64](repeating: 0, count: (count + 63) >> 6)
    }

    /// Whether a bit is set; bits beyond the last are not.
    public subscript(_ index: Int) -> Bool {
        index >= 0 && index < count && words[index >> 6] >> UInt64(index & 63) & 1 == 1
    }

    /// How many bits are set.
    public var setCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// All bits.
    public var flags: [Bool] { (0..<count).map { self[$0] } }

    fileprivate mutating func set(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }
}

/// Which of the units in a selection or group go.
public enum SelectionRemoval: Sendable, Hashable {
    /// None.
    case none
    /// Those whose bit is set.
    case mask(SelectionMask)
    /// Those at these places.
    case places([UInt16])
    /// All but those at these places.
    case allExcept([UInt16])
}

extension BitReader {
    /// So many bits, each by itself.
    mutating func mask(count: Int) throws(ReplayError) -> SelectionMask {
        guard count <= remaining else { throw truncated() }
        var mask = SelectionMask(count: count)
        for index in 0..<count where try flag() { mask.set(index) }
        return mask
    }

    /// Numbers of `bits` bits, behind their count, which has as many.
    mutating func places(bits: Int) throws(ReplayError) -> [UInt16] {
        let count = Int(try self.bits(bits))
        guard count * bits <= remaining else { throw truncated() }
        var places: [UInt16] = []
        places.reserveCapacity(count)
        for _ in 0..<count { places.append(UInt16(truncatingIfNeeded: try self.bits(bits))) }
        return places
    }

    /// A removal of 1.1 or later.
    mutating func removal(bits: Int) throws(ReplayError) -> SelectionRemoval {
        switch try self.bits(2) {
        case 0: .none
        case 1: .mask(try mask(count: Int(self.bits(bits))))
        case 2: .places(try places(bits: bits))
        default: .allExcept(try places(bits: bits))
        }
    }
}
