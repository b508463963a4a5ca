import Testing

@testable import MusicEngine

@Suite struct MusicAddressTests {
    @Test(arguments: [
        "never gonna give you up", "Song: the remix", "a.b", "AC/DC", "song.mp3", "Ünïcode ♫", "youtube", "10 000 days",
        "note:this is a song",
    ])
    func wordsAreWords(text: String) throws {
        #expect(try MusicAddress("  \(text) \n") == .words(text))
    }

    @Test(arguments: [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube"), ("https://youtu.be/dQw4w9WgXcQ?t=3", "youtube"),
        ("<https://music.youtube.com/playlist?list=PL1>", "youtube"), ("HTTPS://SoundCloud.com/a/b", "soundcloud"),
        ("youtube.com/watch?v=x", "youtube"), ("https://artist.bandcamp.com/track/x", "bandcamp"),
    ])
    func sitesAreKnownByTheirHosts(text: String, name: String) throws {
        guard case .site(let url, name) = try MusicAddress(text) else {
            Issue.record("not a site")
            return
        }
        #expect(url.hasPrefix("https://"))
    }

    @Test(arguments: [
        "https://example.org/song.mp3", "http://ice.example.org:8000/live", "https://notyoutube.com/x",
        "https://youtube.com.example.org/x", "https://example.org/?u=https://youtube.com",
    ])
    func otherAddressesAreMedia(text: String) throws {
        guard case .media = try MusicAddress(text) else {
            Issue.record("not media")
            return
        }
    }

    @Test(arguments: [
        "file:///etc/passwd", "file:/etc/passwd", "FILE:///x", "ftp://example.org/a.mp3", "data:audio/mp3;base64,AAAA",
        "concat:a|b", "rtmp://example.org/live", "gopher://example.org", "javascript:alert(1)", "subfile,,start,0:/x",
    ])
    func otherSchemesAreNeverOpened(text: String) {
        // The last is no scheme at all, so it can only become a search.
        if let address = try? MusicAddress(text) {
            #expect(address == .words(text))
            #expect(text.hasPrefix("subfile"))
        } else {
            #expect(throws: MusicError.self) { try MusicAddress(text) }
        }
    }

    @Test(arguments: [
        "http://127.0.0.1/a.mp3", "http://localhost:8000/live", "http://[::1]/x", "http://192.168.1.5/x.mp3",
        "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://2130706433/", "http://0x7f000001/",
        "http://0177.0.0.1/", "http://[::ffff:127.0.0.1]/", "http://127.1/", "http://printer/x", "http://nas.local/x",
        "https://user:word@example.org/x", "http://example.org:22/",
    ])
    func privateNetworksAreRefused(text: String) {
        #expect(throws: MusicError.privateAddressRefused) { try MusicAddress(text) }
    }

    @Test func malformedAddressesAreNamedSo() {
        #expect(throws: MusicError.addressMalformed) { try MusicAddress("https://") }
        #expect(throws: MusicError.addressMalformed) { try MusicAddress("https://exa mple.org/") }
    }

    @Test func aNamedExceptionMayBeOpened() throws {
        let address = try MusicAddress("http://127.0.0.1:8080/a.mp3", allowedPrivateHosts: ["127.0.0.1:8080"])
        #expect(address == .media(url: "http://127.0.0.1:8080/a.mp3"))
        #expect(throws: MusicError.privateAddressRefused) {
            try MusicAddress("http://127.0.0.1:8081/a.mp3", allowedPrivateHosts: ["127.0.0.1:8080"])
        }
    }
}

@Suite struct SearchTextTests {
    @Test func wordsAreFoldedAndSplit() {
        #expect(
            SearchText("Für Elise – Ludwig van BEETHOVEN (don't_stop)").words
                == ["fur", "elise", "ludwig", "van", "beethoven", "dont", "stop"])
        #expect(SearchText("Čeština ÅNGSTRÖM 第九 2").words == ["cestina", "angstrom", "第九", "2"])
        #expect(SearchText("  …!? ").words == [])
    }

    @Test func betterAnswersScoreHigher() throws {
        let query = SearchText("blue dan")
        let exact = try #require(SearchText("blue dan").score(for: query))
        let start = try #require(SearchText("Blue Danube").score(for: query))
        let inside = try #require(SearchText("An der schönen blue Danube").score(for: query))
        #expect(exact > start && start > inside)
        #expect(SearchText("Danube").score(for: query) == nil)
    }
}
