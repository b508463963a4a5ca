/// One sentence the bot can say: a stable key for translators and the English words, with `{name}` placeholders.
public struct Phrase: Sendable, Hashable {
    /// The name translators know the sentence by, such as `play.no_result`.
    public let key: String
    /// The complete English sentence, used whenever no translation exists.
    public let english: String

    /// A phrase from its key and its English words.
    public init(_ key: String, _ english: String) {
        self.key = key
        self.english = english
    }
}

/// A phrase with the values of its placeholders, ready to be said in any language.
public struct Sentence: Sendable, Hashable {
    /// The words.
    public let phrase: Phrase
    /// What stands in each `{name}`.
    public let values: [String: String]

    /// A sentence from a phrase and its values.
    public init(_ phrase: Phrase, _ values: [String: String] = [:]) {
        self.phrase = phrase
        self.values = values
    }

    /// A sentence that is the same in every language, such as an error text made elsewhere.
    public init(verbatim text: String) {
        self.phrase = Phrase("verbatim", "{text}")
        self.values = ["text": text]
    }
}
