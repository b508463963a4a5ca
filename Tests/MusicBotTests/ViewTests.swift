import BotKit
import DiscordModel
import Testing

@testable import MusicBot
@testable import MusicEngine

private func track(_ title: String, seconds: Int? = 200, live: Bool = false, page: String? = nil, art: String? = nil)
    -> Track
{
    Track(
        id: "t:\(title.prefix(20))", title: title, author: "Author", duration: seconds.map { .seconds($0) },
        isLive: live,
        pageURL: page, artworkURL: art, source: .library(file: "x"))
}

private func snapshot(
    _ state: PlayerState = .playing, _ current: Track? = track("Song"), position: Int = 65, queue: [Track] = []
) -> PlayerSnapshot {
    var player = PlayerSnapshot()
    player.state = state
    player.current = current.map { QueuedTrack(track: $0, requester: UserID(7)) }
    player.position = .seconds(position)
    player.duration = current?.duration
    player.isLive = current?.isLive ?? false
    player.queue = queue.map { QueuedTrack(track: $0, requester: UserID(8)) }
    return player
}

@Suite("Panel view")
struct PlayerViewTests {
    private let view = PlayerView(strings: StringTable(), locale: nil)

    @Test("A song shows title, author, progress, requester, volume, what is next, and its buttons")
    func playing() {
        let body = view.body(snapshot(queue: [track("Next one"), track("Third")]))
        expectWithinLimits(body)
        #expect(
            texts(body) == [
                "🎵 Now playing\n### **Song**\nAuthor",
                "`1:05` ━━━━━●──────────── `3:20`",
                "-# Requested by <@7> · Volume 100 %\n-# Next: Next one and 1 more",
            ])
        #expect(
            buttons(body).map(\.customID) == [
                "player:back", "player:toggle", "player:skip", "player:stop", "player:quieter", "player:louder",
                "player:queue",
            ])
        #expect(buttons(body)[1].label == "Pause")
        #expect(body.allowedMentions == AllowedMentions.none)
    }

    @Test("Paused, it offers to go on")
    func paused() {
        let body = view.body(snapshot(.paused))
        #expect(buttons(body)[1].label == "Resume")
        #expect(texts(body)[0].hasPrefix("⏸️ Paused"))
    }

    @Test("A broadcast has no bar and no way back")
    func live() {
        let body = view.body(snapshot(.playing, track("Radio", seconds: nil, live: true)))
        expectWithinLimits(body)
        #expect(texts(body)[1] == "🔴 **LIVE** · `1:05`")
        #expect(buttons(body)[0].disabled == true)
    }

    @Test("A picture stands beside the title")
    func artwork() throws {
        let body = view.body(snapshot(.playing, track("Song", page: "https://e.org/p", art: "https://e.org/a.jpg")))
        expectWithinLimits(body)
        guard case .container(let container)? = body.components?.first,
            case .section(let section)? = container.components.first,
            case .thumbnail(let thumbnail)? = section.accessory
        else {
            Issue.record("no section with a picture")
            return
        }
        #expect(thumbnail.media.url == "https://e.org/a.jpg")
        #expect(texts(body)[0].contains("[Song](https://e.org/p)"))
    }

    @Test("Nothing playing has no buttons")
    func nothing() {
        let body = view.body(snapshot(.idle, nil))
        expectWithinLimits(body)
        #expect(buttons(body).isEmpty)
    }

    @Test(
        "Hostile titles stay within the limits",
        arguments: ["*[@everyone](x)`", "a" + String(repeating: "\u{0301}", count: 200), "👨‍👩‍👧‍👦", "\n\u{202E}"])
    func hostile(piece: String) {
        let long = String(repeating: piece, count: 500)
        var tracks = track(long, page: "https://e.org/" + String(repeating: "a", count: 3000), art: "javascript:1")
        tracks.author = long
        expectWithinLimits(view.body(snapshot(.playing, tracks, queue: [tracks, tracks])))
    }

    @Test("The message survives Discord's JSON")
    func json() throws {
        let body = view.body(snapshot(queue: [track("Next")]))
        let copy = try JSON.decode(MessageBody.self, from: JSON.value(body))
        #expect(copy == body)
    }

    @Test("Volume buttons stop at the ends", arguments: [(0, true, false), (100, false, false), (200, false, true)])
    func volume(level: Int, quieterOff: Bool, louderOff: Bool) {
        var player = snapshot()
        player.volume = level
        let all = buttons(view.body(player))
        #expect((all[4].disabled ?? false) == quieterOff)
        #expect((all[5].disabled ?? false) == louderOff)
    }
}

@Suite("Queue view")
struct QueueViewTests {
    private let view = QueueView(strings: StringTable(), locale: nil, pageSize: 10)
    private let long = (1...25).map { track("Song \($0)") }

    @Test(
        "Pages are turned with buttons, which stop at the ends",
        arguments: [(0, true, false), (1, false, false), (2, false, true), (99, false, true), (-1, true, false)])
    func pages(page: Int, firstOff: Bool, lastOff: Bool) {
        let body = view.body(snapshot(queue: long), page: page)
        expectWithinLimits(body)
        let turns = buttons(body)
        #expect(turns.count == 2)
        #expect((turns[0].disabled ?? false) == firstOff)
        #expect((turns[1].disabled ?? false) == lastOff)
    }

    @Test("A page shows its songs and the totals")
    func content() {
        let all = texts(view.body(snapshot(queue: long), page: 2)).joined(separator: "\n")
        #expect(all.contains("21\\. **Song 21** `3:20` · <@8>"))
        #expect(!all.contains("Song 20"))
        #expect(all.contains("Page 3 of 3 · 25 songs · 1:23:20 in all"))
    }

    @Test("An empty queue says so")
    func empty() {
        let body = view.body(snapshot(.idle, nil), page: 0)
        expectWithinLimits(body)
        #expect(texts(body).contains("The queue is empty. Add something with `/play`."))
    }

    @Test("A full page of the longest titles stays within the limits")
    func longest() {
        let title = String(repeating: "*👨‍👩‍👧‍👦", count: 300)
        let tracks = (0..<10).map { _ in track(title, page: "https://e.org/" + String(repeating: "b", count: 100)) }
        expectWithinLimits(view.body(snapshot(.playing, tracks[0], queue: tracks), page: 0))
    }
}
