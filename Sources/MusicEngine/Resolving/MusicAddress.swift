import Networking

/// What a person's text is, before anything is opened.
enum MusicAddress: Sendable, Hashable {
    /// Words to search for.
    case words(String)
    /// A page of a site that the extractor understands.
    case site(url: String, name: String)
    /// An address that should deliver audio by itself.
    case media(url: String)

    /// Decides what `text` is and refuses what must never be opened.
    init(_ text: String, allowedPrivateHosts: Set<String> = []) throws(MusicError) {
        var trimmed = String(text.trimmingSpaces().prefix(4096))
        // People wrap addresses in angle brackets to keep Discord from showing a preview.
        if trimmed.hasPrefix("<"), trimmed.hasSuffix(">") { trimmed = String(trimmed.dropFirst().dropLast()) }
        guard let scheme = Self.scheme(of: trimmed) else {
            if Self.siteName(of: Self.leadingHost(of: trimmed)) != nil {
                try self.init("https://" + trimmed, allowedPrivateHosts: allowedPrivateHosts)
            } else {
                self = .words(trimmed)
            }
            return
        }
        guard scheme == "http" || scheme == "https" else { throw .schemeRefused(scheme) }
        let url: ParsedURL
        do {
            url = try ParsedURL(trimmed)
        } catch {
            throw .addressMalformed
        }
        do {
            try URLPolicy(allowsPrivateAddresses: false, allowedPrivateHosts: allowedPrivateHosts).check(url)
        } catch {
            throw .privateAddressRefused
        }
        if let name = Self.siteName(of: url.host) {
            self = .site(url: url.text, name: name)
        } else {
            self = .media(url: url.text)
        }
    }

    /// The scheme in lower case when `text` begins with one; `Song: the remix` has none, `file:/etc` has.
    private static func scheme(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
        let scheme = text[..<colon].lowercased()
        guard scheme.utf8.allSatisfy({ $0.isSchemeByte }), scheme.first?.isLetter == true else { return nil }
        let rest = text[text.index(after: colon)...]
        return rest.hasPrefix("//") || localSchemes.contains(scheme) && !rest.hasPrefix(" ") ? scheme : nil
    }

    /// Schemes that reach files or programs even without `//`.
    private static let localSchemes: Set<String> = [
        "file", "data", "concat", "subfile", "pipe", "fd", "crypto", "async", "cache", "javascript", "http", "https",
    ]

    private static func leadingHost(of text: String) -> String {
        String(text.prefix { $0 != "/" && $0 != " " }).lowercased()
    }

    /// The site a host belongs to, when the extractor is allowed to open it.
    static func siteName(of host: String) -> String? {
        var rest = Substring(host)
        while rest.contains(".") {
            if let name = sites[String(rest)] { return name }
            guard let dot = rest.firstIndex(of: ".") else { return nil }
            rest = rest[rest.index(after: dot)...]
        }
        return nil
    }

    /// Hosts, with everything below them, whose songs the extractor finds; the worker has the same list as extractor names.
    private static let sites = [
        "youtube.com": "youtube", "youtu.be": "youtube", "youtube-nocookie.com": "youtube",
        "soundcloud.com": "soundcloud", "bandcamp.com": "bandcamp", "vimeo.com": "vimeo", "twitch.tv": "twitch",
        "mixcloud.com": "mixcloud", "audiomack.com": "audiomack", "dailymotion.com": "dailymotion",
        "hearthis.at": "hearthis", "nicovideo.jp": "niconico", "bilibili.com": "bilibili",
    ]
}

extension UInt8 {
    fileprivate var isSchemeByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}

extension String {
    /// The text without white space at its ends.
    func trimmingSpaces() -> String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
