/// Why bytes could not be read as, or a value not be written as, what Discord defines.
public enum ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes are no JSON: what is wrong, and at which byte.
    case malformed(String, offset: Int)
    /// The JSON does not have the needed shape: what is wrong, and at which path.
    case unexpected(String, path: String)
    /// The value cannot be written as JSON.
    case unwritable(String)

    /// Says what happened; never holds the content itself.
    public var description: String {
        switch self {
        case .malformed(let what, let offset): "This is not JSON at byte \(offset): \(what)"
        case .unexpected(let what, let path): "The JSON has another shape than expected at \(path): \(what)"
        case .unwritable(let what): "The value cannot be written as JSON: \(what)"
        }
    }

    /// Takes over an error of a decoder or encoder.
    init(_ error: any Error) {
        switch error {
        case let error as ModelError: self = error
        case DecodingError.typeMismatch(let type, let context): self.init("expected \(type)", context.codingPath)
        case DecodingError.valueNotFound(let type, let context):
            self.init("expected \(type), found null", context.codingPath)
        case DecodingError.keyNotFound(let key, let context):
            self.init("the key \(key.stringValue) is missing", context.codingPath)
        case DecodingError.dataCorrupted(let context): self.init(context.debugDescription, context.codingPath)
        case EncodingError.invalidValue(_, let context): self = .unwritable(context.debugDescription)
        default: self = .unexpected("\(type(of: error))", path: "$")
        }
    }

    private init(_ what: String, _ path: [any CodingKey]) {
        let steps = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
        self = .unexpected(what, path: "$" + steps.joined())
    }
}
