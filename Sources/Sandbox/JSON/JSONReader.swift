/// Reads one JSON document from bytes, with a bound on nesting.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let maximumDepth = 96

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The document in `bytes`, or nil when it is not exactly one valid JSON document.
    static func read(_ bytes: [UInt8]) -> JSON? {
        var reader = JSONReader(bytes)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.position == bytes.count else { return Optional<JSON>.none }
        return value
    }

    /// The document in `text`.
    static func read(_ text: String) -> JSON? { read(Array(text.utf8)) }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ value: JSON) -> JSON? {
        let text = Array(word.description.utf8)
        guard position + text.count <= bytes.count, Array(bytes[position..<position + text.count]) == text else {
            return nil
        }
        position += text.count
        return value
    }

    private mutating func value(depth: Int) -> JSON? {
        skipSpace()
        guard depth < Self.maximumDepth, position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> JSON? {
        position += 1
        var fields: [String: JSON] = [:]
        if take(UInt8(ascii: "}")) { return .object(fields) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), let key = string(),
                take(UInt8(ascii: ":")), let value = value(depth: depth + 1)
            else { return nil }
            fields[key] = value
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? .object(fields) : Optional<JSON>.none
    }

    private mutating func array(depth: Int) -> JSON? {
        position += 1
        var items: [JSON] = []
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            items.append(value)
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]")) ? .array(items) : Optional<JSON>.none
    }

    private mutating func number() -> JSON? {
        let start = position
        var whole = true
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                whole = false
            } else if !(byte >= 0x30 && byte <= 0x39) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: "+") {
                break
            }
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // A leading zero stands alone (RFC 8259, section 6).
        let digits = text.drop { $0 == "-" }
        if digits.hasPrefix("0"), digits.count > 1, digits.dropFirst().first?.isNumber == true { return nil }
        if whole, !text.hasPrefix("+"), let integer = Int64(text) { return .int(integer) }
        guard !text.hasPrefix("+"), let number = Double(text), number.isFinite else { return nil }
        return .double(number)
    }

    private mutating func string() -> String? {
        position += 1
        var text: [UInt8] = []
        var start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                text.append(contentsOf: bytes[start..<position])
                position += 1
                return String(validating: text, as: UTF8.self)
            }
            if byte < 0x20 { return nil }
            guard byte == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            text.append(contentsOf: bytes[start..<position])
            position += 1
            guard escape(into: &text) else { return nil }
            start = position
        }
        return nil
    }

    private mutating func escape(into text: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard var code = hex() else { return false }
            if (0xD800..<0xDC00).contains(code) {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { return false }
                position += 2
                guard let low = hex(), (0xDC00..<0xE000).contains(low) else { return false }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { return false }
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: return false
        }
        return true
    }

    private mutating func hex() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let text = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        position += 4
        return text.contains("+") || text.contains("-") ? nil : UInt32(text, radix: 16)
    }
}
