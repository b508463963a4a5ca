import DiscordVoice
import TestSupport
import Testing

@Suite struct TransportCipherTests {
    /// Appendix F, `transport`.
    struct Vector: Sendable {
        let mode: TransportMode
        let plain: String
        let extended: String
    }

    static let key = bytes("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    static let header = bytes("8078000700001a4001020304")
    static let payload = bytes("fc0102030405")
    static let vectors = [
        Vector(
            mode: .xchacha20Poly1305,
            plain: "8078000700001a40010203049b1a6627fdbf383e07ebbbe3c28f2b16b1691a47ff380000002a",
            extended:
                "9078000700001a4001020304bede000277e4f426cb10c418c9fb1115052e42eee4299476ab31756b0c42c8bf84650000002a"
        ),
        Vector(
            mode: .aes256GCM, plain: "8078000700001a40010203047a0ef66c91ed240998ac3f9de814323b0edae1616e500000002a",
            extended:
                "9078000700001a4001020304bede000296f0646da7427cfec3fe7b01aa3c0d2846b0cd4d18556f47ce1308f00b190000002a"
        ),
    ]

    @Test(arguments: vectors) func sealsTheVectors(_ vector: Vector) throws {
        let cipher = try TransportCipher(vector.mode, key: Self.key, firstNonce: 0x2a)
        #expect(try cipher.seal(header: Self.header, plaintext: Self.payload) == bytes(vector.plain))
        let extended = try TransportCipher(vector.mode, key: Self.key, firstNonce: 0x2a)
        let sealed = try extended.seal(
            header: bytes("9078000700001a4001020304bede0002"), plaintext: bytes("10ff900232aabbccfc0102030405"))
        #expect(sealed == bytes(vector.extended))
    }

    @Test(arguments: vectors) func opensTheVectors(_ vector: Vector) throws {
        let cipher = try TransportCipher(vector.mode, key: Self.key)
        for text in [vector.plain, vector.extended] {
            let packet = try cipher.open(bytes(text))
            #expect(packet.payload == Self.payload)
            #expect(packet.header.sequence == 7)
            #expect(packet.header.timestamp == 0x1a40)
            #expect(packet.header.ssrc == 0x0102_0304)
        }
    }

    @Test(arguments: TransportMode.allCases) func paddingAndContributorsAreLeftOut(_ mode: TransportMode) throws {
        let cipher = try TransportCipher(mode, key: Self.key)
        var header = RTPHeader(sequence: 1, timestamp: 2, ssrc: 3)
        header.hasPadding = true
        header.hasExtension = true
        header.contributorCount = 2
        let clear = header.bytes + [UInt8](repeating: 9, count: 8) + bytes("bede0001")
        let packet = try cipher.seal(header: clear, plaintext: bytes("aabbccdd") + Self.payload + [0, 0, 3])
        #expect(try cipher.open(packet).payload == Self.payload)
    }

    @Test(arguments: TransportMode.allCases) func impossibleLengthsInsideAreRefused(_ mode: TransportMode) throws {
        let cipher = try TransportCipher(mode, key: Self.key)
        var padded = RTPHeader(sequence: 1, timestamp: 2, ssrc: 3)
        padded.hasPadding = true
        for plaintext: [UInt8] in [[], [0], [1, 2, 4]] {
            let packet = try cipher.seal(header: padded.bytes, plaintext: plaintext)
            #expect(failure { () throws(VoiceError) in _ = try cipher.open(packet) } == .malformedPacket(.wrongLength))
        }
        var extended = RTPHeader(sequence: 1, timestamp: 2, ssrc: 3)
        extended.hasExtension = true
        let packet = try cipher.seal(header: extended.bytes + bytes("bede0002"), plaintext: Self.payload)
        #expect(failure { () throws(VoiceError) in _ = try cipher.open(packet) } == .malformedPacket(.wrongLength))
    }

    @Test(arguments: TransportMode.allCases) func everyChangedBitIsNoticed(_ mode: TransportMode) throws {
        let cipher = try TransportCipher(mode, key: Self.key)
        let packet = try cipher.seal(header: Self.header, plaintext: Self.payload)
        for bit in 0..<packet.count * 8 {
            var changed = packet
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: VoiceError.self) { try cipher.open(changed) }
        }
    }

    @Test(arguments: TransportMode.allCases) func cutAndRandomPacketsGetTypedErrors(_ mode: TransportMode) throws {
        let cipher = try TransportCipher(mode, key: Self.key)
        let packet = try cipher.seal(header: Self.header, plaintext: Self.payload)
        for count in 0..<packet.count {
            #expect(throws: VoiceError.self) { try cipher.open(Array(packet[..<count])) }
        }
        var random = SeededRandom(seed: 7)
        for _ in 0..<5_000 {
            let junk = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: VoiceError.self) { try cipher.open(junk) }
            var framed = junk
            if framed.count > 2 { (framed[0], framed[1]) = (framed[0] & 0x3F | 0x80, 0x78) }
            #expect(throws: VoiceError.self) { try cipher.open(framed) }
        }
    }

    @Test func theNonceCounterWraps() throws {
        let cipher = try TransportCipher(.aes256GCM, key: Self.key, firstNonce: .max)
        let last = try cipher.seal(header: Self.header, plaintext: Self.payload)
        let first = try cipher.seal(header: Self.header, plaintext: Self.payload)
        #expect(last.suffix(4) == [255, 255, 255, 255])
        #expect(first.suffix(4) == [0, 0, 0, 0])
        #expect(try cipher.open(last).payload == Self.payload)
        #expect(try cipher.open(first).payload == Self.payload)
    }

    @Test func aWrongKeyLengthIsRefused() {
        #expect(throws: VoiceError.self) { try TransportCipher(.aes256GCM, key: [1, 2, 3]) }
    }

    @Test func theBestOfferedModeIsChosen() {
        let both = ["aead_aes256_gcm_rtpsize", "aead_xchacha20_poly1305_rtpsize", "xsalsa20_poly1305"]
        #expect(TransportMode.best(among: both, fastAES: true) == .aes256GCM)
        #expect(TransportMode.best(among: both, fastAES: false) == .xchacha20Poly1305)
        #expect(TransportMode.best(among: both, except: [.aes256GCM], fastAES: true) == .xchacha20Poly1305)
        #expect(TransportMode.best(among: [both[0]], fastAES: false) == .aes256GCM)
        #expect(TransportMode.best(among: ["xsalsa20_poly1305"]) == nil)
    }
}
