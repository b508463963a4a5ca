internal import FoundationEssentials

/// Where settings are read from: the environment first, then a `.env` file.
public struct SettingSource: Sendable {
    private let environment: [String: String]
    private let file: [String: String]

    /// Combines the environment with the text of a `.env` file.
    public init(environment: [String: String], dotEnv: String? = nil) throws(SettingError) {
        self.environment = environment
        file = try dotEnv.map { text throws(SettingError) in try Self.parse(text) } ?? [:]
    }

    /// The process's environment and the `.env` file of the folder `folder`, if there is one.
    public static func process(folder: String = ".") throws(SettingError) -> SettingSource {
        let data = FileManager.default.contents(atPath: folder + "/.env")
        return try SettingSource(
            environment: ProcessInfo.processInfo.environment, dotEnv: data.map { String(decoding: $0, as: UTF8.self) })
    }

    /// The text set for `name`; the environment wins over the file.
    public subscript(name: String) -> String? {
        environment[name] ?? file[name]
    }

    /// Reads lines `NAME=value`, with `#` comments, optional `export`, and values in single or double quotes.
    static func parse(_ text: String) throws(SettingError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = trimmed(raw)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = trimmed(line.dropFirst(7)) }
            guard let equals = line.firstIndex(of: "=") else { throw .malformedLine(number: index + 1) }
            let name = trimmed(line[..<equals])
            let isName = name.first.map { $0.isLetter || $0 == "_" } ?? false
            guard isName, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
                throw .malformedLine(number: index + 1)
            }
            values[String(name)] = unquoted(trimmed(line[line.index(after: equals)...]))
        }
        return values
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    private static func unquoted(_ text: Substring) -> String {
        if let quote = text.first, quote == "\"" || quote == "'", let end = text.dropFirst().firstIndex(of: quote) {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        if let comment = text.firstRange(of: " #") { return String(trimmed(text[..<comment.lowerBound])) }
        return String(text)
    }
}
