/// Reads the words after a command's name: `--flag`, `--option value`, `--option=value` and plain words.
public struct ArgumentReader: Sendable {
    private var rest: [String]

    /// What is wrong with the words a person typed.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// An option that needs a value stands last.
        case valueMissing(option: String)
        /// A value is not what the option takes.
        case malformed(option: String, found: String, form: String)
        /// Words were left that nothing takes.
        case unknown(word: String)

        /// The failure in words.
        public var description: String {
            switch self {
            case .valueMissing(let option): "\(option) needs a value after it."
            case .malformed(let option, let found, let form): "\(option) takes \(form), not “\(found)”."
            case .unknown(let word): "“\(word)” is not understood here."
            }
        }
    }

    /// Makes a reader of `words`.
    public init(_ words: [String]) {
        rest = words
    }

    /// Takes the flag `name` (with its dashes) out; whether it was there.
    public mutating func flag(_ name: String) -> Bool {
        guard let index = rest.firstIndex(of: name) else { return false }
        rest.remove(at: index)
        return true
    }

    /// Takes the option `name` and its value out; nil when it is not there.
    public mutating func option(_ name: String) throws(Failure) -> String? {
        if let index = rest.firstIndex(where: { $0.hasPrefix(name + "=") }) {
            return String(rest.remove(at: index).dropFirst(name.count + 1))
        }
        guard let index = rest.firstIndex(of: name) else { return nil }
        guard index + 1 < rest.count else { throw .valueMissing(option: name) }
        rest.remove(at: index)
        return rest.remove(at: index)
    }

    /// Takes the option `name` out as a whole number in `range`; nil when it is not there.
    public mutating func number(_ name: String, in range: ClosedRange<Int>) throws(Failure) -> Int? {
        guard let text = try option(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .malformed(
                option: name, found: text, form: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Takes the next plain word out; nil when none is left.
    public mutating func word() -> String? {
        guard let index = rest.firstIndex(where: { !$0.hasPrefix("-") }) else { return nil }
        return rest.remove(at: index)
    }

    /// Ends the reading: whatever is left was not understood.
    public func finish() throws(Failure) {
        if let word = rest.first { throw .unknown(word: word) }
    }
}
