/// Reads JSON text, as far as the client's summary needs it.
struct JSONReader: ~Escapable {
    private let bytes: Span<UInt8>
    private let part: ReplayPart
    private var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, part: ReplayPart) {
        self.bytes = bytes
        self.part = part
        // A mark of UTF-8 may stand in front.
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { offset = 3 }
    }

    /// The next character that is no space; 0 at the end.
    mutating func peek() -> UInt8 {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return bytes[offset]
            }
        }
        return 0
    }

    /// Takes a character when it comes next.
    mutating func take(_ character: UInt8) -> Bool {
        guard peek() == character, offset < bytes.count else { return false }
        offset += 1
        return true
    }

    /// Takes a character that must come next.
    mutating func expect(_ character: UInt8) throws(ReplayError) {
        guard take(character) else { throw problem() }
    }

    /// Whether another member of an object or array follows; takes the comma or the end.
    mutating func more(_ isFirst: inout Bool, end: UInt8) throws(ReplayError) -> Bool {
        if take(end) { return false }
        if !isFirst { try expect(0x2C) }
        isFirst = false
        return true
    }

    /// The name of an object's next member.
    mutating func name() throws(ReplayError) -> String {
        let name = try text()
        try expect(0x3A)
        return name
    }

    /// A text.
    mutating func text() throws(ReplayError) -> String {
        try expect(0x22)
        let start = offset
        while offset < bytes.count, bytes[offset] != 0x22, bytes[offset] != 0x5C { offset += 1 }
        guard offset < bytes.count else { throw problem() }
        if bytes[offset] == 0x22 {
            offset += 1
            return bytes.text(start..<offset - 1)
        }
        var text = bytes.text(start..<offset)
        while true {
            guard offset < bytes.count else { throw problem() }
            switch bytes[offset] {
            case 0x22:
                offset += 1
                return text
            case 0x5C: try escape(&text)
            default:
                let begin = offset
                while offset < bytes.count, bytes[offset] != 0x22, bytes[offset] != 0x5C { offset += 1 }
                text += bytes.text(begin..<offset)
            }
        }
    }

    private mutating func escape(_ text: inout String) throws(ReplayError) {
        guard offset + 1 < bytes.count else { throw problem() }
        let letter = bytes[offset + 1]
        offset += 2
        switch letter {
        case 0x6E: text += "\n"
        case 0x74: text += "\t"
        case 0x72: text += "\r"
        case 0x62: text += "\u{8}"
        case 0x66: text += "\u{C}"
        case 0x75:
            var unit = try hexadecimal()
            if unit >> 10 == 0x36, offset + 1 < bytes.count, bytes[offset] == 0x5C, bytes[offset + 1] == 0x75 {
                offset += 2
                let low = try hexadecimal()
                unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
            }
            text.unicodeScalars.append(Unicode.Scalar(unit) ?? "\u{FFFD}")
        default: text.unicodeScalars.append(Unicode.Scalar(letter))
        }
    }

    private mutating func hexadecimal() throws(ReplayError) -> UInt32 {
        guard offset <= bytes.count - 4, let value = UInt32(bytes.text(offset..<offset + 4), radix: 16) else {
            throw problem()
        }
        offset += 4
        return value
    }

    /// A number.
    mutating func number() throws(ReplayError) -> Double {
        _ = peek()
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: offset += 1
            default:
                guard let value = Double(bytes.text(start..<offset)) else { throw problem() }
                return value
            }
        }
        guard let value = Double(bytes.text(start..<offset)) else { throw problem() }
        return value
    }

    /// Leaves out a value of any kind.
    mutating func skip(nesting: Int = 32) throws(ReplayError) {
        guard nesting > 0 else { throw .damaged(part, offset: offset, problem: .nesting) }
        var isFirst = true
        switch peek() {
        case 0x22: _ = try text()
        case 0x7B:
            offset += 1
            while try more(&isFirst, end: 0x7D) {
                _ = try name()
                try skip(nesting: nesting - 1)
            }
        case 0x5B:
            offset += 1
            while try more(&isFirst, end: 0x5D) { try skip(nesting: nesting - 1) }
        case 0x74: try word("true")
        case 0x66: try word("false")
        case 0x6E: try word("null")
        default: _ = try number()
        }
    }

    private mutating func word(_ word: StaticString) throws(ReplayError) {
        guard bytes.holds(word, at: offset) else { throw problem() }
        offset += word.utf8CodeUnitCount
    }

    private func problem() -> ReplayError { .damaged(part, offset: offset, problem: .json) }
}
