import DiscordVoice
import TestSupport
import Testing

@Suite struct PacketCodecTests {
    @Test func discoveryRequestHasTheWireForm() throws {
        let request = IPDiscovery(.request, ssrc: 12_871)
        #expect(request.bytes == bytes("000100460000 3247") + [UInt8](repeating: 0, count: 66))
        #expect(try IPDiscovery(request.bytes) == request)
    }

    @Test func discoveryReplyComesBack() throws {
        let reply = IPDiscovery(.reply, ssrc: 0xDEAD_BEEF, address: "203.0.113.7", port: 50_001)
        #expect(reply.bytes.count == IPDiscovery.byteCount)
        #expect(try IPDiscovery(reply.bytes) == reply)
        let six = IPDiscovery(.reply, ssrc: 1, address: "2001:db8::7", port: 1)
        #expect(try IPDiscovery(six.bytes) == six)
    }

    @Test func brokenDiscoveryIsRefused() throws {
        let good = IPDiscovery(.reply, ssrc: 1, address: "203.0.113.7", port: 50_001).bytes
        for count in 0..<good.count {
            #expect(throws: VoiceError.self) { try IPDiscovery(Array(good[..<count])) }
        }
        #expect(throws: VoiceError.self) { try IPDiscovery(good + [0]) }
        for (index, value) in [(1, UInt8(3)), (3, 71), (8, 0), (8, 0x80), (9, UInt8(ascii: "/"))] {
            var broken = good
            broken[index] = value
            #expect(throws: VoiceError.self) { try IPDiscovery(broken) }
        }
        var endless = good
        for index in 8..<72 { endless[index] = UInt8(ascii: "1") }
        #expect(throws: VoiceError.self) { try IPDiscovery(endless) }
    }

    @Test func pingHasTheWireForm() throws {
        #expect(VoicePing(sequence: 5).bytes == bytes("1337cafe00000005"))
        #expect(VoicePing(sequence: 5, isReply: true).bytes == bytes("1337f00d00000005"))
        #expect(try VoicePing(bytes("1337f00d01020304")) == VoicePing(sequence: 0x0102_0304, isReply: true))
        #expect(throws: VoiceError.self) { try VoicePing(bytes("1337f00e01020304")) }
        #expect(throws: VoiceError.self) { try VoicePing(bytes("1337f00d010203")) }
    }

    @Test func headerComesBack() throws {
        var header = RTPHeader(sequence: 0xFFFE, timestamp: 0xFFFF_FFFE, ssrc: 0x8000_0001)
        #expect(header.bytes == bytes("8078fffefffffffe80000001"))
        header.marker = true
        header.hasPadding = true
        header.contributorCount = 15
        header.payloadType = 111
        #expect(try RTPHeader(header.bytes) == header)
        #expect(header.authenticatedByteCount == 72)
    }

    @Test func otherPacketsAreNotRTP() {
        func refusal(_ text: String) -> VoiceError? {
            failure { () throws(VoiceError) in _ = try RTPHeader(bytes(text)) }
        }
        #expect(refusal("8078000700001a40010203") == .malformedPacket(.tooShort))
        #expect(refusal("4078000700001a4001020304") == .malformedPacket(.wrongVersion))
        for type in 200...206 {
            #expect(
                refusal("80" + String(type, radix: 16) + "000700001a4001020304") == .malformedPacket(.controlPacket))
        }
    }

    @Test func randomDatagramsNeverCrashTheReceiver() throws {
        var receiver = VoiceReceiver(try TransportCipher(.aes256GCM, key: [UInt8](repeating: 1, count: 32)))
        var random = SeededRandom(seed: 11)
        for _ in 0..<2_000 {
            let junk = (0..<Int.random(in: 0...80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: VoiceError.self) { try receiver.receive(junk) }
        }
        #expect(receiver.refused == 2_000)
        #expect(receiver.streams.isEmpty)
    }

    @Test func theReceiverCountsPerStreamAndIsBounded() throws {
        let cipher = try TransportCipher(.xchacha20Poly1305, key: [UInt8](repeating: 1, count: 32))
        var receiver = VoiceReceiver(cipher, maximumStreams: 2)
        for (ssrc, sequence) in [(1, 10), (1, 12), (2, 5), (3, 1), (1, 11), (1, 11)] {
            let header = RTPHeader(sequence: UInt16(sequence), timestamp: 0, ssrc: UInt32(ssrc))
            _ = try receiver.receive(try cipher.seal(header: header.bytes, plaintext: [1, 2, 3]))
        }
        #expect(receiver.streams.count == 2)
        let first = try #require(receiver.streams[1])
        #expect((first.received, first.lost, first.reordered, first.doubled) == (3, 0, 1, 1))
    }
}

@Suite struct RTPSequenceTrackerTests {
    @Test func countsAcrossTheWrap() {
        var tracker = RTPSequenceTracker()
        for step in 0..<70_000 { tracker.record(UInt16(truncatingIfNeeded: 65_000 + step)) }
        #expect((tracker.received, tracker.lost, tracker.doubled, tracker.restarts) == (70_000, 0, 0, 0))
    }

    @Test func saysWhatEachArrivalMeans() {
        var tracker = RTPSequenceTracker()
        let arrivals = [5, 6, 9, 7, 9, 6, 10, 500, 20_000].map { tracker.record(UInt16($0)) }
        #expect(
            arrivals == [.first, .next, .gap(2), .reordered, .doubled, .doubled, .next, .gap(489), .first])
        #expect((tracker.received, tracker.lost, tracker.doubled, tracker.reordered) == (7, 490, 2, 1))
        #expect(tracker.restarts == 1)
    }
}
