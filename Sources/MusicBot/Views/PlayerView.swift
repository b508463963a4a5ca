import BotKit
import DiscordModel
import MusicEngine

/// The now-playing panel: title, author, progress, who asked for it, what comes next, and the buttons.
struct PlayerView {
    /// The words.
    let strings: StringTable
    /// The language of the guild.
    let locale: String?

    /// The prefix of the panel's buttons.
    static let prefix = "player"

    /// The panel's buttons; their names are the arguments of their `custom_id`.
    enum Action: String, CaseIterable {
        case toggle, skip, stop, back, quieter, louder, queue

        var customID: String { "\(PlayerView.prefix):\(rawValue)" }
    }

    private enum Colour {
        static let playing = 0x1D_B954
        static let paused = 0xF0_B232
        static let quiet = 0x80_848E
    }

    /// The message for a player as it is now.
    func body(_ player: PlayerSnapshot) -> MessageBody {
        MessageBody(
            components: [.container(container(player))], flags: .componentsV2, allowedMentions: AllowedMentions.none)
    }

    /// A short V2 message, for lines that become a panel later.
    static func line(_ text: String) -> MessageBody {
        MessageBody(
            components: [.textDisplay(TextDisplay(content: text))], flags: .componentsV2,
            allowedMentions: AllowedMentions.none)
    }

    private func container(_ player: PlayerSnapshot) -> Container {
        guard let current = player.current else {
            let text = "### \(word(Phrases.panelNothing))\n\(word(Phrases.panelHint))"
            return Container(components: [.textDisplay(TextDisplay(content: text))], accentColor: Colour.quiet)
        }
        var parts = [heading(player, current), .textDisplay(TextDisplay(content: progress(player)))]
        parts.append(.separator(Separator(divider: true, spacing: 1)))
        parts.append(.actionRow(ActionRow(components: transport(player))))
        parts.append(.actionRow(ActionRow(components: extras(player))))
        parts.append(.textDisplay(TextDisplay(content: footer(player, current))))
        let colour = player.state == .paused ? Colour.paused : Colour.playing
        return Container(components: parts, accentColor: colour)
    }

    private func heading(_ player: PlayerSnapshot, _ current: QueuedTrack) -> Component {
        let track = current.track
        let state: String
        switch player.state {
        case .paused: state = "⏸️ " + word(Phrases.panelPaused)
        case .loading: state = "⏳ " + word(Phrases.panelLoading)
        case .idle, .playing: state = "🎵 " + word(Phrases.panelTitle)
        }
        var text = "\(state)\n### \(MarkdownText.link(track.title, to: track.pageURL))"
        if let author = track.author, !author.isEmpty { text += "\n\(MarkdownText.plain(author, limit: 80))" }
        let display = Component.textDisplay(TextDisplay(content: text))
        guard let picture = track.artworkURL, MarkdownText.isWebAddress(picture), picture.count <= 2000 else {
            return display
        }
        return .section(
            Section(components: [display], accessory: .thumbnail(Thumbnail(media: MediaItem(url: picture)))))
    }

    private func progress(_ player: PlayerSnapshot) -> String {
        if player.isLive || player.current?.track.isLive == true {
            return "🔴 **\(word(Phrases.live))** · `\(player.position.clockText)`"
        }
        let duration = player.duration ?? player.current?.track.duration
        let bar = ProgressBar.text(position: player.position, duration: duration)
        return "`\(player.position.clockText)` \(bar) `\(duration?.clockText ?? "?:??")`"
    }

    private func footer(_ player: PlayerSnapshot, _ current: QueuedTrack) -> String {
        var facts: [String] = []
        if let requester = current.requester {
            facts.append(word(Phrases.panelRequester, ["user": "<@\(requester)>"]))
        }
        facts.append(word(Phrases.panelVolume, ["volume": "\(player.volume)"]))
        var text = "-# " + facts.joined(separator: " · ")
        if let next = player.queue.first {
            text += "\n-# " + word(Phrases.panelNext, ["track": MarkdownText.plain(next.track.title, limit: 80)])
            if player.queue.count > 1 {
                text += " " + word(Phrases.panelMore, ["count": "\(player.queue.count - 1)"])
            }
        }
        return text
    }

    private func transport(_ player: PlayerSnapshot) -> [Component] {
        let isPaused = player.state == .paused
        let isLive = player.isLive || player.current?.track.isLive == true
        return [
            button(.back, "⏪", word(Phrases.buttonBack), disabled: isLive),
            button(
                .toggle, isPaused ? "▶️" : "⏸️", word(isPaused ? Phrases.buttonResume : Phrases.buttonPause),
                style: isPaused ? .success : .primary),
            button(.skip, "⏭️", word(Phrases.buttonSkip)),
            button(.stop, "⏹️", word(Phrases.buttonStop), style: .danger),
        ]
    }

    private func extras(_ player: PlayerSnapshot) -> [Component] {
        [
            button(.quieter, "🔉", nil, disabled: player.volume <= 0),
            button(.louder, "🔊", nil, disabled: player.volume >= 200),
            button(.queue, "📜", word(Phrases.buttonQueue)),
        ]
    }

    private func button(
        _ action: Action, _ emoji: String, _ label: String?, style: ButtonStyle = .secondary, disabled: Bool = false
    ) -> Component {
        .button(
            Button(
                style: style, label: label, emoji: .unicode(emoji), customID: action.customID,
                disabled: disabled ? true : nil))
    }

    private func word(_ phrase: Phrase, _ values: [String: String] = [:]) -> String {
        strings.text(phrase, values, locale: locale)
    }
}
