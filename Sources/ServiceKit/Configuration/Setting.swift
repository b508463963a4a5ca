/// One setting of the program: its name in the environment, what it means, and how its text is read.
public struct Setting<Value: Sendable>: Sendable {
    /// The variable's name.
    public let name: String
    /// One sentence for `--help` and the documentation.
    public let summary: String
    /// The default as people write it, for the documentation; nil when there is none.
    public let shownDefault: String?
    /// Whether the value must never be printed.
    public let isSecret: Bool
    /// Used when the variable is not set.
    public let defaultValue: Value?
    /// What a valid value looks like, for the error message.
    public let form: String
    private let read: @Sendable (String) -> Value?

    /// Describes a setting; `read` gives nil for text that is not of the `form`.
    public init(
        _ name: String, _ summary: String, default defaultValue: Value?, shown: String? = nil, secret: Bool = false,
        form: String, read: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.summary = summary
        self.defaultValue = defaultValue
        shownDefault = shown ?? defaultValue.map { "\($0)" }
        isSecret = secret
        self.form = form
        self.read = read
    }

    /// The setting's value in `source`.
    public func value(in source: SettingSource) throws(SettingError) -> Value {
        guard let text = source[name], !text.isEmpty else {
            guard let defaultValue else { throw .missing(name: name, summary: summary) }
            return defaultValue
        }
        guard let value = read(text) else {
            throw .malformed(name: name, found: isSecret ? nil : text, form: form)
        }
        if isSecret { Logger.redact(text) }
        return value
    }
}

extension Setting where Value == String {
    /// A setting that takes any text.
    public static func text(
        _ name: String, _ summary: String, default defaultValue: String? = nil, shown: String? = nil,
        secret: Bool = false
    ) -> Setting {
        Setting(name, summary, default: defaultValue, shown: shown, secret: secret, form: "text") { $0 }
    }
}

extension Setting where Value == Int {
    /// A setting that takes a whole number in `range`.
    public static func number(
        _ name: String, _ summary: String, default defaultValue: Int?, in range: ClosedRange<Int>
    ) -> Setting {
        Setting(
            name, summary, default: defaultValue,
            form: "a whole number from \(range.lowerBound) to \(range.upperBound)"
        ) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Setting where Value == [String] {
    /// A setting that takes words separated by commas.
    public static func list(_ name: String, _ summary: String) -> Setting {
        Setting(name, summary, default: [], shown: "none", form: "words separated by commas") { text in
            text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        }
    }
}

/// What is wrong with the configuration, in a sentence that says what to do.
public enum SettingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A setting without default is not set.
    case missing(name: String, summary: String)
    /// A setting's text is not of the right form; `found` is nil for secrets.
    case malformed(name: String, found: String?, form: String)
    /// A line of the `.env` file is not `NAME=value`.
    case malformedLine(number: Int)

    /// The error in words.
    public var description: String {
        switch self {
        case .missing(let name, let summary):
            "\(name) is not set (\(summary)). Set it in the environment or in a file named .env here: \(name)=…"
        case .malformed(let name, let found, let form):
            "\(name) should be \(form)" + (found.map { ", but it is “\($0)”." } ?? ", but it is something else.")
        case .malformedLine(let number):
            "Line \(number) of .env is not of the form NAME=value."
        }
    }
}
