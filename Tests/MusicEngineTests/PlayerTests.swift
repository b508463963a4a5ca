import DiscordModel
import MediaPipeline
import MusicEngine
import ServiceKit
import TestSupport
import Testing

/// A running player between fakes, on a clock that the test moves.
private struct Room: Sendable {
    let clock = ManualClock()
    let output = FakeOutput()
    let media: FakeMedia
    let player: Player
    let events: PlayerEvents

    init(_ songs: [String: FakeMedia.Song], change: (inout PlayerSettings) -> Void = { _ in }) {
        media = FakeMedia(songs)
        var settings = PlayerSettings()
        change(&settings)
        player = Player(
            guild: 1, output: output, opener: media, media: media, settings: settings, time: clock,
            logger: Logger("test"))
        events = player.subscribe()
    }

    /// Runs `body` while the player runs.
    func run(_ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await player.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    func enqueue(_ numbers: Int..., live: Bool = false) async throws {
        try await player.enqueue(numbers.map { FakeMedia.track($0, live: live) })
    }

    /// Waits until something holds; the suite's time limit ends a wait in vain. Time goes on meanwhile, for what a player
    /// does when it looks again by itself.
    func until(_ condition: @Sendable () -> Bool) async {
        var turns = 0
        while !condition(), !Task.isCancelled {
            await Task.yield()
            turns += 1
            if turns % 200 == 0 { await clock.advance(by: .milliseconds(20)) }
        }
    }

    /// Lets the sender take frames, each after 20 ms of the clock; waits for each frame to be there.
    func play(_ count: Int) async {
        for _ in 0..<count {
            var turns = 0
            while output.count == 0, player.snapshot.state != .idle, !Task.isCancelled {
                await player.afterCurrentWork()
                await Task.yield()
                turns += 1
                // Time goes on for a player that looked at the clock after the sender had emptied the output.
                if turns % 200 == 0 { await clock.advance(by: .milliseconds(20)) }
            }
            // What filled the output must also have told its snapshot.
            await player.afterCurrentWork()
            output.tick()
            await clock.advance(by: .milliseconds(20))
        }
    }

    /// The next event that `pick` accepts.
    func next<Picked: Sendable>(_ pick: (PlayerEvent) -> Picked?) async throws -> Picked {
        while let event = await events.next() {
            if let picked = pick(event) { return picked }
        }
        throw CancellationError()
    }
}

extension Player {
    /// Returns when what the player is doing right now is done.
    fileprivate func afterCurrentWork() {}
}

private func frames(_ song: Int, _ range: Range<Int>) -> [[Int]] { range.map { [song, $0] } }

@Suite(.timeLimit(.minutes(5))) struct PlayerTests {
    @Test func songsFollowEachOtherAndThePositionIsExact() async throws {
        let room = Room(["1": .init(frames: 700), "2": .init(frames: 300)])
        try await room.run {
            try await room.enqueue(1, 2)
            for tick in 1...700 {
                await room.play(1)
                let snapshot = room.player.snapshot
                if tick < 700 { #expect(snapshot.position == .milliseconds(20 * tick)) }
                // The second song is opened ten seconds before the first ends, not earlier.
                if tick == 190 { #expect(room.media.requests.count == 1) }
                if tick == 215 { await room.until { room.media.requests.count == 2 } }
            }
            await room.play(300)
            await room.until { room.player.snapshot.state == .idle }
            #expect(room.output.heard == frames(1, 0..<700) + frames(2, 0..<300))
            await room.until { room.output.hasEnded && room.media.openStreams == 0 }
            #expect(room.media.warmed == ["2"])
            let first = try await room.next {
                if case .trackEnded(let entry, .finished) = $0 { entry.track.id } else { nil }
            }
            #expect(first == "1")
            try await room.next { if case .queueEnded = $0 { () } else { nil } }
        }
    }

    @Test func pausingHoldsAtOnceAndResumingGoesOn() async throws {
        let room = Room(["1": .init(frames: 400)])
        try await room.run {
            try await room.enqueue(1)
            await room.play(30)
            try await room.player.pause()
            #expect(room.output.isPaused)
            #expect(room.output.tick() == nil)
            await room.clock.advance(by: .seconds(30))
            #expect(room.player.snapshot.position == .milliseconds(600))
            #expect(room.player.snapshot.state == .paused)
            try await room.player.resume()
            await room.play(30)
            #expect(room.output.heard == frames(1, 0..<60))
        }
    }

    @Test func skippingIsHeardWithTheNextFrame() async throws {
        let room = Room(["1": .init(frames: 4000), "2": .init(frames: 4000)])
        try await room.run {
            try await room.enqueue(1, 2)
            await room.play(40)
            let skipped = try await room.player.skip()
            #expect(skipped?.track.id == "1")
            #expect(room.player.snapshot.current?.track.id == "2")
            await room.play(10)
            #expect(room.output.heard == frames(1, 0..<40) + frames(2, 0..<10))
        }
    }

    @Test func seekingIsExact() async throws {
        let room = Room(["1": .init(frames: 10_000)])
        try await room.run {
            try await room.enqueue(1)
            await room.play(20)
            try await room.player.seek(to: .milliseconds(100_030))
            // The frame that has begun at this moment ends before it; the next one is played.
            #expect(room.player.snapshot.position == .milliseconds(100_040))
            await room.play(20)
            #expect(room.output.heard == frames(1, 0..<20) + frames(1, 5002..<5022))
            await #expect(throws: MusicError.seekBeyondEnd(duration: .seconds(200))) {
                try await room.player.seek(to: .seconds(200))
            }
        }
    }

    @Test func aVolumeChangeLosesNothingWhileTheNewDeliveryIsSlow() async throws {
        let room = Room(["1": .init(frames: 1000)])
        try await room.run {
            try await room.enqueue(1)
            await room.play(100)
            room.media.hold("1")
            await room.player.setVolume(50)
            // 80 more frames are heard at the old volume before the new delivery opens.
            await room.play(80)
            #expect(room.output.taken.allSatisfy { $0[4] == 100 })
            room.media.release("1")
            await room.until { room.media.requests.count == 2 && room.player.snapshot.passthrough == false }
            await room.play(300)
            #expect(room.output.heard == frames(1, 0..<480))
            #expect(room.output.taken.suffix(200).allSatisfy { $0[4] == 50 })
            #expect(room.media.requests[1].volume == 0.5)
        }
    }

    @Test func aLostWorkerIsNotHeard() async throws {
        let room = Room(["1": .init(frames: 900, failures: [(400, .workerLost), (650, .workerLost)])])
        try await room.run {
            try await room.enqueue(1)
            await room.play(900)
            await room.until { room.player.snapshot.state == .idle }
            #expect(room.output.heard == frames(1, 0..<900))
            #expect(room.media.requests.map(\.startIndex) == [0, 400, 650])
            try await room.next { if case .recovered = $0 { () } else { nil } }
        }
    }

    @Test func aRefusedAddressIsAskedForAnewAndTheSongGoesOn() async throws {
        let room = Room(["1": .init(frames: 600, failures: [(0, .httpStatus(403)), (300, .httpStatus(403))])])
        try await room.run {
            try await room.enqueue(1)
            await room.play(600)
            await room.until { room.player.snapshot.state == .idle }
            #expect(room.output.heard == frames(1, 0..<600))
            #expect(room.media.attempts == [0, 1, 2])
        }
    }

    @Test func brokenSongsAreToldAndAfterThreeThePlayerStops() async throws {
        let broken = FakeMedia.Song(failures: [(0, .broken("at its head"))])
        let room = Room(["1": broken, "2": broken, "3": broken, "4": .init(frames: 100)])
        try await room.run {
            try await room.enqueue(1, 2, 3, 4)
            var failed: [String] = []
            for _ in 0..<3 {
                failed.append(
                    try await room.next { event in
                        guard case .trackFailed(let entry, let sentence) = event else { return nil }
                        #expect(sentence == MediaError.broken("at its head").description)
                        return entry.track.id
                    })
            }
            #expect(failed == ["1", "2", "3"])
            let sentence = try await room.next { if case .gaveUp(let sentence) = $0 { sentence } else { nil } }
            #expect(sentence.hasPrefix("3 songs in a row"))
            #expect(room.player.snapshot.state == .idle)
            #expect(room.player.snapshot.queue.map(\.track.id) == ["4"])
            try await room.player.resume()
            await room.play(100)
            #expect(room.output.heard == frames(4, 0..<100))
        }
    }

    @Test func anEmptySongIsAFailureAndTheNextOnePlays() async throws {
        let room = Room(["1": .init(frames: 0), "2": .init(frames: 60)])
        try await room.run {
            try await room.enqueue(1, 2)
            await room.play(60)
            #expect(room.output.heard == frames(2, 0..<60))
            let sentence = try await room.next { if case .trackFailed(_, let sentence) = $0 { sentence } else { nil } }
            #expect(sentence == MusicError.empty.sentence)
        }
    }

    @Test func anEndlessSongHoldsABoundedNumberOfFrames() async throws {
        let room = Room(["1": .init(frames: nil, tellsDuration: false)])
        try await room.run {
            try await room.enqueue(1)
            for _ in 0..<20 {
                await room.play(50)
                #expect(room.media.delivered - room.output.playedFrames <= 300 + 50)
            }
            #expect(room.output.heard == frames(1, 0..<1000))
        }
    }

    @Test func anInterruptedVoiceHoldsTheSongWithoutLoss() async throws {
        let room = Room(["1": .init(frames: 500)])
        try await room.run {
            try await room.enqueue(1)
            await room.play(100)
            // Nobody takes frames for a minute.
            await room.clock.advance(by: .seconds(60))
            #expect(room.player.snapshot.position == .seconds(2))
            await room.play(400)
            #expect(room.output.heard == frames(1, 0..<500))
        }
    }

    @Test func aBroadcastComesBackAfterADrop() async throws {
        let room = Room([
            "1": .init(frames: nil, isLive: true, failures: [(200, .unreachable("gone")), (0, .unreachable("gone"))])
        ])
        try await room.run {
            try await room.enqueue(1, live: true)
            await room.play(200)
            // The second try waits half a second of the clock.
            await room.until { room.media.requests.count >= 2 }
            await room.clock.waitForSleepers(1)
            await room.clock.advance(by: .milliseconds(500))
            await room.play(100)
            #expect(room.output.heard == frames(1, 0..<200) + frames(1, 0..<100))
            #expect(room.player.snapshot.position == .seconds(6))
            #expect(room.player.snapshot.isLive)
        }
    }

    @Test func quietIsToldOnce() async throws {
        let room = Room(["1": .init(frames: 20)]) { $0.idleLimit = .seconds(60) }
        try await room.run {
            try await room.enqueue(1)
            await room.play(20)
            await room.until { room.player.snapshot.state == .idle }
            await room.clock.waitForSleepers(1)
            await room.clock.advance(by: .seconds(61))
            let quiet = try await room.next { if case .idle(let time) = $0 { time } else { nil } }
            #expect(quiet == .seconds(60))
            #expect(room.events.count == 0)
        }
    }

    @Test func aSongQueuedWhileTheLastOneFadesFollowsIt() async throws {
        let room = Room(["1": .init(frames: 60), "2": .init(frames: 60)])
        try await room.run {
            try await room.enqueue(1)
            await room.play(30)
            await room.until { room.output.hasEnded }
            try await room.enqueue(2)
            await room.play(90)
            #expect(room.output.heard == frames(1, 0..<60) + frames(2, 0..<60))
            #expect(room.output.begins >= 2)
        }
    }

    @Test func theEndOfRunClosesEverything() async throws {
        let room = Room(["1": .init(frames: nil)])
        try await room.run {
            try await room.enqueue(1)
            await room.play(10)
        }
        #expect(room.media.openStreams == 0)
        #expect(room.output.count == 0)
        #expect(room.events.isFinished)
    }
}
