/// The stream addresses in a station list, as radio stations hand them out (`.pls`, `.m3u`).
///
/// An HLS playlist is no station list: it is played, not followed.
package struct StationList: Sendable, Equatable {
    /// Longest list that is read, in bytes.
    package static let maximumBytes = 64 << 10
    /// Addresses kept at most.
    package static let maximumAddresses = 32

    /// Addresses on the web, in the order of the list.
    package let addresses: [String]

    /// Reads a list; nil when it is none or names nothing on the web.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= StationList.maximumBytes, !bytes.contains(0) else { return nil }
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        if text.first == "\u{FEFF}" { text.removeFirst() }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingWhitespace() }.filter { !$0.isEmpty }
        guard !lines.contains(where: { $0.hasPrefix("#EXT-X-") }) else { return nil }
        let isPLS = lines.first?.lowercased() == "[playlist]"
        let named = isPLS ? StationList.entries(lines) : lines.filter { !$0.hasPrefix("#") }
        let addresses = named.filter { address in
            let scheme = address.prefix(8).lowercased()
            return scheme.hasPrefix("http://") || scheme == "https://"
        }
        guard !addresses.isEmpty else { return nil }
        self.addresses = addresses.prefix(StationList.maximumAddresses).map(String.init)
    }

    /// Whether an answer may be a station list, by its type and the address it came from.
    package static func mayBe(contentType: String?, url: String) -> Bool {
        let type = contentType?.prefix { $0 != ";" }.lowercased() ?? ""
        if ["audio/x-scpls", "audio/scpls", "application/pls+xml", "audio/x-mpegurl", "audio/mpegurl"].contains(type) {
            return true
        }
        let path = url.prefix { $0 != "?" && $0 != "#" }.lowercased()
        return path.hasSuffix(".pls") || path.hasSuffix(".m3u")
    }

    /// The values of `File1=…`, `File2=…` in the order of their numbers.
    private static func entries(_ lines: [Substring]) -> [Substring] {
        lines.compactMap { line -> (Int, Substring)? in
            guard line.prefix(4).lowercased() == "file", let equals = line.firstIndex(of: "="),
                let number = Int(line[line.index(line.startIndex, offsetBy: 4)..<equals])
            else { return nil }
            return (number, line[line.index(after: equals)...].trimmingWhitespace())
        }
        .sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Substring {
    fileprivate func trimmingWhitespace() -> Substring {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
