import DiscordModel
import DiscordVoice
import MLS
import Networking
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// DAVE inside a whole connection: what reaches the wire, and what becomes of the frames.
@Suite(.timeLimit(.minutes(5))) struct DAVEConnectionTests {
    typealias Scene = VoiceConnectionTests.Scene

    /// Lets the connection's clock reach its next deadline again and again until `condition` holds.
    static func wait(_ scene: Scene, until condition: () -> Bool) async {
        for _ in 0..<2_000 where !condition() {
            await scene.clock.advance(by: .milliseconds(100))
            await Task.yield()
        }
        #expect(condition())
    }

    static func said(_ scene: Scene, _ opcode: UInt8) -> Int {
        scene.server.state.withLock { $0.binary.filter { $0.first == opcode }.count }
    }

    @Test func framesWaitForTheKeyAndNoneIsLost() async throws {
        let scene = Scene()
        scene.server.state.withLock { ($0.version, $0.present) = (1, ["55"]) }
        try await VoiceConnectionTests.with(scene) { connection in
            let ring = OpusFrameRing(capacity: 50)
            for number in 1...20 { #expect(ring.push([UInt8(number)])) }
            ring.markEnded()
            connection.setSource(ring)
            try await connection.connect(to: VoiceConnectionTests.lounge)
            #expect(Self.said(scene, 26) == 1)
            #expect(connection.endToEndEncryption.status == .waiting)
            #expect(connection.privacyCode == nil)
            #expect(connection.endpoint == "voice.example:443")
            scene.tick(10)
            #expect(try scene.server.heard().isEmpty)
            #expect(connection.statistics.stream.held > 0)
            // The server chooses version 0: nothing was lost.
            let socket = try #require(scene.server.lastSocket)
            socket.say(.davePrepareTransition, ["transition_id": 3, "protocol_version": 0], seq: 9)
            while let opcode = await scene.server.arrived.next(), opcode != .daveTransitionReady {}
            scene.tick(2)
            #expect(try scene.server.heard().isEmpty)
            socket.say(.daveExecuteTransition, ["transition_id": 3], seq: 10)
            await Self.wait(scene) { connection.endToEndEncryption.status == .passthrough }
            scene.tick(30)
            let heard = try scene.server.heard().map(\.payload).filter { $0 != OpusSilence.frame }
            #expect(heard == (1...20).map { [UInt8($0)] })
        }
    }

    @Test func binaryNumbersCountForTheResume() async throws {
        let scene = Scene()
        scene.server.state.withLock { $0.version = 1 }
        try await VoiceConnectionTests.with(scene) { connection in
            try await connection.connect(to: VoiceConnectionTests.lounge)
            let socket = try #require(scene.server.lastSocket)
            socket.toClient.trySend(.binary([0x12, 0x34, 25] + DAVEVectors.externalSender))
            socket.end(1006)
            await VoiceConnectionTests.wait(for: .recovered, on: connection)
            let resume = scene.server.state.withLock { $0.received.last { $0.op == .resume } }
            #expect(resume?.d?["seq_ack"] == 0x1234)
            // The group and its offer outlive a resume.
            #expect(Self.said(scene, 26) == 1)
        }
    }

    @Test func aStuckGroupLeadsToAFreshSession() async throws {
        let scene = Scene()
        scene.server.state.withLock { ($0.version, $0.present) = (1, ["55"]) }
        try await VoiceConnectionTests.with(scene) { connection in
            try await connection.connect(to: VoiceConnectionTests.lounge)
            let socket = try #require(scene.server.lastSocket)
            // Others take part, and no welcome ever comes.
            socket.toClient.trySend(.binary([0, 9, 27] + DAVEVectors.addThird))
            await Self.wait(scene) { Self.said(scene, 26) >= 2 }
            socket.toClient.trySend(.binary([0, 10, 27] + DAVEVectors.addThird))
            await Self.wait(scene) { scene.server.state.withLock { $0.sockets.count } == 2 }
            await VoiceConnectionTests.wait(for: .recovered, on: connection)
            #expect(scene.server.opcodes.filter { $0 == .identify }.count == 2)
            #expect(connection.endToEndEncryption.renewals == 1)
            #expect(connection.status == .connected(VoiceConnectionTests.lounge))
        }
    }

    @Test func offMeansVersionZeroAndASentence() async throws {
        let scene = Scene()
        try await VoiceConnectionTests.with(scene, encryption: NoE2EE()) { connection in
            try await connection.connect(to: VoiceConnectionTests.lounge)
            let identify = scene.server.state.withLock { $0.received.first { $0.op == .identify } }
            #expect(identify?.d?["max_dave_protocol_version"] == 0)
            #expect(connection.endToEndEncryption.status == .off)
            scene.server.lastSocket?.end(4017)
            while let event = await connection.events.next() {
                guard case .disconnected(let sentence) = event else { continue }
                #expect(sentence.contains("switched off"))
                break
            }
        }
    }

    @Test func whatIsHeardIsDecrypted() async throws {
        let heard = BoundedChannel<RTPPacket>(capacity: 10)
        let scene = Scene()
        scene.server.state.withLock { $0.present = ["55"] }
        try await VoiceConnectionTests.with(scene, inbound: { heard.trySend($0) }) { connection in
            try await connection.connect(to: VoiceConnectionTests.lounge)
            let media = try #require(scene.server.state.withLock { $0.media.last })
            let header = RTPHeader(sequence: 1, timestamp: 2, ssrc: 3)
            for mode in TransportMode.allCases {
                let cipher = try TransportCipher(mode, key: FakeVoiceServer.key)
                // Version 0: plain frames pass. A frame for which there is no key does not.
                for payload in [DAVEVectors.Epoch1.frameFromCommitter, [1, 2, 3, 4]] {
                    media.toClient.trySend(try cipher.seal(header: header.bytes, plaintext: payload))
                }
            }
            #expect(await heard.next()?.payload == [1, 2, 3, 4])
            #expect(connection.statistics.droppedDatagrams >= 1)
            #expect(connection.endToEndEncryption.undecryptable == 1)
        }
    }
}
