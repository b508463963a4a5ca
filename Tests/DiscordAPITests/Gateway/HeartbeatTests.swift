import DiscordModel
import Testing

@testable import DiscordAPI

/// Heartbeats, the zombie rule and the send budget.
struct HeartbeatTests {
    @Test func theFirstBeatHasJitter() throws {
        var delays: Set<Duration> = []
        for seed in UInt64(1)...20 {
            var driver = MachineDriver(seed: seed)
            driver.becomeReady(interval: 10_000)
            let delay = try #require(driver.machine.deadline) - driver.now
            #expect(delay >= .zero && delay <= .seconds(10))
            delays.insert(delay)
        }
        #expect(delays.count > 15)
    }

    @Test func beatsCarryTheSequenceAndMeasureLatency() throws {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.wake()
        #expect(driver.sent == [["op": 1, "d": 1]])
        let first = driver.now
        driver.handle(.frame(.heartbeatACK), after: .milliseconds(80))
        #expect(driver.machine.latency == .milliseconds(80))
        driver.handle(.frame(.dispatch(sequence: 5, event: .resumed)))
        driver.wake()
        #expect(driver.now - first == .milliseconds(41250))
        #expect(driver.sent == [["op": 1, "d": 5]])
    }

    @Test func beatsBeforeReadyHaveNoSequence() {
        var driver = MachineDriver()
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 1000)))
        driver.wake()
        #expect(driver.sent == [["op": 1, "d": nil]])
    }

    @Test func silenceIsAZombie() {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.wake()
        #expect(driver.sentOpcodes == [1])
        driver.wake()
        #expect(driver.closed == 4000)
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 41250)))
        #expect(driver.sentOpcodes == [6])
    }

    @Test func aRequestedBeatGoesOutAtOnceAndKeepsTheSchedule() {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.wake()
        driver.handle(.frame(.heartbeatACK))
        let due = driver.machine.deadline
        driver.handle(.frame(.heartbeatRequest), after: .seconds(41))
        #expect(driver.sentOpcodes == [1])
        #expect(driver.machine.deadline == due)
        // Its answer is still on the way when the next beat is due: no zombie yet.
        driver.wake()
        #expect(driver.sentOpcodes == [1])
        driver.wake()
        #expect(driver.closed == 4000)
    }

    @Test func aBlockedReaderIsNoZombie() {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.machine.setDeliveryBlocked(true, now: driver.now)
        for _ in 0..<5 {
            driver.wake()
            #expect(driver.sentOpcodes == [1])
        }
        driver.machine.setDeliveryBlocked(false, now: driver.now)
        driver.wake()
        #expect(driver.closed == 4000)
    }

    @Test func theBudgetHoldsInEveryWindow() throws {
        var driver = MachineDriver()
        driver.becomeReady(interval: 5000)
        var times: [Duration] = [driver.now]
        var accepted = 0
        for number in 0..<2000 {
            let command = GatewayCommand.requestMembers(RequestGuildMembers(guildID: GuildID(UInt64(number)), limit: 0))
            if let actions = try? driver.machine.send(command, now: driver.now) {
                accepted += 1
                times += actions.map { _ in driver.now }
            }
            if number % 10 == 0 {
                driver.handle(.frame(.heartbeatACK), after: .milliseconds(500))
                if let deadline = driver.machine.deadline, deadline <= driver.now { driver.handle(.time) }
                times += driver.sent.map { _ in driver.now }
            }
        }
        #expect(accepted > 300 && accepted < 2000)
        for (index, time) in times.enumerated() where index >= 120 {
            #expect(time - times[index - 120] >= .seconds(60))
        }
        #expect(times.count > 150)
    }

    @Test func aFloodOfRequestedBeatsStaysInTheBudget() {
        var driver = MachineDriver()
        driver.becomeReady()
        var times: [Duration] = [.zero]
        for _ in 0..<5000 {
            driver.handle(.frame(.heartbeatRequest), after: .milliseconds(30))
            times += driver.sent.map { _ in driver.now }
            driver.handle(.frame(.heartbeatACK))
        }
        #expect(times.count > 240)
        for (index, time) in times.enumerated() where index >= 120 {
            #expect(time - times[index - 120] >= .seconds(60))
        }
    }

    @Test func waitingCommandsOfOneSubjectReplaceEachOther() throws {
        var driver = MachineDriver()
        for channel in UInt64(1)...500 {
            let request = VoiceStateUpdateRequest(guildID: 1, channelID: ChannelID(channel))
            #expect(try driver.machine.send(.voiceState(request), now: driver.now).isEmpty)
        }
        _ = try driver.machine.send(.presence(PresenceUpdate(status: .idle)), now: driver.now)
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 41250)))
        #expect(driver.sent.first?["d"]?["presence"]?["status"] == "idle")
        driver.handle(.frame(.dispatch(sequence: 1, event: .ready(MachineDriver.ready))))
        #expect(driver.sentOpcodes == [4, 3])
        #expect(driver.sent.first?["d"]?["channel_id"] == "500")
    }

    @Test func tooManyWaitingCommandsAreRefused() throws {
        var driver = MachineDriver()
        for _ in 0..<256 {
            _ = try driver.machine.send(.other(.requestChannelInfo, ["guild_id": "1"]), now: driver.now)
        }
        #expect(throws: GatewayFailure.queueFull) {
            try driver.machine.send(.other(.requestChannelInfo, ["guild_id": "1"]), now: driver.now)
        }
    }

    @Test func largePayloadsAreRefusedHere() throws {
        var driver = MachineDriver()
        driver.becomeReady()
        let head = #"{"d":"","op":43}"#.utf8.count
        let fits = GatewayCommand.other(.requestChannelInfo, .string(String(repeating: "x", count: 4096 - head)))
        #expect(try driver.machine.send(fits, now: driver.now).count == 1)
        let large = GatewayCommand.other(.requestChannelInfo, .string(String(repeating: "x", count: 4097 - head)))
        #expect(throws: GatewayFailure.payloadTooLarge(bytes: 4097)) { try driver.machine.send(large, now: driver.now) }
    }
}
