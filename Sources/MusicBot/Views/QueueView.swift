import BotKit
import DiscordModel
import MusicEngine

/// The queue, a page at a time, with buttons to turn the pages.
struct QueueView {
    /// The words.
    let strings: StringTable
    /// The language of the reader.
    let locale: String?
    /// Songs on one page.
    let pageSize: Int

    /// The prefix of the page buttons; the argument is the page, counted from 0.
    static let prefix = "queue"

    /// The pages there are, at least one.
    func pageCount(_ player: PlayerSnapshot) -> Int {
        max(1, (player.queue.count + pageSize - 1) / pageSize)
    }

    /// The message for one page, counted from 0; a page past the end is the last one.
    func body(_ player: PlayerSnapshot, page wanted: Int) -> MessageBody {
        let pages = pageCount(player)
        let page = min(max(0, wanted), pages - 1)
        var parts: [Component] = [text("### 📜 \(word(Phrases.queueTitle))")]
        if let current = player.current {
            parts.append(text("\(word(Phrases.queueNow)): \(line(current)) · `\(player.position.clockText)`"))
            parts.append(.separator(Separator(divider: true, spacing: 1)))
        }
        parts.append(text(list(player, page)))
        if !player.queue.isEmpty {
            parts.append(text(footer(player, page, pages)))
        }
        if pages > 1 {
            parts.append(
                .actionRow(
                    ActionRow(components: [
                        turn("◀️", to: page - 1, enabled: page > 0), turn("▶️", to: page + 1, enabled: page < pages - 1),
                    ])))
        }
        return MessageBody(
            components: [.container(Container(components: parts, accentColor: 0x58_65F2))], flags: .componentsV2,
            allowedMentions: AllowedMentions.none)
    }

    private func list(_ player: PlayerSnapshot, _ page: Int) -> String {
        guard !player.queue.isEmpty else { return word(Phrases.queueEmpty) }
        let first = page * pageSize
        return player.queue.dropFirst(first).prefix(pageSize).enumerated()
            .map { "\(first + $0.offset + 1)\\. \(line($0.element))" }
            .joined(separator: "\n")
    }

    private func line(_ entry: QueuedTrack) -> String {
        let track = entry.track
        let length = track.isLive ? word(Phrases.live) : track.duration?.clockText ?? "?:??"
        let title = MarkdownText.link(track.title, to: track.pageURL.flatMap { $0.count <= 120 ? $0 : nil }, limit: 60)
        let requester = entry.requester.map { " · <@\($0)>" } ?? ""
        return "\(title) `\(length)`\(requester)"
    }

    private func footer(_ player: PlayerSnapshot, _ page: Int, _ pages: Int) -> String {
        var values = ["page": "\(page + 1)", "pages": "\(pages)", "count": "\(player.queue.count)"]
        let lengths = player.queue.compactMap(\.track.duration)
        guard lengths.count == player.queue.count else { return word(Phrases.queueFooterOpen, values) }
        values["duration"] = lengths.reduce(.zero, +).clockText
        return word(Phrases.queueFooter, values)
    }

    private func turn(_ emoji: String, to page: Int, enabled: Bool) -> Component {
        .button(
            Button(
                style: .secondary, emoji: .unicode(emoji), customID: "\(Self.prefix):\(page)",
                disabled: enabled ? nil : true))
    }

    private func text(_ content: String) -> Component { .textDisplay(TextDisplay(content: content)) }

    private func word(_ phrase: Phrase, _ values: [String: String] = [:]) -> String {
        strings.text(phrase, values, locale: locale)
    }
}
