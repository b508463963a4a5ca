import MediaPipeline
import TestSupport
import Testing

@testable import MusicEngine

private func frames(_ song: Int, _ range: Range<Int>) -> [[Int]] { range.map { [song, $0] } }

@Suite struct PlayerMachineTests {
    private typealias Stage = PaperStage

    @Test func aSongIsOpenedHeardAndFollowed() throws {
        var stage = Stage()
        stage.lengths = ["1": 30, "2": 12]
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        #expect(stage.machine.state == .loading)
        #expect(stage.open.map(\.track.id) == ["1"])
        #expect(stage.warmed.map(\.id) == ["2"])
        stage.playOut(1)
        #expect(stage.machine.state == .playing)
        stage.playOut(60)
        #expect(stage.heard == frames(1, 0..<30) + frames(2, 0..<12))
        #expect(stage.machine.state == .idle)
        let names = stage.events.compactMap { event -> String? in
            switch event {
            case .trackStarted(let entry): "start \(entry.track.id)"
            case .trackEnded(let entry, let end): "\(end) \(entry.track.id)"
            case .queueEnded: "end"
            default: nil
            }
        }
        #expect(names == ["start 1", "finished 1", "start 2", "finished 2", "end"])
    }

    @Test func noTickFindsTheOutputEmptyBetweenTwoSongs() throws {
        var stage = Stage()
        stage.lengths = ["1": 15, "2": 50]
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        stage.deliver(3)
        for _ in 0..<40 {
            #expect(!stage.output.isEmpty)
            stage.play(1)
            stage.look()
            stage.deliver(2)
        }
        #expect(stage.heard == frames(1, 0..<15) + frames(2, 0..<25))
    }

    @Test func skippingCutsAtTheFrame() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        stage.playOut(25)
        try stage.cut { try $0.skip() }
        #expect(stage.output.isEmpty)
        stage.playOut(5)
        #expect(stage.heard == frames(1, 0..<25) + frames(2, 0..<5))
        #expect(stage.events.contains { if case .trackEnded(_, .skipped) = $0 { true } else { false } })
    }

    @Test func seekingIsExactInsideAndOutsideTheBuffer() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1, seconds: 100)], at: .end) }
        stage.playOut(10)
        let before = stage.open
        try stage.cut { try $0.seek(to: 15) }
        #expect(stage.open == before, "the frame was in the buffer")
        stage.playOut(5)
        try stage.cut { try $0.seek(to: 4000) }
        #expect(stage.machine.current?.feed.position == 4000)
        stage.playOut(5)
        try stage.cut { try $0.seek(to: 0) }
        stage.playOut(3)
        let parts = [frames(1, 0..<10), frames(1, 15..<20), frames(1, 4000..<4005), frames(1, 0..<3)]
        #expect(stage.heard == parts.flatMap(\.self))
        #expect(throws: MusicError.seekBeyondEnd(duration: .seconds(100))) {
            try stage.cut { try $0.seek(to: 5000) }
        }
    }

    @Test func anyLengthThatAFileStatesCanBeSoughtIn() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1)], at: .end) }
        stage.playOut(10)
        stage.machine.current?.info = MediaInfo(
            duration: .nanoseconds(Int64.max), codec: "flac", sampleRate: 48_000, channels: 2, passthrough: false)
        try stage.cut { try $0.seek(to: 4000) }
        #expect(stage.machine.current?.feed.position == 4000)
    }

    @Test func aVolumeChangeLosesAndRepeatsNothing() throws {
        var stage = Stage()
        stage.lengths = ["1": 60]
        try stage.change { try $0.enqueue([Stage.song(1)], at: .end) }
        stage.playOut(20)
        stage.change { $0.setVolume(50) }
        #expect(stage.open.count == 2, "the old delivery goes on until the new one has caught up")
        for _ in 0..<3 {
            stage.play(1)
            stage.look()
        }
        stage.playOut(60)
        #expect(stage.heard == frames(1, 0..<60))
        let loud = stage.played.filter { $0[4] == 100 }.count
        #expect((23...30).contains(loud))
        #expect(stage.played.dropFirst(loud).allSatisfy { $0[4] == 50 })
    }

    @Test func aLostWorkerContinuesAtTheFrameWithoutAGap() throws {
        var stage = Stage()
        stage.lengths = ["1": 100]
        try stage.change { try $0.enqueue([Stage.song(1)], at: .end) }
        stage.playOut(30)
        let lost = try #require(stage.open.first)
        stage.change { $0.failed(lost.stream, StreamFailure(.workerLost, "lost")) }
        let again = try #require(stage.open.first)
        #expect(again.stream != lost.stream)
        #expect(again.frame == stage.machine.current?.feed.frontier)
        #expect(again.delay == .zero)
        // Late frames of the lost delivery are not heard.
        stage.machine.received([Stage.packet("1", 999, volume: 100)], from: lost.stream)
        for _ in 0..<100 {
            #expect(!stage.output.isEmpty || stage.machine.state == .idle)
            stage.playOut(1)
        }
        #expect(stage.heard == frames(1, 0..<100))
        #expect(stage.events.contains { if case .recovered = $0 { true } else { false } })
    }

    @Test func aRefusedAddressIsAskedForAgainByAnotherWay() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1)], at: .end) }
        for attempt in 0..<3 {
            let order = try #require(stage.open.first)
            #expect(order.attempt == attempt)
            stage.change { $0.failed(order.stream, StreamFailure(.addressRefused, "refused")) }
        }
        #expect(stage.machine.state == .idle)
        #expect(stage.machine.lastProblem == "refused")
    }

    @Test func threeFailuresInARowStopThePlayer() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue((1...5).map { Stage.song($0) }, at: .end) }
        for _ in 0..<3 {
            let order = try #require(stage.open.first)
            stage.change { $0.failed(order.stream, StreamFailure(.final, "broken")) }
        }
        #expect(stage.open.isEmpty)
        #expect(stage.machine.state == .idle)
        #expect(stage.machine.queue.map(\.track.id) == ["4", "5"])
        #expect(stage.events.contains { if case .gaveUp = $0 { true } else { false } })
        try stage.cut { try $0.skip() }
        #expect(stage.open.map(\.track.id) == ["4"])
    }

    @Test func aThirdFailureWhileASongIsHeardLetsThatSongEnd() throws {
        var stage = Stage()
        stage.lengths = ["3": 10]
        stage.held = ["4"]
        try stage.change { try $0.enqueue((1...6).map { Stage.song($0) }, at: .end) }
        for _ in 0..<2 {
            let order = try #require(stage.open.first)
            stage.change { $0.failed(order.stream, StreamFailure(.final, "broken")) }
        }
        stage.playOut(8)
        let order = try #require(stage.open.first { $0.track.id == "4" })
        stage.change { $0.failed(order.stream, StreamFailure(.final, "broken")) }
        #expect(!stage.events.contains { if case .gaveUp = $0 { true } else { false } })
        stage.playOut(3)
        #expect(stage.events.contains { if case .gaveUp = $0 { true } else { false } })
        #expect(stage.heard == frames(3, 0..<10))
        #expect(stage.machine.queue.map(\.track.id) == ["5", "6"])
    }

    @Test(arguments: LoopMode.allCases) func aSongWithoutSoundIsAFailureEvenInALoop(mode: LoopMode) throws {
        var stage = Stage()
        stage.lengths = ["1": 0]
        stage.change { $0.setLoop(mode) }
        try stage.change { try $0.enqueue([Stage.song(1)], at: .end) }
        stage.deliver(1)
        #expect(stage.machine.state == .idle)
        #expect(stage.machine.lastProblem == MusicError.empty.sentence)
        #expect(stage.machine.queue.isEmpty)
    }

    @Test func whatIsBufferedOfAFailedSongIsStillHeard() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        stage.playOut(10)
        let end = try #require(stage.machine.current?.feed.frontier)
        let order = try #require(stage.open.first)
        stage.change { $0.failed(order.stream, StreamFailure(.final, "broken")) }
        stage.playOut(end)
        #expect(stage.heard == frames(1, 0..<end) + frames(2, 0..<10))
        #expect(stage.events.contains { if case .trackEnded(_, .failed) = $0 { true } else { false } })
    }

    @Test func loopsRepeatWithoutAGap() throws {
        var stage = Stage()
        stage.lengths = ["1": 12, "2": 12]
        stage.change { $0.setLoop(.track) }
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        stage.playOut(30)
        #expect(stage.heard == frames(1, 0..<12) + frames(1, 0..<12) + frames(1, 0..<6))
        stage.cut { $0.setLoop(.queue) }
        stage.playOut(30)
        #expect(Array(stage.heard.dropFirst(30)) == frames(1, 6..<12) + frames(2, 0..<12) + frames(1, 0..<12))
    }

    @Test func removingThePreparedSongKeepsTheRestOfTheCurrentOne() throws {
        var stage = Stage()
        stage.lengths = ["1": 20, "2": 20, "3": 20]
        try stage.change { try $0.enqueue((1...3).map { Stage.song($0) }, at: .end) }
        stage.playOut(14)
        #expect(stage.machine.nextIsPushed)
        try stage.cut { _ = try $0.remove(at: 0) }
        stage.playOut(20)
        #expect(stage.heard == frames(1, 0..<20) + frames(3, 0..<14))
    }

    @Test func aBroadcastReconnectsAndCannotBeSought() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1, live: true)], at: .end) }
        stage.playOut(10)
        #expect(throws: MusicError.liveCannotSeek) { try stage.cut { try $0.seek(to: 1) } }
        let order = try #require(stage.open.first)
        let before = try #require(stage.machine.current?.feed.frontier)
        stage.change { $0.ended(order.stream) }
        #expect(stage.open.first?.frame == 0)
        stage.playOut(40)
        // The frames of the new connection are numbered anew; they follow those of the old one.
        #expect(stage.heard == frames(1, 0..<before) + frames(1, 0..<(50 - before)))
        #expect(stage.machine.current?.feed.position == 50)
    }

    @Test func aDeliveryThatEndsEarlyIsOpenedAgainOnce() throws {
        var stage = Stage()
        stage.lengths = ["1": 40]
        try stage.change { try $0.enqueue([Stage.song(1, seconds: 60)], at: .end) }
        stage.playOut(60)
        #expect(stage.heard == frames(1, 0..<40))
        #expect(stage.machine.state == .idle)
        #expect(stage.machine.lastProblem == nil)
    }

    @Test func previousPlaysTheLastSongAgainAndThenThisOne() throws {
        var stage = Stage()
        stage.lengths = ["1": 10, "2": 10]
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        stage.playOut(15)
        try stage.cut { try $0.previous() }
        stage.playOut(25)
        #expect(stage.heard == frames(1, 0..<10) + frames(2, 0..<5) + frames(1, 0..<10) + frames(2, 0..<10))
    }

    @Test func theQueueIsBounded() throws {
        var stage = Stage { $0.queueLimit = 3 }
        try stage.change { try $0.enqueue((1...3).map { Stage.song($0) }, at: .end) }
        #expect(throws: MusicError.queueFull(limit: 3)) {
            try stage.change { try $0.enqueue((1...2).map { Stage.song($0) }, at: .end) }
        }
        #expect(stage.machine.queue.count == 2)
    }

    @Test func framesThatNoOutputTakesAreLeftOut() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1)], at: .end) }
        let stream = try #require(stage.open.first).stream
        let odd = [OpusPacket(bytes: [], index: 0), OpusPacket(bytes: .init(repeating: 0, count: 1276), index: 1)]
        stage.change { $0.received(odd, from: stream) }
        #expect(stage.machine.current?.feed.count == 0)
    }

    @Test func stoppingForgetsEverything() throws {
        var stage = Stage()
        try stage.change { try $0.enqueue([Stage.song(1), Stage.song(2)], at: .end) }
        stage.playOut(10)
        try stage.change { try $0.pause() }
        stage.cut { $0.stop() }
        #expect(stage.open.isEmpty && stage.output.isEmpty && !stage.isPaused)
        #expect(stage.machine.state == .idle)
        #expect(throws: MusicError.nothingPlaying) { try stage.change { try $0.resume() } }
    }
}
