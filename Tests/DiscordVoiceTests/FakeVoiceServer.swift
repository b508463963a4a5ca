import DiscordModel
import DiscordVoice
import Networking
import ServiceKit
import Synchronization

/// A WebSocket in memory; the test holds its other end.
final class MemoryWebSocket: WebSocketConnection {
    let toClient = BoundedChannel<WebSocketMessage>(capacity: 256)
    private let onMessage: @Sendable (WebSocketMessage, MemoryWebSocket) -> Void
    private let ending = Mutex<WebSocketClose?>(nil)
    /// Ends when the client closes or drops.
    let gone = BoundedChannel<UInt16>(capacity: 4)

    init(_ onMessage: @escaping @Sendable (WebSocketMessage, MemoryWebSocket) -> Void) { self.onMessage = onMessage }

    func send(_ message: WebSocketMessage) async throws(NetworkError) {
        guard closed == nil else { throw .closed }
        onMessage(message, self)
    }

    func receive() async throws(NetworkError) -> WebSocketMessage? { await toClient.next() }

    var closed: WebSocketClose? { ending.withLock { $0 } }

    func close(code: UInt16, reason: String) async { end(code) }

    func drop() { end(1006) }

    /// Ends the connection from either side.
    func end(_ code: UInt16) {
        ending.withLock { $0 = $0 ?? WebSocketClose(code: code) }
        gone.trySend(code)
        toClient.finish()
    }

    func say(_ opcode: VoiceOpcode, _ data: JSONValue?, seq: Int? = nil) {
        guard let bytes = try? JSON.encode(VoiceGatewayPayload(op: opcode, d: data, seq: seq)) else { return }
        toClient.trySend(.text(String(decoding: bytes, as: UTF8.self)))
    }
}

/// A media socket in memory.
final class MemoryDatagrams: VoiceDatagrams {
    let capture = CaptureSink()
    let toClient = BoundedChannel<[UInt8]>(capacity: 64)
    let isClosed = Mutex(false)

    var sink: any PacketSink { capture }
    func send(_ datagram: [UInt8]) {
        guard let request = try? IPDiscovery(datagram), request.kind == .request else { return }
        toClient.trySend(IPDiscovery(.reply, ssrc: request.ssrc, address: "203.0.113.9", port: 4_000).bytes)
    }
    func receive() async -> [UInt8]? { await toClient.next() }
    func close() {
        isClosed.withLock { $0 = true }
        toClient.finish()
    }
}

/// Discord's side of voice, in memory: answers the handshake and keeps what it was told.
final class FakeVoiceServer: WebSocketConnector, VoiceDatagramConnector {
    struct State {
        var sockets: [MemoryWebSocket] = []
        var media: [MemoryDatagrams] = []
        var received: [VoiceGatewayPayload] = []
        var urls: [String] = []
        var nextSSRC = 1_000
        var answersResume = true
        /// The version of DAVE it chooses, and who is in the channel.
        var version = 0
        var present: [String] = []
        /// Binary messages, with their opcode in front.
        var binary: [[UInt8]] = []
    }

    static let key = [UInt8](repeating: 5, count: 32)
    let state = Mutex(State())
    /// Opcodes as they arrive.
    let arrived = BoundedChannel<VoiceOpcode>(capacity: 256)

    func connect(to url: String, options: WebSocketOptions) async throws(NetworkError) -> any WebSocketConnection {
        let socket = MemoryWebSocket { [self] message, socket in receive(message, from: socket) }
        state.withLock { state in
            state.sockets.append(socket)
            state.urls.append(url)
        }
        socket.say(.hello, ["v": 8, "heartbeat_interval": 13_750])
        return socket
    }

    func connect(address: String, port: UInt16) throws(VoiceError) -> any VoiceDatagrams {
        let media = MemoryDatagrams()
        state.withLock { $0.media.append(media) }
        return media
    }

    private func receive(_ message: WebSocketMessage, from socket: MemoryWebSocket) {
        if case .binary(let bytes) = message {
            state.withLock { $0.binary.append(bytes) }
            arrived.trySend(VoiceOpcode(rawValue: Int(bytes.first ?? 0)))
        }
        guard case .text(let text) = message,
            let payload: VoiceGatewayPayload = try? JSON.decode(from: Array(text.utf8))
        else { return }
        defer { arrived.trySend(payload.op) }
        let ssrc = state.withLock { state in
            state.received.append(payload)
            if payload.op == .identify { state.nextSSRC += 1 }
            return state.nextSSRC
        }
        switch payload.op {
        case .identify:
            let modes: JSONValue = ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize"]
            socket.say(
                .ready, ["ssrc": .integer(Int64(ssrc)), "ip": "127.0.0.1", "port": 50_000, "modes": modes], seq: 1)
            let present = state.withLock { $0.present }
            if !present.isEmpty {
                socket.say(.clientsConnect, ["user_ids": .array(present.map { .string($0) })], seq: 2)
            }
        case .selectProtocol:
            let mode = payload.d?["data"]?["mode"] ?? ""
            let key = JSONValue.array(Self.key.map { .integer(Int64($0)) })
            let version = state.withLock { JSONValue.integer(Int64($0.version)) }
            socket.say(
                .sessionDescription, ["mode": mode, "secret_key": key, "dave_protocol_version": version], seq: 3)
        case .resume: if state.withLock({ $0.answersResume }) { socket.say(.resumed, nil) }
        case .heartbeat: socket.say(.heartbeatACK, payload.d)
        default: break
        }
    }

    /// The resume that was left unanswered is answered now.
    func answerResume() {
        lastSocket?.say(.resumed, nil)
    }

    var opcodes: [VoiceOpcode] { state.withLock { $0.received.map(\.op) } }
    var lastSocket: MemoryWebSocket? { state.withLock { $0.sockets.last } }

    /// Every audio packet that arrived, over all media sockets, decrypted.
    func heard() throws -> [RTPPacket] {
        let media = state.withLock { $0.media }
        return try media.flatMap { media in
            try media.capture.packets.map { packet in
                for mode in TransportMode.allCases {
                    if let opened = try? TransportCipher(mode, key: Self.key).open(packet) { return opened }
                }
                throw VoiceError.malformedPacket(.notAuthentic)
            }
        }
    }
}
