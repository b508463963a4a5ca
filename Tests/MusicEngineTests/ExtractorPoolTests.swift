import FoundationEssentials
import ServiceKit
import TestSupport
import Testing

@testable import MusicEngine

@Suite(.timeLimit(.minutes(5))) struct ExtractorPoolTests {
    private let site = "https://93.184.216.34/"

    @Test func theRealExtractorAnswersThroughThePool() async throws {
        let site = site
        try await PoolStage().withRealExtractor { pool in
            let tracks = try await pool.search("two words", limit: 3)
            #expect(tracks.map(\.title) == ["two words 0", "two words 1", "two words 2"])
            #expect(
                tracks[0].source == .extracted(site: "youtube", id: "id0", url: "https://www.youtube.com/watch?v=id0"))
            guard case .song(let song) = try await pool.lookUp(site + "abc", limit: 5) else {
                Issue.record("no song")
                return
            }
            #expect(song.track.id == "youtube:abc")
            #expect(song.track.duration == .milliseconds(12500))
            #expect(song.audioURL.hasPrefix("https://media.example/251"))
            #expect(song.expires == 2_000_000_000)
            guard case .playlist("A list", let list) = try await pool.lookUp(site + "list", limit: 7) else {
                Issue.record("no list")
                return
            }
            #expect(list.count == 7)
            let slow = try await pool.stream(of: site + "abc", way: 1)
            #expect(slow.track.title.hasSuffix("default"))
        }
    }

    @Test(arguments: [
        ("private", MusicError.privateSong), ("age", .ageRestricted), ("region", .regionBlocked), ("bot", .botCheck),
        ("gone", .unavailable), ("network", .network), ("odd", .extractorFailed), ("crash", .extractorFailed),
    ])
    func itsErrorsAreTyped(name: String, expected: MusicError) async throws {
        let site = site
        try await PoolStage().withRealExtractor { pool in
            await #expect(throws: expected) { try await pool.stream(of: site + name, way: 0) }
            let song = try await pool.stream(of: site + "abc", way: 0)
            #expect(song.track.id == "youtube:abc")
        }
    }

    @Test func addressesOfPrivateNetworksAndFilesAreRefused() async throws {
        try await PoolStage().withRealExtractor { pool in
            await #expect(throws: MusicError.privateAddressRefused) {
                try await pool.lookUp("http://127.0.0.1/a", limit: 1)
            }
            await #expect(throws: MusicError.unsupported) { try await pool.lookUp("file:///etc/passwd", limit: 1) }
        }
    }

    @Test func anExtractionThatHangsEndsAtItsDeadline() async throws {
        let site = site
        try await PoolStage().withRealExtractor(change: { $0.deadline = .seconds(5) }) { pool in
            await #expect(throws: MusicError.timedOut) { try await pool.stream(of: site + "hang", way: 0) }
            let song = try await pool.stream(of: site + "abc", way: 0)
            #expect(song.track.id == "youtube:abc")
            #expect(pool.statistics.timeouts == 1)
        }
    }

    /// A process that is stuck so that not even its own alarm helps.
    @Test func theWatchdogKillsAStuckProcess() async throws {
        let stage = try PoolStage()
        let script = """
            def answer(request):
                if request["query"] == "hang":
                    import signal
                    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGALRM, signal.SIGINT})
                    time.sleep(60)
                return ok(request, tracks=[song(request["query"])])
            """
        try await stage.withPool(
            script: script,
            change: {
                $0.workers = 1...1
                $0.deadline = .seconds(5)
                $0.grace = .zero
            }
        ) { pool in
            await #expect(throws: MusicError.timedOut) { try await pool.search("hang", limit: 1) }
            let titles = try await pool.search("fine", limit: 1).map(\.title)
            #expect(titles == ["fine"])
            #expect(pool.statistics.timeouts == 1)
        }
        #expect(stage.notes == "SS", "a second process was started")
    }

    @Test(arguments: [
        #"print("no json", flush=True); return ok(request)"#, #"os._exit(3)"#, #"print("x" * 3_000_000, flush=True)"#,
        #"return {"id": 999, "ok": True, "result": {}}"#, #"return {"id": request["id"], "ok": "perhaps"}"#,
        #"os.close(1); time.sleep(60)"#, #"return [1, 2]"#, #"sys.stdout.write("{"); sys.stdout.flush(); os._exit(0)"#,
    ])
    func nonsenseReplacesTheProcess(badness: String) async throws {
        let script = """
            def answer(request):
                if request["query"] == "bad":
                    \(badness)
                return ok(request, tracks=[song(request["query"])])
            """
        try await PoolStage().withPool(script: script) { pool in
            await #expect(throws: MusicError.extractorFailed) { try await pool.search("bad", limit: 1) }
            let titles = try await pool.search("fine", limit: 1).map(\.title)
            #expect(titles == ["fine"])
            #expect(pool.statistics.crashes == 1)
        }
    }

    @Test func withoutPythonEveryCallSaysSo() async throws {
        try await PoolStage.run(ExtractorConfiguration(python: "no-such-python", script: "none.py")) { pool in
            await #expect(throws: MusicError.extractorMissing(fix: ExtractorPool.missingPython)) {
                try await pool.search("words", limit: 1)
            }
            await #expect(throws: MusicError.extractorMissing(fix: ExtractorPool.missingPython)) {
                try await pool.stream(of: "https://93.184.216.34/a", way: 1)
            }
            #expect(pool.statistics.problem?.contains("Python") == true)
        }
    }

    @Test func withoutYtDlpEveryCallSaysSo() async throws {
        let stage = try PoolStage()
        try Data("raise ImportError('not here')".utf8).write(to: stage.folder.appending(path: "yt_dlp.py"))
        try await stage.withRealExtractor(packages: stage.folder) { pool in
            await #expect(throws: MusicError.extractorMissing(fix: ExtractorPool.missingPackage)) {
                try await pool.search("words", limit: 1)
            }
        }
    }

    @Test func equalQuestionsShareOneAnswer() async throws {
        let stage = try PoolStage()
        let script = """
            def answer(request):
                note("q")
                time.sleep(0.2)
                return ok(request, tracks=[song("a")])
            """
        try await stage.withPool(script: script) { pool in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await pool.search("same", limit: 1).count } }
                for try await count in group { #expect(count == 1) }
            }
        }
        #expect(stage.notes.filter { $0 == "q" }.count == 1)
    }

    /// Each of the two requests ends only when the other has begun.
    @Test func twoRequestsRunAtOnceInTwoProcesses() async throws {
        let script = """
            def answer(request):
                note("b")
                while notes().count("b") < 2:
                    time.sleep(0.01)
                return ok(request, tracks=[song("a")])
            """
        try await PoolStage().withPool(script: script) { pool in
            async let first = pool.search("one", limit: 1)
            async let second = pool.search("two", limit: 1)
            let counts = try await [first.count, second.count]
            #expect(counts == [1, 1])
            #expect(pool.statistics.workers == 2)
        }
    }

    @Test func onlyOneSlowRequestRunsAtATime() async throws {
        let stage = try PoolStage()
        let script = """
            def answer(request):
                note("b")
                time.sleep(0.05)
                note("e")
                return ok(request, song=song("a"))
            """
        let site = site
        try await stage.withPool(script: script, change: { $0.workers = 2...2 }) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 {
                    group.addTask { _ = try await pool.stream(of: site + "\(number)", way: 1) }
                }
                try await group.waitForAll()
            }
        }
        #expect(stage.notes.filter { $0 != "S" } == String(repeating: "be", count: 6))
    }

    @Test func anOldProcessIsReplaced() async throws {
        let stage = try PoolStage()
        let script = "def answer(request): return ok(request, tracks=[song(str(os.getpid()))])"
        try await stage.withPool(
            script: script,
            change: {
                $0.requestLimit = 3
                $0.workers = 1...1
            }
        ) { pool in
            // The first request of each process is the question for its versions.
            var processes: [String] = []
            for number in 0..<6 { processes += try await pool.search("\(number)", limit: 1).map(\.title) }
            #expect(Set(processes).count == 3)
            #expect(processes[0] == processes[1] && processes[1] != processes[2])
        }
    }

    @Test func aSiteThatKeepsFailingIsLeftAlone() async throws {
        let stage = try PoolStage()
        let script = """
            def answer(request):
                note("q")
                return no(request, "network")
            """
        try await stage.withPool(script: script) { pool in
            for number in 0..<5 {
                await #expect(throws: MusicError.network) { try await pool.search("\(number)", limit: 1) }
            }
            let error = await #expect(throws: MusicError.self) { try await pool.search("once more", limit: 1) }
            if case .extractorBusy = error {} else { Issue.record("\(String(describing: error))") }
        }
        #expect(stage.notes.filter { $0 == "q" }.count == 5)
    }

    @Test func aCancelledProbeIsNotTheLast() async throws {
        let (stage, clock, site) = (try PoolStage(), ManualClock(), site)
        let script = """
            def answer(request):
                note("q")
                return ok(request, song=song("a")) if notes().count("q") > 5 else no(request, "network")
            """
        try await stage.withPool(script: script, time: clock, change: { $0.workers = 1...1 }) { pool in
            for number in 0..<5 {
                await #expect(throws: MusicError.network) { try await pool.stream(of: site + "\(number)", way: 1) }
            }
            await clock.advance(by: .seconds(2))
            let probe = Task { try await pool.stream(of: site + "probe", way: 1) }
            probe.cancel()
            _ = await probe.result
            // The caller is let go at once, its flight a moment later; a breaker that waited for ever would refuse for ever.
            var song: ExtractedSong?
            while song == nil {
                do {
                    song = try await pool.stream(of: site + "song", way: 1)
                } catch MusicError.extractorBusy {
                    await Task.yield()
                }
            }
            #expect(song?.track.title == "a")
        }
    }

    @Test func afterTheEndNothingWaits() async throws {
        let pool = try await PoolStage().withPool(script: "def answer(request): return ok(request, tracks=[])") { $0 }
        await #expect(throws: MusicError.cancelled) { try await pool.search("words", limit: 1) }
    }
}
