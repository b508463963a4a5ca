extension Span<UInt8> {
    /// These bytes as text; what is not UTF-8 is replaced.
    func text(_ range: Range<Int>) -> String {
        let part = extracting(range)
        if let valid = try? UTF8Span(validating: part) { return String(copying: valid) }
        return String(decoding: part.array(), as: UTF8.self)
    }

    /// A copy.
    func array() -> [UInt8] {
        [UInt8](capacity: count) { for index in indices { $0.append(self[index]) } }
    }

    /// The number of two bytes, least significant first; `nil` beyond the end.
    func word(at offset: Int) -> UInt16? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        return UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    /// The number of four bytes, least significant first; `nil` beyond the end.
    func double(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= count - 4 else { return nil }
        return UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
            | UInt32(self[offset + 3]) << 24
    }

    /// Whether these bytes stand at an offset.
    func holds(_ bytes: StaticString, at offset: Int) -> Bool {
        let wanted = String(describing: bytes).utf8
        guard offset >= 0, offset <= count - wanted.count else { return false }
        var index = offset
        for byte in wanted {
            guard self[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
