import AllocationCount
import DiscordVoice
import Glibc
import Synchronization
import TestSupport
import Testing

/// Keeps what was sent; `discarding` keeps only a count, without allocating.
final class CaptureSink: PacketSink {
    private let state = Mutex<(packets: [[UInt8]], count: Int)>(([], 0))
    private let keeps: Bool

    init(discarding: Bool = false) { keeps = !discarding }

    func send(_ packet: UnsafeRawBufferPointer) -> Bool {
        nonisolated(unsafe) let packet = unsafe packet
        state.withLock { state in
            state.count += 1
            if keeps { unsafe state.packets.append(Array(packet)) }
        }
        return true
    }

    var packets: [[UInt8]] { state.withLock { $0.packets } }
    var count: Int { state.withLock { $0.count } }
}

/// Answers from a list, then `last` for ever.
final class ScriptedSource: OpusFrameSource {
    private let script: Mutex<[FramePull]>
    private let last: FramePull

    init(_ script: [FramePull], then last: FramePull = .idle) {
        self.script = Mutex(script.reversed())
        self.last = last
    }

    func nextFrame(into buffer: UnsafeMutableRawBufferPointer) -> FramePull {
        let pull = script.withLock { $0.popLast() } ?? last
        if case .frame(let count) = pull {
            for index in 0..<max(0, min(count, buffer.count)) {
                unsafe buffer[index] = UInt8(truncatingIfNeeded: index &+ count)
            }
        }
        return pull
    }
}

/// Holds every frame back until it is released, and adds one byte then.
final class HoldingTransform: FrameTransform {
    let holds = Mutex(true)

    func transform(_ buffer: UnsafeMutableRawBufferPointer, byteCount: Int) -> FrameTransformation {
        guard !holds.withLock({ $0 }) else { return .hold }
        unsafe buffer[byteCount] = 0xDA
        return .ready(byteCount: byteCount + 1)
    }
}

@Suite struct VoiceSenderTests {
    static let key = [UInt8](repeating: 7, count: 32)

    /// A sender without a thread, one stream, and the way to read what it sent.
    struct Bench {
        let sender = VoiceSender(capacity: 8)
        let sink = CaptureSink()
        let cipher: TransportCipher
        let stream: PacketStream

        init(
            _ source: (any OpusFrameSource)?, sequence: UInt16 = 0, timestamp: UInt32 = 0,
            transform: (any FrameTransform)? = nil
        ) throws {
            cipher = try TransportCipher(.aes256GCM, key: key)
            stream = PacketStream(
                ssrc: 42, cipher: cipher, sink: sink, firstSequence: sequence, firstTimestamp: timestamp,
                source: source, transform: transform)
            try sender.add(stream)
        }

        func tick(_ times: Int = 1) {
            for _ in 0..<times { sender.tick(now: .zero) }
        }

        func sent() throws -> [RTPPacket] {
            let opener = try TransportCipher(.aes256GCM, key: key)
            return try sink.packets.map { try opener.open($0) }
        }
    }

    @Test func onePacketPerTickWithCountersThatWrap() throws {
        let bench = try Bench(
            ScriptedSource([], then: .frame(byteCount: 100)), sequence: .max - 1, timestamp: .max - 960)
        bench.tick(4)
        let sent = try bench.sent()
        #expect(sent.map(\.header.sequence) == [.max - 1, .max, 0, 1])
        #expect(sent.map(\.header.timestamp) == [.max - 960, .max, 959, 1_919])
        #expect(sent.allSatisfy { $0.header.ssrc == 42 && $0.payload.count == 100 })
        #expect(bench.sink.packets.map { $0.suffix(4).last } == [0, 1, 2, 3])
    }

    @Test func fiveSilenceFramesThenParkedUntilWoken() throws {
        let source = ScriptedSource(
            [.frame(byteCount: 3), .idle, .idle, .idle, .idle, .idle, .idle], then: .frame(byteCount: 9))
        let bench = try Bench(source)
        bench.tick(20)
        let sent = try bench.sent()
        #expect(sent.count == 6)
        #expect(sent.dropFirst().allSatisfy { $0.payload == OpusSilence.frame })
        #expect(!bench.stream.isLive)
        #expect(bench.sender.statistics.liveStreams == 0)
        bench.sender.wake(bench.stream)
        bench.tick()
        let after = try bench.sent()
        #expect(after.count == 7)
        #expect(after.last?.payload.count == 9)
        #expect(after.last?.header.sequence == 6)
        #expect(after.map(\.header.timestamp) == (0..<7).map { UInt32($0 * 960) })
    }

    @Test func aStreamWithNothingToSayStaysQuiet() throws {
        let bench = try Bench(nil)
        bench.tick(5)
        #expect(bench.sink.count == 0)
        #expect(!bench.stream.isLive)
    }

    @Test func aConnectionWithoutASongDoesNotTick() throws {
        let ring = OpusFrameRing()
        let bench = try Bench(ring)
        bench.tick(3)
        #expect(!bench.stream.isLive)
        #expect(bench.stream.statistics == StreamStatistics())
        #expect(ring.push([1, 2]))
        bench.sender.wake(bench.stream)
        bench.tick(3)
        #expect(bench.stream.isLive)
        #expect(bench.stream.statistics.starved == 2)
    }

    @Test func starvedTicksAreCountedAndSilentForFiveFrames() throws {
        // A starved stream is asked twice per tick: when the packet is made, and when it is due.
        let script = [FramePull.frame(byteCount: 50)] + Array(repeating: .starved, count: 16) + [.frame(byteCount: 60)]
        let bench = try Bench(ScriptedSource(script))
        bench.tick(10)
        let sent = try bench.sent()
        #expect(sent.map(\.payload.count) == [50, 3, 3, 3, 3, 3, 60])
        #expect(bench.stream.statistics.starved == 8)
        #expect(sent.map(\.header.sequence) == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test func aFrameThatArrivesBeforeTheDeadlineIsNotStarved() throws {
        let bench = try Bench(ScriptedSource([.starved, .frame(byteCount: 50)]))
        bench.tick()
        #expect(try bench.sent().map(\.payload.count) == [50])
        #expect(bench.stream.statistics.starved == 0)
    }

    @Test func aHeldFrameIsKeptAndNotDropped() throws {
        let transform = HoldingTransform()
        let bench = try Bench(
            ScriptedSource([.frame(byteCount: 20), .frame(byteCount: 21)]), transform: transform)
        bench.tick(3)
        #expect(bench.sink.count == 0)
        #expect(bench.stream.statistics.held == 3)
        transform.holds.withLock { $0 = false }
        bench.tick(2)
        let sent = try bench.sent()
        #expect(sent.map(\.payload.count) == [21, 22])
        #expect(sent.allSatisfy { $0.payload.last == 0xDA })
        #expect(sent[0].payload.first == 20)
    }

    @Test func suspensionTakesNothingFromTheSource() throws {
        let ring = OpusFrameRing(capacity: 10)
        for number in 1...10 { #expect(ring.push([UInt8(number)])) }
        let bench = try Bench(ring)
        bench.tick(3)
        bench.stream.setSuspended(true)
        bench.tick(5)
        #expect(ring.count == 7)
        bench.stream.setSuspended(false)
        bench.sender.wake(bench.stream)
        bench.tick(7)
        #expect(try bench.sent().map(\.payload) == (1...10).map { [UInt8($0)] })
    }

    @Test func removedStreamsSendNothingMore() throws {
        let bench = try Bench(ScriptedSource([], then: .frame(byteCount: 10)))
        bench.tick(2)
        bench.sender.remove(bench.stream)
        bench.sender.remove(bench.stream)
        bench.sender.wake(bench.stream)
        bench.tick(2)
        #expect(bench.sink.count == 2)
        #expect(bench.sender.streamCount == 0)
    }

    @Test func theUnsentFrameGoesToTheNextStream() throws {
        let transform = HoldingTransform()
        let bench = try Bench(ScriptedSource([.frame(byteCount: 20)]), transform: transform)
        bench.tick()
        bench.sender.remove(bench.stream)
        let frame = try #require(bench.stream.withdrawFrame())
        #expect(frame.count == 20)
        let cipher = try TransportCipher(.aes256GCM, key: Self.key)
        let next = PacketStream(ssrc: 43, cipher: cipher, sink: bench.sink, firstFrame: frame)
        try bench.sender.add(next)
        bench.tick()
        let sent = try bench.sent()
        #expect(sent.first?.payload == frame)
        #expect(sent.first?.header.ssrc == 43)
    }

    @Test func aTransformedFrameComesBackAsTheSourceGaveIt() throws {
        let transform = HoldingTransform()
        transform.holds.withLock { $0 = false }
        let source = ScriptedSource([.frame(byteCount: 20), .frame(byteCount: 21)])
        let bench = try Bench(source, transform: transform)
        bench.sender.prepare()
        bench.sender.flush(now: .zero)
        bench.sender.prepare()
        #expect(bench.sink.count == 1)
        bench.sender.remove(bench.stream)
        let frame = try #require(bench.stream.withdrawFrame())
        #expect(frame == (0..<21).map { UInt8($0 + 21) })
        #expect(bench.stream.position.sequence == 1)
        #expect(bench.stream.withdrawFrame() == nil)
    }

    @Test func moreStreamsThanMadeForAreRefused() throws {
        let sender = VoiceSender(capacity: 1)
        let cipher = try TransportCipher(.aes256GCM, key: Self.key)
        let first = PacketStream(ssrc: 1, cipher: cipher, sink: CaptureSink())
        let second = PacketStream(ssrc: 2, cipher: cipher, sink: CaptureSink())
        try sender.add(first)
        #expect(throws: VoiceError.senderFull(capacity: 1)) { try sender.add(second) }
        sender.remove(first)
        try sender.add(second)
    }

    @Test func aBrokenSourceCannotOverrunThePacket() throws {
        let bench = try Bench(
            ScriptedSource([
                .frame(byteCount: 0), .frame(byteCount: -4), .frame(byteCount: 90_000), .frame(byteCount: 5),
            ]))
        bench.tick(4)
        #expect(try bench.sent().map(\.payload.count) == [5])
        #expect(bench.stream.statistics.failed == 3)
    }

    /// A thousand ticks of live, starving, parking and waking streams in both modes without one call of the allocator.
    @Test func aTickDoesNotAllocate() throws {
        let sender = VoiceSender(capacity: 16)
        let sink = CaptureSink(discarding: true)
        let frame = [UInt8](repeating: 3, count: 320)
        var rings: [OpusFrameRing] = []
        var streams: [PacketStream] = []
        for number in 0..<8 {
            let cipher = try TransportCipher(TransportMode.allCases[number % 2], key: Self.key)
            let ring = OpusFrameRing(capacity: 5)
            // Every second pair is end-to-end encrypted too.
            let encryptor = DAVEEncryptor()
            try encryptor.install(DAVEFrameTests.ratchet(Self.key))
            let stream = PacketStream(
                ssrc: UInt32(number), cipher: cipher, sink: sink, source: ring,
                transform: number % 4 < 2 ? nil : encryptor)
            try sender.add(stream)
            rings.append(ring)
            streams.append(stream)
        }
        func round(_ tick: Int) -> UInt64 {
            for (index, ring) in rings.enumerated() {
                // Stream 0 starves now and then, stream 1 pauses and is woken again.
                if index == 0 && tick > 0 && tick % 50 < 10 { continue }
                if index == 1 { ring.setPaused(tick % 100 < 20) }
                if index == 1 && tick % 100 == 20 { sender.wake(streams[1]) }
                _ = ring.push(frame)
            }
            let before = backline_allocations_of_this_thread() + backline_releases_of_this_thread()
            sender.tick(now: .milliseconds(20 * tick))
            return backline_allocations_of_this_thread() + backline_releases_of_this_thread() - before
        }
        for tick in 0..<200 { _ = round(tick) }
        let before = sink.count
        var allocations: UInt64 = 0
        for tick in 200..<1_200 { allocations += round(tick) }
        #expect(allocations == 0)
        #expect(sink.count - before > 7_000)
        // The counter itself works.
        let counted = backline_allocations_of_this_thread()
        withExtendedLifetime([UInt8](repeating: 0, count: tickCountForAllocation)) {}
        #expect(backline_allocations_of_this_thread() > counted)
    }

    @Test(.timeLimit(.minutes(5))) func theThreadSendsAndParks() async throws {
        let sender = VoiceSender(capacity: 4)
        try sender.start()
        defer { sender.stop() }
        let sink = CaptureSink()
        let cipher = try TransportCipher(.aes256GCM, key: Self.key)
        let quiet = OpusFrameRing(capacity: 1)
        let parked = AsyncStream.makeStream(of: Void.self)
        let stream = PacketStream(
            ssrc: 1, cipher: cipher, sink: sink,
            source: ScriptedSource(Array(repeating: .frame(byteCount: 80), count: 5)),
            onQuiet: { parked.continuation.yield() })
        try sender.add(stream)
        for await _ in parked.stream { break }
        #expect(sink.count == 10)
        let ticks = sender.statistics.ticks
        #expect(ticks >= 10)
        #expect(quiet.push([1]))
        quiet.markEnded()
        stream.setSource(quiet)
        sender.wake(stream)
        for await _ in parked.stream { break }
        #expect(sink.count == 16)
        #expect(sender.statistics.lateness.count == 16)
    }
}

/// Not a literal, so that the array of the allocation test is really made.
private let tickCountForAllocation = Int(getpid()) % 7 + 100

@Suite struct PacingTests {
    @Test func lateTicksCatchUpAndVeryLateOnesStartAnew() {
        let interval = TickSchedule.interval
        var schedule = TickSchedule(startingAt: 1_000)
        #expect(schedule.ticked(at: 1_000) == 0)
        #expect(schedule.deadline == 1_000 + interval)
        #expect(schedule.ticked(at: 1_000 + interval + 39_000_000) == 39_000_000)
        #expect(schedule.deadline == 1_000 + 2 * interval)
        #expect(schedule.rebases == 0)
        let late = 1_000 + 2 * interval + 40_000_000
        #expect(schedule.ticked(at: late) == 40_000_000)
        #expect(schedule.deadline == late + interval)
        #expect(schedule.rebases == 1)
        schedule.restart(at: 5)
        #expect(schedule.deadline == 5)
    }

    @Test func theHistogramIsNarrowAndKnowsItsMaximum() {
        var histogram = LatenessHistogram()
        for value in 1...1_000 { histogram.record(nanoseconds: Int64(value) * 1_000_000) }
        #expect(histogram.count == 1_000)
        #expect(histogram.maximum == .seconds(1))
        let median = histogram.percentile(0.5)
        #expect(median >= .milliseconds(500) && median <= .milliseconds(535))
        #expect(histogram.percentile(1) == .seconds(1))
        #expect(LatenessHistogram().percentile(0.99) == .zero)
    }
}
