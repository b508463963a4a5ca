/// A failure whose sentence is meant for the person who asked: shown to them alone, and never logged as a fault.
public struct UserFacingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the person reads.
    public let sentence: Sentence

    /// An error from a phrase and the values of its placeholders.
    public init(_ phrase: Phrase, _ values: [String: String] = [:]) {
        sentence = Sentence(phrase, values)
    }

    /// An error from a sentence that another part of the program has already put into words.
    public init(verbatim text: String) {
        sentence = Sentence(verbatim: text)
    }

    /// The English sentence.
    public var description: String { StringTable().text(sentence, locale: nil) }
}
