/// Splits a JSON text into nodes without recursion; depth and size are bounded.
enum JSONParser {
    static func parse(_ bytes: [UInt8]) throws(ModelError) -> [JSONNode] {
        guard bytes.count < 1 << 30 else { throw .malformed("the text is above one gigabyte", offset: 0) }
        let text = bytes.span
        var nodes: [JSONNode] = []
        nodes.reserveCapacity(text.count / 10 + 4)
        var open: [Int] = []
        var at = 0

        values: while true {
            skipSpace(text, &at)
            if let top = open.last, nodes[top].kind == .object {
                try key(text, &at, &nodes)
            }
            guard at < text.count else { throw .malformed("the text ends too early", offset: at) }
            switch text[at] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = text[at] == UInt8(ascii: "{")
                guard open.count < JSONDocument.maximumDepth else {
                    throw .malformed("nested deeper than \(JSONDocument.maximumDepth) levels", offset: at)
                }
                nodes.append(
                    JSONNode(kind: isObject ? .object : .array, start: UInt32(at), next: UInt32(nodes.count + 1)))
                at += 1
                skipSpace(text, &at)
                if at < text.count, text[at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at += 1
                } else {
                    open.append(nodes.count - 1)
                    continue values
                }
            case UInt8(ascii: "\""): nodes.append(try string(text, &at, index: nodes.count))
            case UInt8(ascii: "t"):
                nodes.append(try word((0x72, 0x75, 0x65), after: 1, .yes, text, &at, index: nodes.count))
            case UInt8(ascii: "f"):
                nodes.append(try word((0x6C, 0x73, 0x65), after: 2, .no, text, &at, index: nodes.count))
            case UInt8(ascii: "n"):
                nodes.append(try word((0x75, 0x6C, 0x6C), after: 1, .null, text, &at, index: nodes.count))
            default: nodes.append(try number(text, &at, index: nodes.count))
            }

            while true {
                skipSpace(text, &at)
                guard let top = open.last else {
                    guard at == text.count else { throw .malformed("something follows the value", offset: at) }
                    return nodes
                }
                guard at < text.count else { throw .malformed("the text ends too early", offset: at) }
                nodes[top].length += 1
                let end = nodes[top].kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
                switch text[at] {
                case UInt8(ascii: ","):
                    at += 1
                    continue values
                case end:
                    at += 1
                    nodes[top].next = UInt32(nodes.count)
                    open.removeLast()
                default: throw .malformed("a comma or the end of the list or object is missing", offset: at)
                }
            }
        }
    }

    @inline(__always)
    private static func skipSpace(_ text: Span<UInt8>, _ at: inout Int) {
        while at < text.count, text[at] <= 0x20 {
            let byte = text[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at += 1
        }
    }

    private static func key(_ text: Span<UInt8>, _ at: inout Int, _ nodes: inout [JSONNode]) throws(ModelError) {
        guard at < text.count, text[at] == UInt8(ascii: "\"") else { throw .malformed("a key is missing", offset: at) }
        nodes.append(try string(text, &at, index: nodes.count))
        skipSpace(text, &at)
        guard at < text.count, text[at] == UInt8(ascii: ":") else {
            throw .malformed("a colon is missing", offset: at)
        }
        at += 1
        skipSpace(text, &at)
    }

    private static func string(_ text: Span<UInt8>, _ at: inout Int, index: Int) throws(ModelError) -> JSONNode {
        at += 1
        let start = at
        var kind = JSONNode.Kind.text
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return JSONNode(
                    kind: kind, start: UInt32(start), length: UInt32(at - 1 - start), next: UInt32(index + 1))
            }
            if byte == UInt8(ascii: "\\") {
                kind = .escapedText
                at += 1
                guard at < text.count else { break }
                switch text[at] {
                case UInt8(ascii: "u"):
                    guard at + 4 < text.count else { throw .malformed("an escape is cut off", offset: at) }
                    for offset in 1...4 where hexadecimal(text[at + offset]) == nil {
                        throw .malformed("an escape has a wrong digit", offset: at + offset)
                    }
                    at += 4
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                    UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                    break
                default: throw .malformed("an escape is not known", offset: at)
                }
            } else if byte < 0x20 {
                throw .malformed("a text holds a control character", offset: at)
            }
            at += 1
        }
        throw .malformed("a text has no end", offset: start)
    }

    /// Reads `true`, `null` or `false`, whose first letter is known: `count` letters, then `tail`.
    private static func word(
        _ tail: (UInt8, UInt8, UInt8), after count: Int, _ kind: JSONNode.Kind, _ text: Span<UInt8>,
        _ at: inout Int, index: Int
    ) throws(ModelError) -> JSONNode {
        let start = at
        let end = at + count + 3
        guard end <= text.count, text[end - 3] == tail.0, text[end - 2] == tail.1, text[end - 1] == tail.2,
            count == 1 || text[at + 1] == UInt8(ascii: "a")
        else { throw .malformed("a value is not known", offset: start) }
        at = end
        return JSONNode(kind: kind, start: UInt32(start), next: UInt32(index + 1))
    }

    private static func number(_ text: Span<UInt8>, _ at: inout Int, index: Int) throws(ModelError) -> JSONNode {
        let start = at
        func digits(_ text: Span<UInt8>, _ at: inout Int) throws(ModelError) {
            let first = at
            while at < text.count, text[at] &- UInt8(ascii: "0") < 10 { at += 1 }
            if at == first { throw .malformed("a value is not known", offset: first) }
        }
        if text[at] == UInt8(ascii: "-") { at += 1 }
        let first = at
        try digits(text, &at)
        if text[first] == UInt8(ascii: "0"), at > first + 1 {
            throw .malformed("a number starts with zero", offset: first)
        }
        var kind = JSONNode.Kind.integer
        if at < text.count, text[at] == UInt8(ascii: ".") {
            kind = .number
            at += 1
            try digits(text, &at)
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            try digits(text, &at)
        }
        return JSONNode(kind: kind, start: UInt32(start), length: UInt32(at - start), next: UInt32(index + 1))
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30
        case 0x41...0x46: UInt32(byte) - 0x41 + 10
        case 0x61...0x66: UInt32(byte) - 0x61 + 10
        default: nil
        }
    }

    /// Resolves the escapes of a checked text; half of a surrogate pair becomes U+FFFD.
    static func unescape(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var at = bytes.startIndex
        func unit(_ start: Int) -> UInt32? {
            guard start + 6 <= bytes.endIndex, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u")
            else { return nil }
            return bytes[start + 2..<start + 6].reduce(0) { $0 << 4 | (hexadecimal($1) ?? 0) }
        }
        while at < bytes.endIndex {
            guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.endIndex else {
                result.append(bytes[at])
                at += 1
                continue
            }
            if let first = unit(at) {
                at += 6
                var scalar = first
                if first & 0xFC00 == 0xD800, let second = unit(at), second & 0xFC00 == 0xDC00 {
                    at += 6
                    scalar = 0x10000 + (first & 0x3FF) << 10 + second & 0x3FF
                }
                result.append(contentsOf: String(Unicode.Scalar(scalar).map(Character.init) ?? "\u{FFFD}").utf8)
                continue
            }
            switch bytes[at + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            default: result.append(bytes[at + 1])
            }
            at += 2
        }
        return result
    }
}
