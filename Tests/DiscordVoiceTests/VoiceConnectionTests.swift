import DiscordModel
import DiscordVoice
import Networking
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct VoiceConnectionTests {
    static let guild: GuildID = 100
    static let user: UserID = 7
    static let lounge: ChannelID = 1
    static let stage: ChannelID = 2

    /// A connection against the fake server, with a main gateway that answers op 4 like Discord.
    final class Scene: Sendable {
        let server = FakeVoiceServer()
        let sender = VoiceSender(capacity: 4)
        let clock = ManualClock()
        let asked = Mutex<[ChannelID?]>([])
        let tokens = Mutex(0)
        let box = Mutex<VoiceConnection?>(nil)

        /// Ticks as the thread does: the packet of the next tick is made right after the one before was sent.
        func tick(_ times: Int) {
            for _ in 0..<times {
                sender.flush(now: .zero)
                sender.prepare()
            }
        }

        func make(
            answers: Bool = true, encryption: any E2EESession = DAVESession(),
            inbound: (@Sendable (RTPPacket) -> Void)? = nil
        ) -> VoiceConnection {
            let connection = VoiceConnection(
                guild: guild, user: user, connector: server, sender: sender, time: clock,
                logger: Logger("test"), datagrams: server, endToEndEncryption: encryption, inbound: inbound
            ) { [self] channel in
                asked.withLock { $0.append(channel) }
                if answers { answer(channel) }
            }
            box.withLock { $0 = connection }
            return connection
        }

        func answer(_ channel: ChannelID?) {
            guard let connection = box.withLock({ $0 }) else { return }
            connection.receive(
                VoiceState(guildID: guild, channelID: channel, userID: user, sessionID: "session"))
            guard channel != nil else { return }
            announceServer("voice.example:443")
        }

        func announceServer(_ endpoint: String?) {
            let token = tokens.withLock { tokens in
                tokens += 1
                return tokens
            }
            box.withLock { $0 }?.receive(
                VoiceServerUpdate(token: "secret-token-\(token)", guildID: guild, endpoint: endpoint))
        }
    }

    /// Runs `body` beside the connection's loop, then ends the loop.
    static func with(
        _ scene: Scene, encryption: any E2EESession = DAVESession(),
        inbound: (@Sendable (RTPPacket) -> Void)? = nil, _ body: (VoiceConnection) async throws -> Void
    ) async throws {
        let connection = scene.make(encryption: encryption, inbound: inbound)
        let running = Task { await connection.run() }
        do { try await body(connection) } catch {
            running.cancel()
            await running.value
            throw error
        }
        running.cancel()
        await running.value
    }

    static func wait(for event: VoiceEvent, on connection: VoiceConnection) async {
        while let next = await connection.events.next(), next != event {}
    }

    /// Why joining failed; nil when it did not.
    static func failure(of connection: VoiceConnection) async -> VoiceError? {
        do throws(VoiceError) {
            try await connection.connect(to: lounge)
            return nil
        } catch {
            return error
        }
    }

    @Test func joinsAndPlaysAndLeaves() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            let ring = OpusFrameRing(capacity: 50)
            for number in 1...20 { #expect(ring.push([UInt8(number)])) }
            ring.markEnded()
            connection.setSource(ring)
            try await connection.connect(to: Self.lounge)
            #expect(connection.status == .connected(Self.lounge))
            #expect(scene.server.opcodes == [.identify, .selectProtocol, .speaking])
            scene.tick(30)
            let heard = try scene.server.heard()
            #expect(
                heard.map(\.payload) == (1...20).map { [UInt8($0)] } + Array(repeating: OpusSilence.frame, count: 5))
            #expect(heard.map(\.header.sequence) == (0..<25).map { UInt16($0) })
            #expect(connection.statistics.stream.sent == 25)
            try await connection.connect(to: Self.lounge)
            await connection.disconnect()
            #expect(scene.asked.withLock { $0 } == [Self.lounge, nil])
            #expect(connection.status == .disconnected)
            #expect(scene.server.state.withLock { $0.media.allSatisfy { $0.isClosed.withLock { $0 } } })
            scene.tick(3)
            #expect(try scene.server.heard().count == 25)
        }
        #expect(scene.sender.streamCount == 0)
    }

    @Test func aDroppedSocketIsResumedAndNoFrameIsLost() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            let ring = OpusFrameRing(capacity: 100)
            for number in 1...60 { #expect(ring.push([UInt8(number)])) }
            ring.markEnded()
            try await connection.connect(to: Self.lounge)
            connection.setSource(ring)
            scene.tick(20)
            scene.server.state.withLock { $0.answersResume = false }
            scene.server.lastSocket?.end(1006)
            await Self.wait(for: .interrupted, on: connection)
            // While the connection is being mended the song waits.
            let waiting = ring.count
            scene.tick(10)
            #expect(ring.count == waiting)
            #expect(waiting > 0)
            while let opcode = await scene.server.arrived.next(), opcode != .resume {}
            scene.server.answerResume()
            await Self.wait(for: .recovered, on: connection)
            scene.tick(62)
            let heard = try scene.server.heard().map(\.payload).filter { $0 != OpusSilence.frame }
            #expect(heard == (1...60).map { [UInt8($0)] })
            #expect(connection.statistics.reconnects == 1)
        }
    }

    @Test func aServerChangeMidSongLosesNoFrame() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            let ring = OpusFrameRing(capacity: 100)
            for number in 1...60 { #expect(ring.push([UInt8(number)])) }
            ring.markEnded()
            connection.setSource(ring)
            try await connection.connect(to: Self.lounge)
            for round in 0..<3 {
                scene.tick(10)
                if round == 1 { scene.announceServer(nil) }
                scene.announceServer("other-\(round).example:443")
                await Self.wait(for: .recovered, on: connection)
            }
            scene.tick(62)
            let heard = try scene.server.heard()
            #expect(heard.map(\.payload).filter { $0 != OpusSilence.frame } == (1...60).map { [UInt8($0)] })
            #expect(Set(heard.map(\.header.ssrc)).count == 4)
            // Numbers go on across servers.
            #expect(heard.map(\.header.sequence) == heard.indices.map { UInt16($0) })
        }
    }

    @Test func rejoinsWhenTheSessionIsGone() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            try await connection.connect(to: Self.lounge)
            scene.server.lastSocket?.end(4006)
            await Self.wait(for: .recovered, on: connection)
            #expect(scene.asked.withLock { $0 } == [Self.lounge, nil, Self.lounge])
            #expect(connection.status == .connected(Self.lounge))
        }
    }

    @Test func movesAndIsMoved() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            try await connection.connect(to: Self.lounge)
            try await connection.connect(to: Self.stage)
            #expect(connection.status == .connected(Self.stage))
            scene.answer(Self.lounge)
            await Self.wait(for: .moved(Self.lounge), on: connection)
            #expect(connection.status == .connected(Self.lounge))
        }
    }

    @Test func e2eeRequiredIsASentence() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            try await connection.connect(to: Self.lounge)
            scene.server.lastSocket?.end(4017)
            while let event = await connection.events.next() {
                guard case .disconnected(let sentence) = event else { continue }
                #expect(sentence.contains("end-to-end encryption"))
                break
            }
            #expect(connection.status == .disconnected)
        }
    }

    @Test func garbageOnTheGatewayIsLeftOut() async throws {
        let scene = Scene()
        try await Self.with(scene) { connection in
            try await connection.connect(to: Self.lounge)
            let socket = try #require(scene.server.lastSocket)
            var random = SeededRandom(seed: 5)
            let good = #"{"op":5,"d":{"speaking":1,"ssrc":3,"user_id":"9"},"seq":7}"#
            for count in 0..<good.count { socket.toClient.trySend(.text(String(good.prefix(count)))) }
            for _ in 0..<100 {
                let junk = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                _ = await socket.toClient.send(.binary(junk))
                _ = await socket.toClient.send(.text(String(decoding: junk, as: UTF8.self)))
            }
            socket.end(1006)
            await Self.wait(for: .recovered, on: connection)
            #expect(connection.status == .connected(Self.lounge))
        }
    }

    @Test func cancellationLeavesTheChannel() async throws {
        let scene = Scene()
        let connection = scene.make()
        let running = Task { await connection.run() }
        try await connection.connect(to: Self.lounge)
        running.cancel()
        await running.value
        #expect(scene.asked.withLock { $0 } == [Self.lounge, nil])
        #expect(scene.server.lastSocket?.closed?.code == 1000)
        #expect(await Self.failure(of: connection) == .cancelled)
        await connection.disconnect()
    }

    @Test func aCancelledConnectReturns() async throws {
        let scene = Scene()
        let connection = scene.make(answers: false)
        let running = Task { await connection.run() }
        let joining = Task { await Self.failure(of: connection) }
        await scene.clock.waitForSleepers(1)
        joining.cancel()
        #expect(await joining.value == .cancelled)
        running.cancel()
        await running.value
    }

    @Test func anUnansweredConnectFailsWithASentence() async throws {
        let scene = Scene()
        let connection = scene.make(answers: false)
        let running = Task { await connection.run() }
        let joining = Task { await Self.failure(of: connection) }
        for _ in 0..<2 {
            await scene.clock.waitForSleepers(1)
            await scene.clock.advance(by: .seconds(6))
        }
        #expect(await joining.value?.description.contains("permission") == true)
        running.cancel()
        await running.value
    }

    @Test func theMediaSocketWorksOnLoopback() async throws {
        let peer = try UDPSocket(bindTo: try #require(SocketAddress("127.0.0.1", port: 0)))
        let media = try UDPDatagrams.Connector().connect(address: "127.0.0.1", port: peer.localAddress.port)
        media.send(VoicePing(sequence: 9).bytes)
        let (ping, from) = try await peer.receive()
        #expect(try VoicePing(ping) == VoicePing(sequence: 9))
        try peer.send(VoicePing(sequence: 9, isReply: true).bytes, to: from)
        #expect(await media.receive() == VoicePing(sequence: 9, isReply: true).bytes)
        let packet: [UInt8] = [1, 2, 3]
        let sent = unsafe packet.withUnsafeBytes { unsafe media.sink.send($0) }
        #expect(sent)
        #expect(try await peer.receive().bytes == packet)
        media.close()
        #expect(await media.receive() == nil)
        #expect(throws: VoiceError.self) { try UDPDatagrams.Connector().connect(address: "voice.example", port: 1) }
    }
}
