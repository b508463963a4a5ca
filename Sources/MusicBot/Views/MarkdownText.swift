import BotKit

/// Song titles come from strangers: what Discord would read as formatting, mentions or links is made plain.
enum MarkdownText {
    /// The text with everything Discord interprets escaped, on one line, cut to `limit` Unicode scalars.
    static func plain(_ text: String, limit: Int = 120) -> String {
        var result = ""
        for character in text.shortened(to: limit) {
            switch character {
            case "\\", "*", "_", "~", "`", "|", "#", "[", "]", "<", ">", "(", ")":
                result.append("\\")
                result.append(character)
            case "@":
                // A zero-width space keeps "@everyone" from being one.
                result += "@\u{200B}"
            case _ where character.isNewline: result.append(" ")
            default: result.unicodeScalars.append(contentsOf: character.unicodeScalars.filter { !isInvisible($0) })
            }
        }
        return result
    }

    /// Control characters, and those that turn the direction of everything behind them.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// A title as a link to its page, when that is a web address a link can hold.
    static func link(_ title: String, to url: String?, limit: Int = 120) -> String {
        let text = plain(title, limit: limit)
        guard let url, isWebAddress(url), url.count <= 400 else { return "**\(text)**" }
        return "**[\(text)](\(url))**"
    }

    /// Whether a text is an http or https address without characters that would end a link early.
    static func isWebAddress(_ url: String) -> Bool {
        (url.hasPrefix("https://") || url.hasPrefix("http://"))
            && url.unicodeScalars.allSatisfy {
                $0.value > 32 && $0.value != 127 && !"()<>\"`\\".unicodeScalars.contains($0)
            }
    }
}
