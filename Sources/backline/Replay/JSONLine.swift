/// A JSON value whose objects keep the order they were written in, on one line.
indirect enum JSONLine {
    case null
    case flag(Bool)
    case integer(Int)
    /// With at most three digits behind the point.
    case number(Double)
    case text(String)
    case list([JSONLine])
    case object([(String, JSONLine)])

    static func optional(_ text: String?) -> JSONLine { text.map { .text($0) } ?? .null }
    static func optional(_ number: Int?) -> JSONLine { number.map { .integer($0) } ?? .null }
    static func optional(_ number: Double?) -> JSONLine { number.map { .number($0) } ?? .null }

    /// The value in words.
    var line: String {
        var line = ""
        write(to: &line)
        return line
    }

    private func write(to line: inout String) {
        switch self {
        case .null: line += "null"
        case .flag(let flag): line += flag ? "true" : "false"
        case .integer(let number): line += String(number)
        case .number(let number): line += JSONLine.decimal(number)
        case .text(let text): JSONLine.quote(text, to: &line)
        case .list(let values):
            line += "["
            for (index, value) in values.enumerated() {
                if index > 0 { line += "," }
                value.write(to: &line)
            }
            line += "]"
        case .object(let members):
            line += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { line += "," }
                JSONLine.quote(member.0, to: &line)
                line += ":"
                member.1.write(to: &line)
            }
            line += "}"
        }
    }

    private static func decimal(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "null" }
        let rounded = (number * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }

    private static func quote(_ text: String, to line: inout String) {
        line += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        line += "\""
    }
}
