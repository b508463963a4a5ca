import DiscordVoice
import MLS
import ServiceKit

/// What a stream costs the sender thread, with and without end-to-end encryption: frames, encryption, the RTP packet and
/// its transport encryption; the socket is left out.
struct DaveSenderCost {
    enum Kind: String, CaseIterable {
        case plain = "transport encryption alone"
        case encrypted = "DAVE and transport encryption"

        /// Its name in the JSON line.
        var key: String { self == .plain ? "plain" : "dave" }
    }

    private let kind: Kind
    private let streams: Int
    private let seconds: Int

    /// Frames of 20 ms in a minute.
    private static let framesPerMinute = 3_000.0

    init(_ kind: Kind, streams: Int, seconds: Int) {
        self.kind = kind
        self.streams = streams
        self.seconds = seconds
    }

    /// Milliseconds of work per stream and minute.
    func measure() async throws -> Double {
        let sender = VoiceSender()
        try sender.start()
        defer { sender.stop() }
        let source = Source()
        for number in 0..<streams {
            let encryptor = kind == .encrypted ? DAVEEncryptor() : nil
            try encryptor?.install(KeyRatchet(baseSecret: Secret.random(KeyRatchet.keyByteCount)))
            let stream = PacketStream(
                ssrc: UInt32(1_000 + number),
                cipher: try TransportCipher(.aes256GCM, key: [UInt8](repeating: 7, count: 32)), sink: Nowhere(),
                source: source, transform: encryptor)
            try sender.add(stream)
            sender.wake(stream)
        }
        try await SystemTime.shared.sleep(for: .milliseconds(200))
        sender.resetStatistics()
        try await SystemTime.shared.sleep(for: .seconds(seconds))
        let statistics = sender.statistics
        guard statistics.packets > 0 else { throw BenchmarkError.peer(name: "sender", "it sent nothing") }
        return statistics.busy / .milliseconds(1) / Double(statistics.packets) * Self.framesPerMinute
    }

    /// Endless frames of 320 bytes.
    private final class Source: OpusFrameSource {
        func nextFrame(into buffer: UnsafeMutableRawBufferPointer) -> FramePull { .frame(byteCount: 320) }
    }

    /// Takes every packet.
    private final class Nowhere: PacketSink {
        func send(_ packet: UnsafeRawBufferPointer) -> Bool { true }
    }
}
