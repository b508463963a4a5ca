import FoundationEssentials

/// A value of a vector file's JSON.
indirect enum VectorValue: Decodable, Sendable {
    case null
    case number(UInt64)
    case text(String)
    case list([VectorValue])
    case object([String: VectorValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let object = try? container.decode([String: VectorValue].self) {
            self = .object(object)
        } else if let list = try? container.decode([VectorValue].self) {
            self = .list(list)
        } else if let number = try? container.decode(UInt64.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// The value of an object's key; throws when it is missing or null.
    subscript(_ key: String) -> VectorValue {
        get throws(VectorFailure) {
            guard let value = self.optional(key) else { throw VectorFailure("the entry has no “\(key)”") }
            return value
        }
    }

    /// The value of an object's key; nil when it is missing or null.
    func optional(_ key: String) -> VectorValue? {
        guard case .object(let object) = self, let value = object[key] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// Whether an object has a key, whatever its value.
    func has(_ key: String) -> Bool {
        if case .object(let object) = self { object[key] != nil } else { false }
    }

    /// The items of a list.
    var items: [VectorValue] {
        get throws(VectorFailure) {
            guard case .list(let items) = self else { throw VectorFailure("a list is missing") }
            return items
        }
    }

    /// The text of a string.
    var text: String {
        get throws(VectorFailure) {
            guard case .text(let text) = self else { throw VectorFailure("a string is missing") }
            return text
        }
    }

    /// A number that is not negative.
    var number: UInt64 {
        get throws(VectorFailure) {
            guard case .number(let number) = self else { throw VectorFailure("a number is missing") }
            return number
        }
    }

    /// A number of 32 bits.
    var uint32: UInt32 {
        get throws(VectorFailure) {
            guard let number = UInt32(exactly: try number) else { throw VectorFailure("a number is too large") }
            return number
        }
    }

    /// Bytes that are written in hexadecimal digits.
    var bytes: [UInt8] {
        get throws(VectorFailure) {
            let digits = Array(try text.utf8)
            guard digits.count.isMultiple(of: 2) else { throw VectorFailure("an odd number of hexadecimal digits") }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(digits.count / 2)
            for index in stride(from: 0, to: digits.count, by: 2) {
                guard let high = VectorValue.digit(digits[index]), let low = VectorValue.digit(digits[index + 1]) else {
                    throw VectorFailure("a character is not a hexadecimal digit")
                }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Why an entry did not pass.
struct VectorFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Throws unless both are equal; the message names what differs.
func expectEqual<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws(VectorFailure) {
    guard found == expected else { throw VectorFailure("\(what) differs") }
}

/// Throws unless the condition holds.
func expect(_ what: String, _ condition: Bool) throws(VectorFailure) {
    guard condition else { throw VectorFailure(what) }
}
