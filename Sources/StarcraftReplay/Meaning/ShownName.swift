/// A name as the lobby showed it: escaped, with the clan in front.
struct ShownName {
    /// Without clan.
    let name: String
    /// Without brackets.
    let clan: String?

    init(_ shown: String) {
        let plain = ShownName.unescape(shown)
        guard let mark = plain.utf8Range(of: "<sp/>") else {
            name = plain
            clan = nil
            return
        }
        name = String(plain[mark.upperBound...])
        let front = plain[..<mark.lowerBound]
        clan = front.isEmpty ? nil : String(front.drop { $0 == "<" || $0 == "[" }.prefix { $0 != ">" && $0 != "]" })
    }

    private static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var plain = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            plain += rest[..<mark]
            rest = rest[mark...]
            let known = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\""), ("&apos;", "'")]
            if let (code, character) = known.first(where: { rest.hasPrefix($0.0) }) {
                plain += character
                rest = rest.dropFirst(code.count)
            } else {
                plain += "&"
                rest = rest.dropFirst()
            }
        }
        return plain + rest
    }
}

extension String {
    /// Where a short text stands first.
    fileprivate func utf8Range(of wanted: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(wanted) { return start..<index(start, offsetBy: wanted.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension ToonHandle {
    /// The account that a text like `2-S2-1-123` names; `nil` for none and for account 0.
    init?(_ text: String) {
        let parts = text.split(separator: "-")
        guard parts.count == 4, let region = Int(parts[0]), let realm = Int(parts[2]), let id = Int64(parts[3]), id != 0
        else { return nil }
        self.init(region: region, realm: realm, id: id)
    }
}
