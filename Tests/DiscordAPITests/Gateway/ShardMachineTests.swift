import DiscordModel
import Testing

@testable import DiscordAPI

/// Connecting, identifying, resuming and the close codes.
struct ShardMachineTests {
    @Test func identifiesAfterPermissionAndHello() throws {
        var driver = MachineDriver()
        #expect(driver.handle(.start) == [.requestPermit])
        driver.handle(.permitGranted)
        #expect(driver.opened == "wss://gateway.example/?v=10&encoding=json&compress=zstd-stream")
        #expect(driver.handle(.opened).isEmpty)
        driver.handle(.frame(.hello(heartbeatInterval: 41250)))
        let identify = try #require(driver.sent.first)
        #expect(driver.sentOpcodes == [2])
        #expect(identify["d"]?["token"] == "secret")
        #expect(identify["d"]?["shard"] == [3, 8])
        #expect(identify["d"]?["intents"] == 129)
        #expect(identify["d"]?["properties"]?["os"] == "linux")
        #expect(identify["d"]?["compress"] == nil)
        #expect(driver.last.contains(.releasePermit(used: true)))
        driver.handle(.frame(.dispatch(sequence: 1, event: .ready(MachineDriver.ready))))
        #expect(driver.machine.isReady)
        let session = GatewaySession(id: "abc", resumeURL: "wss://resume.example", sequence: 1)
        #expect(driver.last.first == .sessionChanged(session))
        #expect(driver.last.contains(.dispatch(.ready(MachineDriver.ready))))
    }

    @Test func resumesAtTheResumeAddressWithTheSameQuery() {
        var driver = MachineDriver(compression: .zlibStream)
        driver.becomeReady()
        driver.handle(.frame(.dispatch(sequence: 7, event: .unknown(name: "X", data: nil))))
        driver.handle(.frame(.ignored(sequence: 9, name: "Y")))
        driver.handle(.closed(code: 1006))
        #expect(driver.last.isEmpty)
        driver.wake()
        #expect(driver.opened == "wss://resume.example/?v=10&encoding=json&compress=zlib-stream")
        driver.handle(.opened)
        driver.handle(.frame(.hello(heartbeatInterval: 41250)))
        #expect(driver.sent == [["op": 6, "d": ["token": "secret", "session_id": "abc", "seq": 9]]])
        driver.handle(.frame(.dispatch(sequence: 10, event: .unknown(name: "MISSED", data: nil))))
        #expect(!driver.machine.isReady)
        #expect(driver.last.contains(.dispatch(.unknown(name: "MISSED", data: nil))))
        driver.handle(.frame(.dispatch(sequence: 11, event: .resumed)))
        #expect(driver.machine.isReady)
        #expect(driver.machine.session?.sequence == 11)
    }

    @Test(arguments: [1000, 1001, 1006, 1011, 4000, 4001, 4002, 4005, 4008, 4999])
    func theseCodesResume(code: Int) {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.handle(.closed(code: code))
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 1000)))
        #expect(driver.sentOpcodes == [6])
    }

    @Test(arguments: [4003, 4007, 4009])
    func theseCodesStartANewSession(code: Int) {
        var driver = MachineDriver()
        driver.becomeReady()
        #expect(driver.handle(.closed(code: code)) == [.sessionChanged(nil)])
        #expect(driver.wake() == [.requestPermit])
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 1000)))
        #expect(driver.sentOpcodes == [2])
    }

    @Test(arguments: [
        (4004, "token"), (4010, "shard"), (4011, "shard count"), (4012, "release"), (4013, "intents"),
        (4014, "developer portal"),
    ])
    func theseCodesAreFinal(code: Int, word: String) throws {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.handle(.closed(code: code))
        guard case .fail(let failure) = driver.last.last else {
            Issue.record("expected a failure")
            return
        }
        #expect(failure == .closed(GatewayCloseCode(rawValue: code)))
        #expect(failure.description.contains(word))
        #expect(!failure.description.contains("secret"))
        #expect(driver.machine.deadline == nil)
        #expect(driver.handle(.time, after: .seconds(3600)).isEmpty)
    }

    @Test func aFinalCodeDuringIdentifyReleasesThePermit() {
        var driver = MachineDriver()
        driver.connect()
        driver.handle(.closed(code: 4004))
        #expect(driver.last == [.releasePermit(used: false), .fail(.closed(.authenticationFailed))])
    }

    @Test func reconnectMayComeBeforeHello() {
        var driver = MachineDriver()
        driver.connect()
        driver.handle(.frame(.reconnect))
        #expect(driver.closed == 4000)
        #expect(driver.last.contains(.releasePermit(used: false)))
        #expect(driver.wake() == [.requestPermit])
    }

    @Test func invalidSessionWaitsOneToFiveSeconds() throws {
        for seed in UInt64(1)...30 {
            for resumable in [true, false] {
                var driver = MachineDriver(seed: seed)
                driver.becomeReady()
                let before = driver.now
                driver.handle(.frame(.invalidSession(resumable: resumable)))
                #expect(driver.closed == 4000)
                let wait = try #require(driver.machine.deadline) - before
                #expect(wait >= .seconds(1) && wait <= .seconds(5))
                driver.connect()
                driver.handle(.frame(.hello(heartbeatInterval: 1000)))
                #expect(driver.sentOpcodes == [resumable ? 6 : 2])
            }
        }
    }

    @Test func theFirstWayBackIsShort() throws {
        for seed in UInt64(1)...30 {
            var driver = MachineDriver(seed: seed)
            driver.becomeReady()
            driver.handle(.closed(code: 1006), after: .seconds(100))
            #expect(try #require(driver.machine.deadline) - driver.now <= .seconds(1))
        }
    }

    @Test func anAddressOutOfReachIsGivenUp() {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.handle(.closed(code: 1006))
        for _ in 0..<3 {
            driver.wake()
            #expect(driver.opened?.hasPrefix("wss://resume.example") == true)
            driver.handle(.openFailed)
        }
        driver.wake()
        #expect(driver.opened?.hasPrefix("wss://gateway.example") == true)
    }

    @Test func theTokenNeverGoesOverAWeakerConnection() {
        #expect(GatewayURL.resume("ws://evil", first: "wss://good") == "wss://good")
        #expect(GatewayURL.resume("ws://local:1", first: "ws://local:2") == "ws://local:1")
        #expect(GatewayURL.resume("", first: "wss://good") == "wss://good")
        #expect(GatewayURL.connection(to: "ws://h:1/gw?x=1", compression: .none) == "ws://h:1/gw?v=10&encoding=json")
    }

    @Test func discordMayBeDownForLong() {
        var driver = MachineDriver()
        driver.becomeReady()
        driver.handle(.closed(code: 1006), after: .seconds(60))
        let start = driver.now
        var tries = 0
        while driver.now - start < .seconds(600) {
            let before = driver.now
            driver.wake()
            #expect(driver.now - before <= .seconds(60))
            #expect(driver.opened != nil)
            tries += 1
            driver.handle(.openFailed)
        }
        #expect(tries >= 10 && tries < 200)
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 1000)))
        #expect(driver.sentOpcodes == [6])
    }

    @Test func aSilentServerIsLeft() {
        var driver = MachineDriver()
        driver.handle(.start)
        driver.handle(.permitGranted)
        #expect(driver.wake().contains(.close(code: 4000)))
        driver.connect()
        #expect(driver.wake().contains(.close(code: 4000)))
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 1_000_000)))
        driver.handle(.time, after: .seconds(60))
        #expect(driver.closed == 4000)
    }

    @Test func aSavedSessionIsResumedFirst() {
        let session = GatewaySession(id: "old", resumeURL: "wss://resume.example", sequence: 5)
        var driver = MachineDriver(session: session)
        driver.handle(.start)
        #expect(driver.opened?.hasPrefix("wss://resume.example") == true)
    }

    @Test func stoppingSaysGoodbyeOnce() {
        var driver = MachineDriver()
        driver.becomeReady()
        #expect(driver.handle(.stop) == [.close(code: 1000), .sessionChanged(nil)])
        #expect(driver.handle(.stop).isEmpty)
        #expect(driver.handle(.frame(.hello(heartbeatInterval: 1000))).isEmpty)
        #expect(driver.machine.deadline == nil)
    }

    @Test func anUnreadableReadyDoesNotHang() {
        var driver = MachineDriver()
        driver.connect()
        driver.handle(.frame(.hello(heartbeatInterval: 1000)))
        driver.handle(.frame(.unreadable(sequence: 1, name: "READY", .unexpected("x", path: "$"))))
        #expect(driver.closed == 4000)
    }

    @Test func someMalformedFramesArePassedOver() {
        var driver = MachineDriver()
        driver.becomeReady()
        for _ in 0..<9 { #expect(driver.handle(.malformed).contains(.close(code: 4000)) == false) }
        #expect(driver.handle(.malformed).contains(.close(code: 4000)))
        driver.becomeReady()
        #expect(driver.machine.isReady)
    }

    @Test func unknownOpcodesAndSecondHellosChangeNothing() {
        var driver = MachineDriver()
        driver.becomeReady()
        let deadline = driver.machine.deadline
        #expect(driver.handle(.frame(.unknown(GatewayOpcode(rawValue: 99)))).isEmpty)
        #expect(driver.handle(.frame(.hello(heartbeatInterval: 5))).isEmpty)
        #expect(driver.machine.deadline == deadline)
    }
}
