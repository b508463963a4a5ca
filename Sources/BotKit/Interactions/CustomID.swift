/// The `custom_id` of a component: a routing prefix and up to a few arguments, `player:seek:-10`, at most 100 characters.
public struct CustomID: Sendable, Hashable, CustomStringConvertible {
    /// The longest `custom_id` Discord takes (section 3.6).
    public static let maximumLength = 100

    /// The word the router looks the handler up by.
    public let prefix: String
    /// The arguments, in order; any text.
    public let arguments: [String]

    /// An id from its prefix and arguments; throws when the prefix holds a colon or the whole is too long.
    public init(_ prefix: String, _ arguments: [String] = []) throws(BotKitError) {
        guard !prefix.isEmpty, !prefix.contains(":"), !prefix.contains("%") else {
            throw .invalidCustomID(prefix, "the prefix must be a word without ':' and '%'")
        }
        self.prefix = prefix
        self.arguments = arguments
        let length = description.unicodeScalars.count
        guard length <= Self.maximumLength else {
            throw .invalidCustomID(
                prefix, "it has \(length) characters; Discord takes \(Self.maximumLength): pass a short key instead")
        }
    }

    /// Reads what Discord sent back; text that no `CustomID` wrote still gives a prefix and arguments.
    public init(parsing text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Self.unescape($0) }
        prefix = parts.first ?? ""
        arguments = Array(parts.dropFirst())
    }

    /// The text form, with `:` and `%` inside arguments escaped.
    public var description: String {
        ([prefix] + arguments.map(Self.escape)).joined(separator: ":")
    }

    private static func escape(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "%": result += "%25"
            case ":": result += "%3A"
            default: result.append(character)
            }
        }
        return result
    }

    private static func unescape(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[percent...]
            if rest.hasPrefix("%25") {
                result.append("%")
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("%3A") {
                result.append(":")
                rest = rest.dropFirst(3)
            } else {
                result.append("%")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
