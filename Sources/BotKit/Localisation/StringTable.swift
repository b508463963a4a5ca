/// Translations by locale and key. English comes from the phrases themselves, so it is complete by construction.
public struct StringTable: Sendable {
    private let translations: [String: [String: String]]

    /// A table from translations: locale code (such as `de`) → phrase key → text.
    public init(_ translations: [String: [String: String]] = [:]) {
        self.translations = translations
    }

    /// The sentence in the given Discord locale, falling back as Discord itself does and finally to English.
    public func text(_ sentence: Sentence, locale: String?) -> String {
        Self.fill(pattern(of: sentence.phrase, locale: locale), with: sentence.values)
    }

    /// The phrase in the given Discord locale with the given values.
    public func text(_ phrase: Phrase, _ values: [String: String] = [:], locale: String? = nil) -> String {
        text(Sentence(phrase, values), locale: locale)
    }

    /// Every translation of a phrase, by locale: what Discord takes as `description_localizations`.
    public func localizations(of phrase: Phrase) -> [String: String] {
        translations.compactMapValues { $0[phrase.key] }
    }

    private func pattern(of phrase: Phrase, locale: String?) -> String {
        guard let locale else { return phrase.english }
        if let exact = translations[locale]?[phrase.key] { return exact }
        if let fallback = Self.fallbacks[locale], let text = translations[fallback]?[phrase.key] { return text }
        return phrase.english
    }

    private static let fallbacks = ["en-US": "en-GB", "en-GB": "en-US", "es-419": "es-ES"]

    /// Replaces each `{name}` once, from left to right, so that a value that itself holds braces is left alone.
    private static func fill(_ pattern: String, with values: [String: String]) -> String {
        var result = ""
        var rest = pattern[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            guard let close = rest.firstIndex(of: "}"),
                let value = values[String(rest[rest.index(after: open)..<close])]
            else {
                result.append("{")
                rest = rest.dropFirst()
                continue
            }
            result += value
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
