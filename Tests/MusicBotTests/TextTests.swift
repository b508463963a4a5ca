import MusicEngine
import Testing

@testable import MusicBot

@Suite("Times as typed")
struct TimeTextTests {
    @Test(
        "Absolute times are understood",
        arguments: [
            ("1:23", 83_000), ("83", 83_000), ("1:02:03", 3_723_000), ("1h2m3s", 3_723_000), ("2m", 120_000),
            ("90s", 90_000), ("0", 0), ("0:00", 0), ("1:2", 62_000), (" 1 : 23 ", 83_000), ("1.5", 1500),
            ("0:03.25", 3250), ("1H 30MIN", 5_400_000), ("90 seconds", 90_000), ("75:10", 4_510_000),
        ])
    func absolute(text: String, milliseconds: Int) {
        #expect(TimeText.parse(text) == .absolute(.milliseconds(milliseconds)))
    }

    @Test(
        "Relative times are understood",
        arguments: [("+10", 10), ("-10", -10), ("−10", -10), ("+1:00", 60), ("-1m30s", -90), ("+ 5", 5)])
    func relative(text: String, seconds: Int) {
        #expect(TimeText.parse(text) == .relative(.seconds(seconds)))
    }

    @Test(
        "Everything else is refused",
        arguments: [
            "", " ", "+", "-", "abc", "1:60:00", "1::2", ":30", "30:", "1:2:3:4", "1x", "m", "1m2h", "1s1s", "1.2.3",
            "--5",
            "1e9", "٣٤", "999999999999999999999", "100001h", "1.", ".5", "nan", "∞",
        ])
    func refused(text: String) {
        #expect(TimeText.parse(text) == nil)
    }

    @Test("A position never lies before the start")
    func clamped() {
        #expect(TimeText.Target.relative(.seconds(-10)).position(from: .seconds(3)) == .zero)
        #expect(TimeText.Target.relative(.seconds(10)).position(from: .seconds(3)) == .seconds(13))
        #expect(TimeText.Target.absolute(.seconds(7)).position(from: .seconds(3)) == .seconds(7))
    }
}

@Suite("Progress bar")
struct ProgressBarTests {
    @Test(
        "The knob stands where the song is",
        arguments: [
            (0, "●─────────"), (50, "━━━━━●────"), (99, "━━━━━━━━━●"), (100, "━━━━━━━━━●"), (500, "━━━━━━━━━●"),
            (-5, "●─────────"),
        ])
    func knob(second: Int, text: String) {
        #expect(ProgressBar.text(position: .seconds(second), duration: .seconds(100), width: 10) == text)
    }

    @Test("Songs without a length, or with none, do not break it", arguments: [nil, Duration.zero])
    func noLength(duration: Duration?) {
        #expect(ProgressBar.text(position: .seconds(5), duration: duration, width: 5) == "━━━━●")
    }
}

@Suite("Markdown")
struct MarkdownTextTests {
    @Test("Titles cannot format, mention or link")
    func plain() {
        #expect(
            MarkdownText.plain("**a** [x](http://e) @everyone <@1>\n`c`")
                == "\\*\\*a\\*\\* \\[x\\]\\(http://e\\) @\u{200B}everyone \\<@\u{200B}1\\> \\`c\\`")
        #expect(MarkdownText.plain("abcdef", limit: 3) == "ab…")
        #expect(MarkdownText.plain("a\u{1B}[31m\u{202E}b\u{2066}c\u{0}👩‍🎤") == "a\\[31mbc👩‍🎤")
    }

    @Test("Only whole web addresses become links")
    func links() {
        #expect(MarkdownText.link("a", to: "https://e.org/x") == "**[a](https://e.org/x)**")
        for url in ["javascript:alert(1)", "https://e.org/) x", "https://e.org/a b", "https://e.org/\n"] {
            #expect(MarkdownText.link("a", to: url) == "**a**")
        }
    }
}

@Suite("Idle watch")
struct IdleWatchTests {
    @Test("Alone for five minutes, or nothing playing for fifteen; a change starts over")
    func verdicts() {
        var watch = IdleWatch(aloneLimit: .seconds(300), nothingPlayingLimit: .seconds(900))
        watch.update(isAlone: true, isPlaying: true, now: .seconds(10))
        watch.update(isAlone: true, isPlaying: true, now: .seconds(200))
        #expect(watch.deadline == .seconds(310))
        #expect(watch.verdict(now: .seconds(309)) == nil)
        #expect(watch.verdict(now: .seconds(310)) == .alone)
        watch.update(isAlone: false, isPlaying: false, now: .seconds(310))
        #expect(watch.verdict(now: .seconds(1209)) == nil)
        #expect(watch.verdict(now: .seconds(1210)) == .nothingPlaying)
        watch.update(isAlone: false, isPlaying: true, now: .seconds(1000))
        #expect(watch.deadline == nil)
    }
}
