/// Text as people search it: lower case, without accents and punctuation, in words.
struct SearchText: Sendable, Hashable {
    /// The words in order.
    let words: [String]

    /// Reads `text`; only its first 400 characters count.
    init(_ text: String) {
        var words: [String] = []
        var word = ""
        for character in text.prefix(400) {
            for scalar in character.unicodeScalars {
                if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                    word += Self.folded(scalar)
                } else if !word.isEmpty, !scalar.properties.isDiacritic, scalar != "'", scalar != "’" {
                    words.append(word)
                    word = ""
                }
            }
        }
        if !word.isEmpty { words.append(word) }
        self.words = words
    }

    /// How well this text answers `query`, higher is better; nil when a word of the query begins no word of the text.
    func score(for query: SearchText) -> Int? {
        guard !query.words.isEmpty else { return 0 }
        var score = 0
        for wanted in query.words {
            if words.contains(wanted) {
                score += 3
            } else if words.contains(where: { $0.hasPrefix(wanted) }) {
                score += 2
            } else {
                return nil
            }
        }
        if words.count >= query.words.count, zip(words, query.words).allSatisfy({ $0.hasPrefix($1) }) { score += 2 }
        if words == query.words { score += 10 }
        return score
    }

    /// The base letter of an accented Latin letter, in lower case; Unicode names them `LATIN SMALL LETTER E WITH ACUTE`.
    private static func folded(_ scalar: Unicode.Scalar) -> String {
        let lower = scalar.properties.lowercaseMapping
        guard scalar.value >= 0xC0, scalar.value < 0x250, let first = lower.unicodeScalars.first,
            let name = first.properties.name
        else { return lower }
        let prefix = "LATIN SMALL LETTER "
        guard name.hasPrefix(prefix) else { return lower }
        let rest = name.dropFirst(prefix.count)
        guard let letter = rest.first, rest.dropFirst().hasPrefix(" WITH ") else { return lower }
        return letter.lowercased()
    }
}
