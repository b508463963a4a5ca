import BotKit
import DiscordModel
import ServiceKit
import Synchronization
import Testing
import TestSupport

/// A channel that keeps what a panel does in it.
private final class FakeChannel: PanelTransport, Sendable {
    enum Call: Sendable, Equatable {
        case post(String, ChannelID)
        case edit(MessageID, String)
        case delete(MessageID)
    }

    private struct State {
        var next: UInt64 = 100
        var failures: [PanelFailure] = []
        var inFlight = 0
        var most = 0
    }

    let calls = BoundedChannel<Call>(capacity: 1000)
    /// When set, each edit waits here for one element.
    let gate: BoundedChannel<Void>?
    private let state = Mutex(State())

    init(held: Bool = false) { gate = held ? BoundedChannel(capacity: 10) : nil }

    var mostInFlight: Int { state.withLock { $0.most } }
    func failNext(_ failure: PanelFailure) { state.withLock { $0.failures.append(failure) } }

    func post(_ body: MessageBody, in channel: ChannelID) async throws(PanelFailure) -> MessageID {
        try await perform(.post(body.content ?? "", channel))
        return state.withLock { state in
            state.next += 1
            return MessageID(state.next)
        }
    }

    func edit(_ message: MessageID, in channel: ChannelID, to body: MessageBody) async throws(PanelFailure) {
        try await perform(.edit(message, body.content ?? ""))
    }

    func delete(_ message: MessageID, in channel: ChannelID) async throws(PanelFailure) {
        try await perform(.delete(message))
    }

    private func perform(_ call: Call) async throws(PanelFailure) {
        state.withLock { state in
            state.inFlight += 1
            state.most = max(state.most, state.inFlight)
        }
        calls.trySend(call)
        if let gate { _ = await gate.next() }
        let failure = state.withLock { state in
            state.inFlight -= 1
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
    }
}

@Suite("Panel", .timeLimit(.minutes(5)))
struct PanelTests {
    private let clock = ManualClock()
    private let text = Text()

    private final class Text: Sendable {
        private let value = Mutex("0")
        var current: String {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    private func running(_ channel: FakeChannel, _ body: (Panel) async throws -> Void) async rethrows {
        let text = text
        let panel = Panel(
            channel: ChannelID(1), transport: channel, minimumInterval: .milliseconds(2500), time: clock,
            logger: Logger("test")
        ) { MessageBody(content: text.current) }
        let task = Task { await panel.run() }
        try await body(panel)
        task.cancel()
        await task.value
    }

    @Test("Changes while a request is in flight are merged; the latest state wins")
    func coalescing() async throws {
        let channel = FakeChannel(held: true)
        await running(channel) { panel in
            panel.changed(urgent: true)
            #expect(await channel.calls.next() == .post("0", ChannelID(1)))
            for step in 1...50 {
                text.current = "\(step)"
                panel.changed(urgent: true)
            }
            channel.gate?.trySend(())
            #expect(await channel.calls.next() == .edit(MessageID(101), "50"))
            channel.gate?.trySend(())
            await clock.advance(by: .seconds(60))
            #expect(channel.calls.count == 0)
            #expect(channel.mostInFlight == 1)
        }
    }

    @Test("Calm changes wait for the interval, urgent ones do not")
    func interval() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            panel.changed(urgent: true)
            #expect(await channel.calls.next() == .post("0", ChannelID(1)))
            text.current = "1"
            panel.changed(urgent: false)
            await clock.waitForSleepers(1)
            await clock.advance(by: .milliseconds(2499))
            #expect(channel.calls.count == 0)
            await clock.advance(by: .milliseconds(1))
            #expect(await channel.calls.next() == .edit(MessageID(101), "1"))
            text.current = "2"
            panel.changed(urgent: false)
            await clock.waitForSleepers(1)
            panel.changed(urgent: true)
            #expect(await channel.calls.next() == .edit(MessageID(101), "2"))
        }
    }

    @Test("What has not changed is not sent")
    func unchanged() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            panel.changed(urgent: true)
            _ = await channel.calls.next()
            panel.changed(urgent: true)
            for _ in 0..<50 { await Task.yield() }
            #expect(channel.calls.count == 0)
            text.current = "other"
            panel.changed(urgent: true)
            #expect(await channel.calls.next() == .edit(MessageID(101), "other"))
        }
    }

    @Test("A deleted message is posted anew")
    func deleted() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            panel.changed(urgent: true)
            _ = await channel.calls.next()
            text.current = "1"
            channel.failNext(.messageGone)
            panel.changed(urgent: true)
            #expect(await channel.calls.next() == .edit(MessageID(101), "1"))
            #expect(await channel.calls.next() == .post("1", ChannelID(1)))
        }
    }

    @Test("Without access the panel stops, until it is moved")
    func noAccess() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            channel.failNext(.noAccess("Missing Access"))
            panel.changed(urgent: true)
            _ = await channel.calls.next()
            for step in 0..<10 {
                text.current = "x\(step)"
                panel.changed(urgent: true)
                await clock.advance(by: .seconds(10))
            }
            #expect(channel.calls.count == 0)
            panel.move(to: ChannelID(2))
            #expect(await channel.calls.next() == .post("x9", ChannelID(2)))
        }
    }

    @Test("Another failure is tried again later")
    func retry() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            channel.failNext(.failed("500"))
            panel.changed(urgent: true)
            _ = await channel.calls.next()
            await clock.waitForSleepers(1)
            await clock.advance(by: .seconds(4))
            #expect(channel.calls.count == 0)
            await clock.advance(by: .seconds(1))
            #expect(await channel.calls.next() == .post("0", ChannelID(1)))
        }
    }

    @Test("An adopted message becomes the panel; the former one goes")
    func adoption() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            panel.changed(urgent: true)
            _ = await channel.calls.next()
            while panel.message == nil { await Task.yield() }
            panel.adopt(MessageID(7), in: ChannelID(1), showing: nil)
            #expect(await channel.calls.next() == .delete(MessageID(101)))
            #expect(await channel.calls.next() == .edit(MessageID(7), "0"))
        }
    }

    @Test("While an answer that may become the panel is on its way, nothing is posted")
    func awaitedAnswer() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            await panel.awaitingAnswer {
                panel.changed(urgent: true)
                await clock.advance(by: .seconds(10))
                panel.adopt(MessageID(7), in: ChannelID(1), showing: nil)
            }
            #expect(await channel.calls.next() == .edit(MessageID(7), "0"))
        }
        await running(channel) { panel in
            await panel.awaitingAnswer { panel.changed(urgent: true) }
            #expect(await channel.calls.next() == .post("0", ChannelID(1)))
        }
    }

    @Test("Moved in its channel, the panel deletes its message and posts a new one")
    func moveToEnd() async throws {
        let channel = FakeChannel()
        await running(channel) { panel in
            panel.changed(urgent: true)
            _ = await channel.calls.next()
            while panel.message == nil { await Task.yield() }
            panel.move(to: ChannelID(1))
            #expect(await channel.calls.next() == .delete(MessageID(101)))
            #expect(await channel.calls.next() == .post("0", ChannelID(1)))
        }
    }

    @Test("Ending makes one last edit and returns", arguments: [false, true])
    func end(deleting: Bool) async throws {
        let channel = FakeChannel()
        let text = text
        let panel = Panel(channel: ChannelID(1), transport: channel, time: clock, logger: Logger("test")) {
            MessageBody(content: text.current)
        }
        async let finished: Void = panel.run()
        panel.changed(urgent: true)
        _ = await channel.calls.next()
        while panel.message == nil { await Task.yield() }
        text.current = "over"
        panel.end(deleting: deleting)
        #expect(await channel.calls.next() == (deleting ? .delete(MessageID(101)) : .edit(MessageID(101), "over")))
        await finished
    }
}
