/// A statement with its values apart: text comes only from literals of the program, everything interpolated is bound.
///
/// ```swift
/// let query: Query = "select name from songs where guild = \(guild) and plays > \(10)"
/// ```
///
/// The literal's type is `StaticString`, so text made while the program runs does not even compile.
public struct Query: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The pieces of the text; between each two stands a bound value.
    private(set) var pieces: [String]
    /// The bound values, in order.
    public private(set) var values: [StoreValue]

    /// Most values of one statement: the smaller limit of the two databases (SQLite 32,766; PostgreSQL 65,535).
    public static let mostValues = 32_766

    /// A statement without values.
    public init(stringLiteral: StaticString) {
        pieces = [stringLiteral.description]
        values = []
    }

    /// A statement with values.
    public init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
        values = stringInterpolation.values
    }

    /// A statement of the store's own making, from checked names.
    init(text: String, values: [StoreValue] = []) {
        pieces = [text]
        self.values = values
    }

    /// A statement from pieces of the store's own making with a value between each two.
    init(pieces: [String], values: [StoreValue]) {
        self.pieces = pieces
        self.values = values
    }

    /// Collects the pieces and values of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces = [""]
        var values: [StoreValue] = []

        /// Starts a statement.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Adds text of the program.
        public mutating func appendLiteral(_ literal: StaticString) {
            pieces[pieces.count - 1] += literal.description
        }

        /// Binds a value.
        public mutating func appendInterpolation(_ value: some StoreConvertible) {
            values.append(value.storeValue)
            pieces.append("")
        }

        /// Adds a checked name in quotes.
        public mutating func appendInterpolation(_ name: Identifier) {
            pieces[pieces.count - 1] += name.quoted
        }
    }

    /// The text with numbered places for the values, as a database of this kind writes them.
    func text(for kind: StoreKind) -> String {
        guard pieces.count > 1 else { return pieces.first ?? "" }
        let mark = kind == .sqlite ? "?" : "$"
        var text = pieces[0]
        for (index, piece) in pieces.dropFirst().enumerated() {
            text += "\(mark)\(index + 1)"
            text += piece
        }
        return text
    }

    /// Throws when a value cannot be kept, or there are too many.
    func check() throws(StoreError) {
        guard values.count <= Self.mostValues else {
            throw .invalid("a statement with more than \(Self.mostValues) values")
        }
        for value in values { try value.check() }
    }
}
