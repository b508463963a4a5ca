/// The name of a table, column or index: lower-case letters, digits and underscores, the only text of ours that becomes
/// part of a statement while the program runs.
public struct Identifier: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name.
    public let name: String

    /// PostgreSQL cuts names at 63 bytes.
    static let longest = 63

    /// A name read from outside (a dump, a database); nil when it is not of the form.
    public init?(_ name: String) {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= Self.longest, Self.isLetter(first),
            bytes.allSatisfy({ Self.isLetter($0) || (0x30...0x39).contains($0) })
        else { return nil }
        self.name = name
    }

    /// A name in the program's text; a wrong one ends the program at the first try.
    public init(stringLiteral: StaticString) {
        guard let checked = Identifier(stringLiteral.description) else {
            preconditionFailure("\(stringLiteral) is no name for a table, column or index")
        }
        self = checked
    }

    /// The name.
    public var description: String { name }

    /// The name as both databases take it, also when it is a reserved word.
    var quoted: String { "\"\(name)\"" }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte == 0x5F }
}
