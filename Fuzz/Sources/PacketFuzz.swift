import DiscordVoice
import MediaPipeline

/// UDP packets: RTP, its encryption, discovery and ping.
///
/// First byte: the mode. Then packets: flags, a record of header bytes and a record of payload. Flag 1: the packet is
/// sealed as a sender would; flag 2: it is then changed in one place; flag 4: it arrives twice.
enum PacketFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static let ciphers: [TransportCipher] = TransportMode.allCases.map { mode in
        guard let cipher = try? TransportCipher(mode, key: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("the cipher does not start")
        }
        return cipher
    }

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let cipher = ciphers[Int(input.byte()) % ciphers.count]
        var receiver = VoiceReceiver(cipher, maximumStreams: 4)
        var packets = 0
        while !input.isEmpty {
            let flags = input.byte()
            let header = input.record()
            let payload = input.record()
            guard flags & 1 != 0 else {
                unsealed(header + payload, &receiver)
                packets += 1
                continue
            }
            guard var packet = seal(header, payload, cipher) else { continue }
            let (whole, changed) = (packet, flags & 2 != 0)
            if changed { packet[Int(input.byte()) % packet.count] ^= input.byte() | 1 }
            for _ in 0..<(flags & 4 != 0 ? 2 : 1) {
                packets += 1
                check(packet, isWhole: !changed, payload, &receiver)
            }
            _ = whole
        }
        let counted = receiver.streams.values.reduce(0) { $0 + $1.received + $1.doubled }
        precondition(receiver.streams.count <= 4 && receiver.refused + counted <= packets)
    }

    /// A header that is one, then the packet sealed under it.
    private static func seal(_ header: [UInt8], _ payload: [UInt8], _ cipher: TransportCipher) -> [UInt8]? {
        var header = header + [UInt8](repeating: 0, count: max(0, RTPHeader.byteCount - header.count))
        header[0] = 0x80 | header[0] & 0x3F
        guard let parsed = try? RTPHeader(header) else { return nil }
        precondition(parsed.bytes == Array(header.prefix(RTPHeader.byteCount)))
        header = Array((header + [UInt8](repeating: 0, count: 64)).prefix(parsed.authenticatedByteCount))
        guard let packet = try? cipher.seal(header: header, plaintext: payload) else {
            preconditionFailure("a packet cannot be sealed")
        }
        return packet
    }

    private static func check(
        _ packet: [UInt8], isWhole: Bool, _ payload: [UInt8], _ receiver: inout VoiceReceiver
    ) {
        do {
            let opened = try receiver.receive(packet)
            precondition(isWhole, "a changed packet was taken for authentic")
            precondition(opened.payload.count <= payload.count)
            _ = OpusPacket.sampleCount(opened.payload)
            if !opened.header.hasPadding, !opened.header.hasExtension { precondition(opened.payload == payload) }
        } catch {
            precondition(!isWhole || error == .malformedPacket(.wrongLength))
        }
    }

    private static func unsealed(_ packet: [UInt8], _ receiver: inout VoiceReceiver) {
        precondition((try? receiver.receive(packet)) == nil, "a packet without a key was taken for authentic")
        if let discovery = try? IPDiscovery(packet) {
            let again = try? IPDiscovery(discovery.bytes)
            precondition(again == discovery)
        }
        if let ping = try? VoicePing(packet) { precondition(ping.bytes == packet) }
        _ = OpusPacket.sampleCount(packet)
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        func record(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }
        func packet(_ flags: UInt8, _ sequence: UInt16, _ first: UInt8 = 0x80) -> [UInt8] {
            var header = RTPHeader(sequence: sequence, timestamp: UInt32(sequence) * 960, ssrc: 9).bytes
            header[0] = first
            // An extension of one word, and padding of three bytes, for those that announce them.
            if first & 0x10 != 0 { header += [0xBE, 0xDE, 0, 1] }
            return [flags] + record(header) + record([1, 2, 3, 4, 0xF8, 0xFF, 0xFE, 0, 0, 3])
        }
        let stream = packet(1, 1) + packet(1, 2) + packet(5, 4) + packet(1, 3) + packet(1, 9000)
        let discovery = IPDiscovery(.reply, ssrc: 9, address: "192.0.2.7", port: 40_000).bytes
        let ping = VoicePing(sequence: 3, isReply: true).bytes
        return [
            ("aes", [0] + stream + packet(1, 5, 0x90) + packet(1, 6, 0xB0)),
            ("chacha", [1] + stream + packet(1, 5, 0xA0) + packet(3, 6) + [20, 4]),
            ("clear", [0, 0] + record(discovery) + [0, 0] + record(ping) + [0] + packet(0, 1)),
        ]
    }
}
