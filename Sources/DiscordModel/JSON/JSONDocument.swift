/// One value of a parsed document: 16 bytes, in the order of the text, a key right before its value.
struct JSONNode: Sendable {
    enum Kind: UInt8, Sendable {
        case null, no, yes, integer, number, text, escapedText, array, object
    }

    var kind: Kind
    /// First byte of a number, or of a text after its quote.
    var start: UInt32
    /// Bytes of a number or text; children of a list or object.
    var length: UInt32 = 0
    /// Index of the first node after this one and all within it.
    var next: UInt32
}

/// A parsed JSON text: its bytes and its nodes. Texts and numbers are made only when they are asked for.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let nodes: [JSONNode]

    /// Deepest nesting that is read; what Discord sends stays below 20.
    static let maximumDepth = 64

    init(_ bytes: [UInt8]) throws(ModelError) {
        self.bytes = bytes
        nodes = try JSONParser.parse(bytes)
    }

    /// The index of the value of a key in the object at an index; nil when absent.
    func find(_ name: String, in object: Int) -> Int? {
        guard nodes[object].kind == .object else { return nil }
        let key = name.utf8Span.span
        let end = Int(nodes[object].next)
        var index = object + 1
        while index < end {
            let node = nodes[index]
            if node.length == key.count, node.kind == .text {
                let start = Int(node.start)
                var offset = 0
                while offset < key.count, bytes[start + offset] == key[offset] { offset += 1 }
                if offset == key.count { return index + 1 }
            } else if node.kind == .escapedText, text(at: index) == name {
                return index + 1
            }
            index = Int(nodes[index + 1].next)
        }
        return nil
    }

    /// The indices of the children of a list, or of the values of an object.
    func children(of index: Int) -> [Int] {
        let step = nodes[index].kind == .object ? 1 : 0
        var indices: [Int] = []
        indices.reserveCapacity(Int(nodes[index].length))
        var child = index + 1
        while child < Int(nodes[index].next) {
            indices.append(child + step)
            child = Int(nodes[child + step].next)
        }
        return indices
    }

    /// The text at an index; nil for anything else.
    func text(at index: Int) -> String? {
        let node = nodes[index]
        let range = Int(node.start)..<Int(node.start) + Int(node.length)
        switch node.kind {
        case .text: return String(decoding: bytes[range], as: UTF8.self)
        case .escapedText: return String(decoding: JSONParser.unescape(bytes[range]), as: UTF8.self)
        default: return nil
        }
    }

    /// The truth value at an index; nil for anything else.
    func bool(at index: Int) -> Bool? {
        switch nodes[index].kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// The whole number at an index, also when it is written as a text of digits; nil for anything else.
    func integer<Value: FixedWidthInteger>(at index: Int) -> Value? {
        let node = nodes[index]
        switch node.kind {
        case .integer, .text:
            var position = Int(node.start)
            let end = position + Int(node.length)
            guard position < end else { return nil }
            let negative = bytes[position] == UInt8(ascii: "-")
            if negative { position += 1 }
            guard position < end else { return nil }
            var magnitude: UInt64 = 0
            while position < end {
                let digit = bytes[position] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                let (product, over) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, more) = product.addingReportingOverflow(UInt64(digit))
                if over || more { return nil }
                magnitude = sum
                position += 1
            }
            if !negative { return Value(exactly: magnitude) }
            guard magnitude <= 1 << 63 else { return nil }
            return Value(exactly: Int64(truncatingIfNeeded: 0 &- magnitude))
        case .number: return double(at: index).flatMap { Value(exactly: $0) }
        default: return nil
        }
    }

    /// The number at an index; nil for anything else and for what no double can hold.
    func double(at index: Int) -> Double? {
        let node = nodes[index]
        guard node.kind == .integer || node.kind == .number else { return nil }
        let range = Int(node.start)..<Int(node.start) + Int(node.length)
        guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The whole value at an index.
    func value(at index: Int) -> JSONValue {
        let node = nodes[index]
        switch node.kind {
        case .null: return .null
        case .yes: return .bool(true)
        case .no: return .bool(false)
        case .integer:
            if let value: Int64 = integer(at: index) { return .integer(value) }
            if let value: UInt64 = integer(at: index) { return .unsigned(value) }
            return double(at: index).map { .number($0) } ?? .null
        case .number: return double(at: index).map { .number($0) } ?? .null
        case .text, .escapedText: return .string(text(at: index) ?? "")
        case .array: return .array(children(of: index).map { value(at: $0) })
        case .object:
            var members: [String: JSONValue] = [:]
            members.reserveCapacity(Int(node.length))
            for child in children(of: index) { members[text(at: child - 1) ?? ""] = value(at: child) }
            return .object(members)
        }
    }

    /// The way from the root to the value at an index, such as `$.d.roles[3]`, for error messages.
    func path(to target: Int) -> String {
        var path = "$"
        var index = 0
        while index < target {
            let isObject = nodes[index].kind == .object
            guard
                let (position, child) = children(of: index).enumerated().first(where: {
                    $0.element <= target && target < Int(nodes[$0.element].next)
                })
            else { return path }
            path += isObject ? "." + (text(at: child - 1) ?? "") : "[\(position)]"
            index = child
        }
        return path
    }
}
