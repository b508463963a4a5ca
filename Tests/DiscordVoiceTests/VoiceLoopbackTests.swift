import DiscordModel
import DiscordVoice
import FoundationEssentials
import Networking
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// The whole connection over real sockets: TLS WebSocket, UDP, the sender's own thread.
@Suite(.timeLimit(.minutes(5))) struct VoiceLoopbackTests {
    static let key = [UInt8](repeating: 8, count: 32)

    /// A voice server on loopback that answers the handshake and opens what it hears.
    final class Server: WebServerHandler {
        let udp: UDPSocket
        let heard = BoundedChannel<RTPPacket>(capacity: 1_024)
        let opcodes = Mutex<[VoiceOpcode]>([])
        let paths = Mutex<[String]>([])
        let current = Mutex<(any WebSocketConnection)?>(nil)

        init() throws {
            udp = try UDPSocket(bindTo: try #require(SocketAddress("127.0.0.1", port: 0)))
        }

        func respond(to request: ServerRequest) async -> ServerResponse { .text(404, "nothing here") }
        func webSocketAllowed(_ request: ServerRequest) async -> Bool { true }

        func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
            paths.withLock { $0.append(request.path + "?" + request.rawQuery) }
            current.withLock { $0 = connection }
            await say(.hello, ["v": 8, "heartbeat_interval": 13_750], on: connection)
            while let message = try? await connection.receive() {
                guard case .text(let text) = message,
                    let payload: VoiceGatewayPayload = try? JSON.decode(from: Array(text.utf8))
                else { continue }
                opcodes.withLock { $0.append(payload.op) }
                switch payload.op {
                case .identify:
                    let modes: JSONValue = ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
                    let port = JSONValue.integer(Int64(udp.localAddress.port))
                    await say(.ready, ["ssrc": 77, "ip": "127.0.0.1", "port": port, "modes": modes], on: connection)
                case .selectProtocol:
                    let key = JSONValue.array(VoiceLoopbackTests.key.map { .integer(Int64($0)) })
                    let mode = payload.d?["data"]?["mode"] ?? ""
                    await say(
                        .sessionDescription, ["mode": mode, "secret_key": key, "dave_protocol_version": 0],
                        on: connection)
                case .resume: await say(.resumed, nil, on: connection)
                case .heartbeat: await say(.heartbeatACK, payload.d, on: connection)
                default: break
                }
            }
        }

        private func say(_ opcode: VoiceOpcode, _ data: JSONValue?, on connection: any WebSocketConnection) async {
            guard let bytes = try? JSON.encode(VoiceGatewayPayload(op: opcode, d: data)) else { return }
            try? await connection.send(.text(String(decoding: bytes, as: UTF8.self)))
        }

        /// Answers discovery and opens audio until cancelled.
        func serveMedia() async {
            let ciphers = TransportMode.allCases.compactMap { try? TransportCipher($0, key: VoiceLoopbackTests.key) }
            while let (datagram, from) = try? await udp.receive() {
                if let request = try? IPDiscovery(datagram), request.kind == .request {
                    let reply = IPDiscovery(
                        .reply, ssrc: request.ssrc, address: from.address.description, port: from.port)
                    _ = try? udp.send(reply.bytes, to: from)
                }
                for cipher in ciphers {
                    if let packet = try? cipher.open(datagram) { heard.trySend(packet) }
                }
            }
        }
    }

    @Test func joinsPlaysAndResumesOverTLS() async throws {
        let identity = try TLSIdentity.selfSigned(names: ["localhost"], addresses: ["127.0.0.1"])
        let authority = FileManager.default.temporaryDirectory
            .appendingPathComponent("voice-loopback-\(UInt64.random(in: 0...UInt64.max)).pem")
        try Data(identity.certificatePEM.utf8).write(to: authority)
        defer { try? FileManager.default.removeItem(at: authority) }

        let server = try Server()
        var configuration = WebServerConfiguration()
        configuration.tls = identity
        let web = WebServer(configuration, handler: server)
        let port = try await web.start()
        let media = Task { await server.serveMedia() }

        let sender = VoiceSender(capacity: 4)
        try sender.start()
        let box = Mutex<VoiceConnection?>(nil)
        let connection = VoiceConnection(
            guild: 100, user: 7, connector: WebSocketClient(certificateAuthorityFile: authority.path), sender: sender,
            time: SystemTime.shared, logger: Logger("test")
        ) { channel in
            let connection = box.withLock { $0 }
            connection?.receive(VoiceState(guildID: 100, channelID: channel, userID: 7, sessionID: "session"))
            guard channel != nil else { return }
            connection?.receive(
                VoiceServerUpdate(token: "loopback-token", guildID: 100, endpoint: "127.0.0.1:\(port)"))
        }
        box.withLock { $0 = connection }
        let running = Task { await connection.run() }

        let ring = OpusFrameRing(capacity: 100)
        for number in 1...40 { #expect(ring.push([UInt8(number), 7, 7])) }
        ring.markEnded()
        try await connection.connect(to: 1)
        connection.setSource(ring)
        var frames: [UInt8] = []
        while frames.count < 40, let packet = await server.heard.next() {
            guard packet.payload != OpusSilence.frame else { continue }
            #expect(packet.header.ssrc == 77)
            frames.append(packet.payload[0])
            if frames.count == 10 {
                server.current.withLock { $0 }?.drop()
                while let event = await connection.events.next(), event != .recovered {}
            }
        }
        #expect(frames == Array(1...40))
        #expect(server.opcodes.withLock { $0 }.contains(.resume))
        #expect(server.paths.withLock { $0 }.allSatisfy { $0 == "/?v=8" })

        running.cancel()
        await running.value
        #expect(box.withLock { $0 }?.status == .disconnected)
        box.withLock { $0 = nil }
        sender.stop()
        media.cancel()
        await media.value
        await web.stop()
    }
}
