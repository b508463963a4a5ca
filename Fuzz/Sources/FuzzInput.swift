/// Takes an input apart; when it is used up, everything is zero or empty.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Whether nothing is left.
    var isEmpty: Bool { rest.isEmpty }

    /// The next byte.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// The next number, most significant byte first.
    mutating func number<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type = Value.self) -> Value {
        (0..<Value.bitWidth / 8).reduce(0) { value, _ in Value(truncatingIfNeeded: UInt64(value) << 8 | UInt64(byte()))
        }
    }

    /// At most so many bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The next record: a length byte and so many bytes.
    mutating func record() -> [UInt8] { bytes(Int(byte())) }

    /// Everything that is left.
    mutating func remainder() -> [UInt8] { bytes(rest.count) }

    /// What is left as lines; they hold no line feed.
    mutating func lines() -> [[UInt8]] { remainder().split(separator: 0x0A).map(Array.init) }
}

extension [UInt8] {
    /// These bytes in pieces of one to a few bytes, cut at places that follow from `seed`.
    func pieces(_ seed: UInt8) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var state = UInt32(seed)
        while start < count {
            state = state &* 1_664_525 &+ 1_013_904_223
            let end = Swift.min(count, start + 1 + Int(state >> 24) % (1 + Int(seed & 0x3F)))
            pieces.append(self[start..<end])
            start = end
        }
        return pieces
    }

    /// The bytes after a mark, when they begin with it.
    func after(_ mark: String) -> [UInt8]? {
        starts(with: mark.utf8) ? Array(dropFirst(mark.utf8.count)) : nil
    }
}

/// The same numbers in every run, so that an input always does the same.
struct RepeatedRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64 = 1
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
