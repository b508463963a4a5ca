import FoundationEssentials
import MediaPipeline
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import MusicEngine

/// A site with songs, failures and a count of questions.
private final class FakeExtractor: Extractor {
    struct State {
        var asked: [String] = []
        var failures: [String: MusicError] = [:]
        var expires: Double?
        var availableAt: Double?
    }

    let state = Mutex(State())

    static func track(_ id: String) -> Track {
        Track(
            id: "youtube:\(id)", title: "Song \(id)", duration: .seconds(100), pageURL: "https://youtu.be/\(id)",
            source: .extracted(site: "youtube", id: id, url: "https://youtu.be/\(id)"))
    }

    private func note(_ question: String) throws(MusicError) {
        let failure = state.withLock { state in
            state.asked.append(question)
            return state.failures[question]
        }
        if let failure { throw failure }
    }

    var asked: [String] { state.withLock { $0.asked } }

    func search(_ words: String, limit: Int) async throws(MusicError) -> [Track] {
        try note("search \(words)")
        return words == "nothing" ? [] : (1...limit).map { Self.track("\(words)\($0)") }
    }

    func lookUp(_ url: String, limit: Int) async throws(MusicError) -> Extraction {
        try note("look up \(url)")
        if url.contains("list") { return .playlist(name: "List", tracks: (0..<500).map { Self.track("\($0)") }) }
        return .song(song("x", way: 0))
    }

    func stream(of url: String, way: Int) async throws(MusicError) -> ExtractedSong {
        try note("stream \(way)")
        return song("x", way: way)
    }

    private func song(_ id: String, way: Int) -> ExtractedSong {
        state.withLock { state in
            ExtractedSong(
                track: Self.track(id), audioURL: "https://media.example/\(id)/\(way)", headers: ["A": "b"],
                expires: state.expires, availableAt: state.availableAt)
        }
    }
}

/// Media whose probes tell a title and a length, or fail.
private final class FakeProbes: MediaOpening {
    let probed = Mutex<[MediaSource]>([])
    func open(_ request: MediaRequest) async throws(MediaError) -> any AudioStream { throw .notFound }
    func probe(_ source: MediaSource) async throws(MediaError) -> MediaInfo {
        probed.withLock { $0.append(source) }
        if case .http(let url, _) = source, url.contains("bad") { throw .unsupported("html") }
        return MediaInfo(
            duration: .seconds(61), codec: "flac", sampleRate: 44100, channels: 1, passthrough: false,
            title: "Für Elise",
            artist: "Beethoven")
    }
}

/// A folder with a library in it, and a secret outside it.
private struct Shelf {
    let folder = FileManager.default.temporaryDirectory.appending(path: "library-\(UUID().uuidString)")
    let media = FakeProbes()
    let extractor = FakeExtractor()
    let clock = ManualClock()

    init() throws {
        let songs = folder.appending(path: "songs/deep")
        try FileManager.default.createDirectory(at: songs, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: folder.appending(path: "songs/waltz_no-2.opus"))
        try Data("x".utf8).write(to: folder.appending(path: "songs/deep/elise.flac"))
        try Data("x".utf8).write(to: folder.appending(path: "songs/notes.txt"))
        try Data("secret".utf8).write(to: folder.appending(path: "secret.opus"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "songs/link.opus"), withDestinationURL: folder.appending(path: "secret.opus"))
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "songs/again.flac"), withDestinationURL: songs.appending(path: "elise.flac"))
        try FileManager.default.createSymbolicLink(at: songs.appending(path: "loop"), withDestinationURL: folder)
    }

    var library: MusicLibrary { MusicLibrary(folder: folder.appending(path: "songs").path, time: clock) }

    func resolver(extractor: Bool = true) -> TrackResolver {
        TrackResolver(
            library: library, extractor: extractor ? self.extractor : nil, media: media, time: clock,
            wallClock: { 1_000_000 + self.clock.now / .seconds(1) }, logger: Logger("test"))
    }
}

@Suite(.timeLimit(.minutes(5))) struct MusicLibraryTests {
    @Test func itListsSongsInsideTheFolderOnly() throws {
        let library = try Shelf().library
        #expect(
            library.tracks().map(\.id) == ["library:again.flac", "library:deep/elise.flac", "library:waltz_no-2.opus"])
        #expect(library.search("walt 2", limit: 5).map(\.title) == ["waltz no 2"])
        #expect(library.song(named: "Waltz No 2")?.id == "library:waltz_no-2.opus")
    }

    @Test(arguments: [
        "../secret.opus", "deep/../../secret.opus", "/etc/passwd", "link.opus", "", ".", "deep",
        "deep/loop/secret.opus",
        "waltz_no-2.opus\0.mp3", "nothing.mp3",
    ])
    func itNeverLeavesTheFolder(name: String) throws {
        let library = try Shelf().library
        #expect(throws: MusicError.self) { try library.path(of: name) }
    }

    @Test func newSongsAppear() async throws {
        let shelf = try Shelf()
        let library = shelf.library
        #expect(library.tracks().count == 3)
        try Data("x".utf8).write(to: shelf.folder.appending(path: "songs/new.mp3"))
        #expect(library.tracks().count == 3)
        await shelf.clock.advance(by: .seconds(11))
        #expect(library.tracks().count == 4)
    }

    @Test func aFolderThatIsNotThereIsAnEmptyLibrary() {
        #expect(MusicLibrary(folder: "/no/such/folder").tracks().isEmpty)
    }
}

@Suite(.timeLimit(.minutes(5))) struct TrackResolverTests {
    @Test func wordsMeanTheLibraryBeforeTheSite() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        guard case .track(let track) = try await resolver.resolve("waltz") else {
            Issue.record("not one track")
            return
        }
        #expect(track.title == "Für Elise" && track.author == "Beethoven" && track.duration == .seconds(61))
        #expect(shelf.extractor.asked.isEmpty)
        // The tags were read once; from now on the song is found by them too.
        _ = try await resolver.resolve("library:waltz_no-2.opus")
        #expect(shelf.media.probed.withLock { $0.count } == 1)
        #expect(await resolver.complete("fur el").map(\.id) == ["library:waltz_no-2.opus"])
        let path = shelf.folder.appending(path: "songs/waltz_no-2.opus").path
        #expect(try await resolver.source(of: track, attempt: 0) == .file(path: path))
    }

    @Test func otherWordsAreSearchedOnceAndRemembered() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        for _ in 0..<3 {
            guard case .search(let tracks) = try await resolver.resolve("abba", limit: 3) else {
                Issue.record("not a search")
                return
            }
            #expect(tracks.map(\.id) == ["youtube:abba1", "youtube:abba2", "youtube:abba3"])
        }
        #expect(shelf.extractor.asked == ["search abba"])
        await #expect(throws: MusicError.nothingFound(words: "nothing")) { try await resolver.resolve("nothing") }
        await #expect(throws: MusicError.nothingFound(words: "nothing")) { try await resolver.resolve("nothing") }
        #expect(shelf.extractor.asked == ["search abba", "search nothing"])
        await shelf.clock.advance(by: .seconds(31))
        await #expect(throws: MusicError.nothingFound(words: "nothing")) { try await resolver.resolve("nothing") }
        #expect(shelf.extractor.asked.count == 3)
    }

    @Test func passingTroubleIsNotRemembered() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        shelf.extractor.state.withLock { $0.failures["search abba"] = .network }
        await #expect(throws: MusicError.network) { try await resolver.resolve("abba") }
        shelf.extractor.state.withLock { $0.failures = [:] }
        #expect(try await resolver.resolve("abba").first != nil)
    }

    @Test func addressesOfSitesAreLookedUpAndListsAreBounded() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        guard case .playlist("List", let tracks) = try await resolver.resolve("https://youtube.com/playlist?list=1")
        else {
            Issue.record("not a list")
            return
        }
        #expect(tracks.count == 100)
        #expect(try await resolver.resolve("https://youtu.be/x").first?.id == "youtube:x")
    }

    @Test func addressesOfMediaAreProbed() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        let url = "https://example.org/a/song.flac?x=1"
        let track = try #require(try await resolver.resolve(url).first)
        #expect(track.source == .url(url) && track.title == "Für Elise" && track.duration == .seconds(61))
        #expect(try await resolver.source(of: track, attempt: 0) == .http(url: url, headers: [:]))
        await #expect(throws: MusicError.media(.unsupported("html"))) {
            try await resolver.resolve("https://example.org/bad.html")
        }
    }

    @Test(arguments: ["file:///etc/passwd", "http://127.0.0.1:8000/x", "http://169.254.169.254/latest", "https://"])
    func hostileAddressesReachNobody(text: String) async throws {
        let shelf = try Shelf()
        await #expect(throws: MusicError.self) { try await shelf.resolver().resolve(text) }
        #expect(shelf.extractor.asked.isEmpty && shelf.media.probed.withLock { $0.isEmpty })
        let track = Track(id: "url:x", title: "x", source: .url(text))
        await #expect(throws: MusicError.self) { try await shelf.resolver().source(of: track, attempt: 0) }
    }

    @Test func audioAddressesAreUsedUntilTenMinutesBeforeTheirEnd() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        shelf.extractor.state.withLock { $0.expires = 1_000_000 + 21_600 }
        let track = FakeExtractor.track("x")
        for _ in 0..<3 { _ = try await resolver.source(of: track, attempt: 0) }
        #expect(shelf.extractor.asked == ["stream 0"])
        await shelf.clock.advance(by: .seconds(20_990))
        _ = try await resolver.source(of: track, attempt: 0)
        #expect(shelf.extractor.asked.count == 1)
        await shelf.clock.advance(by: .seconds(20))
        _ = try await resolver.source(of: track, attempt: 0)
        #expect(shelf.extractor.asked.count == 2)
    }

    @Test func aRefusedAddressIsForgottenAndAskedForByAnotherWay() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        let track = FakeExtractor.track("x")
        _ = try await resolver.source(of: track, attempt: 0)
        let second = try await resolver.source(of: track, attempt: 1)
        #expect(second == .http(url: "https://media.example/x/1", headers: ["A": "b"]))
        #expect(try await resolver.source(of: track, attempt: 0) == second)
        #expect(shelf.extractor.asked == ["stream 0", "stream 1"])
    }

    @Test func theSlowWayHelpsWhereTheFastOneCannot() async throws {
        let shelf = try Shelf()
        shelf.extractor.state.withLock { $0.failures["stream 0"] = .unavailable }
        _ = try await shelf.resolver().source(of: FakeExtractor.track("x"), attempt: 0)
        #expect(shelf.extractor.asked == ["stream 0", "stream 1"])
    }

    @Test func anAddressForLaterIsWaitedFor() async throws {
        let shelf = try Shelf()
        shelf.extractor.state.withLock { $0.availableAt = 1_000_004 }
        let resolver = shelf.resolver()
        async let source = resolver.source(of: FakeExtractor.track("x"), attempt: 0)
        await shelf.clock.waitForSleepers(1)
        await shelf.clock.advance(by: .seconds(4))
        #expect(try await source == .http(url: "https://media.example/x/0", headers: ["A": "b"]))
    }

    @Test func withoutAnExtractorSitesAreRefusedAndTheRestWorks() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver(extractor: false)
        let error = await #expect(throws: MusicError.self) { try await resolver.resolve("https://youtu.be/x") }
        if case .extractorMissing = error {} else { Issue.record("\(String(describing: error))") }
        #expect(try await resolver.resolve("waltz").first != nil)
        #expect(try await resolver.resolve("https://example.org/a.mp3").first != nil)
    }

    @Test func directAddressesAreOfferedToNobodyElse() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        let track = try #require(try await resolver.resolve("https://example.org/a.mp3?key=secret").first)
        _ = try await resolver.source(of: track, attempt: 0)
        #expect(await !resolver.complete("", limit: 25).contains { $0.id.contains("secret") })
    }

    @Test func completionKnowsTheLibraryAndWhatWasPlayed() async throws {
        let shelf = try Shelf()
        let resolver = shelf.resolver()
        _ = try await resolver.source(of: FakeExtractor.track("walzer"), attempt: 0)
        #expect(await resolver.complete("", limit: 25).count == 4)
        #expect(await resolver.complete("song wal").map(\.id) == ["youtube:walzer"])
        #expect(try await resolver.resolve("youtube:walzer").first == FakeExtractor.track("walzer"))
        #expect(shelf.extractor.asked == ["stream 0"])
    }
}
