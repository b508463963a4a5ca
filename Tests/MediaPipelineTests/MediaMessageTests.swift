import MediaPipeline
import Testing

@Suite struct MediaMessageTests {
    static let messages: [MediaMessage] = {
        var request = MediaRequest(
            source: .http(url: "https://example.org/a?b=c", headers: ["User-Agent": "x", "Cookie": "ü"]),
            start: .milliseconds(12_340), volume: 0.5, allowPrivateNetwork: ["127.0.0.1:80", "[::1]:9"])
        request.bitRate = 96_000
        let full = MediaInfo(
            duration: .seconds(3), codec: "mp3", sampleRate: 44_100, channels: 2, passthrough: false,
            title: "Für Elise", artist: "", isLive: false, bitRate: 160_000)
        let live = MediaInfo(
            duration: nil, codec: "opus", sampleRate: 48_000, channels: 1, passthrough: true, isLive: true)
        let errors: [MediaError] = [
            .notFound, .forbidden("a"), .unreachable("b"), .httpStatus(403), .noAudio, .unsupported("c"), .broken("d"),
            .empty, .timedOut("e"), .outOfResources, .workerLost, .workersUnavailable("f"),
            .protocolViolation("g"), .closed,
        ]
        return [
            .hello(version: 7), .open(session: 1, request: request, probe: true),
            .open(session: 2, request: MediaRequest(source: .file(path: "/songs/a.opus")), probe: false),
            .credit(session: 3, packets: 50), .close(session: .max), .ping(nonce: 0xFEED_FACE_CAFE_BEEF),
            .opened(session: 4, info: full), .opened(session: 5, info: live),
            .packets(session: 6, firstIndex: 1234, packets: [[1], [UInt8](repeating: 7, count: 1275)]),
            .end(session: 7), .pong(nonce: 1),
        ] + errors.map { .failed(session: 8, error: $0) }
    }()

    static func decode(_ pieces: [ArraySlice<UInt8>]) throws -> [MediaMessage] {
        var decoder = MediaMessageDecoder()
        var found: [MediaMessage] = []
        for piece in pieces {
            decoder.append(Array(piece))
            while let message = try decoder.next() { found.append(message) }
        }
        return found
    }

    @Test func everyMessageSurvivesWholeAndByteByByte() throws {
        let bytes = Self.messages.flatMap(\.encoded)
        #expect(try Self.decode([bytes[...]]) == Self.messages)
        #expect(try Self.decode(bytes.indices.map { bytes[$0...$0] }) == Self.messages)
    }

    @Test(arguments: messages) func oneMessageSplitAtEveryByte(message: MediaMessage) throws {
        let bytes = message.encoded
        for cut in bytes.indices {
            #expect(try Self.decode([bytes[..<cut], bytes[cut...]]) == [message])
        }
    }

    @Test(arguments: messages) func aShorterOrLongerBodyIsRefused(message: MediaMessage) throws {
        let bytes = message.encoded
        for count in 5..<max(5, bytes.count - 4) {
            let shorter = Self.lengthField(count) + bytes[4..<4 + count]
            #expect(throws: MediaError.self) { try Self.decode([shorter[...]]) }
        }
        let longer = Self.lengthField(bytes.count - 3) + bytes[4...] + [0]
        #expect(throws: MediaError.self) { try Self.decode([longer[...]]) }
    }

    static func lengthField(_ count: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
    }

    @Test(
        arguments: [
            [0, 0, 0, 0], [0, 0, 0, 4], [0, 4, 0, 1], [255, 255, 255, 255], [0, 0, 0, 5, 0, 0, 0, 0, 0],
            [0, 0, 0, 5, 99, 0, 0, 0, 0],
        ] as [[UInt8]])
    func hostileLengthsAndTypesAreRefused(bytes: [UInt8]) {
        #expect(throws: MediaError.self) { try Self.decode([bytes[...]]) }
    }

    @Test func numbersOutOfRangeAreRefused() {
        let good = MediaRequest(source: .file(path: "a"))
        var spoiled = [MediaRequest](repeating: good, count: 5)
        spoiled[0].volume = .infinity
        spoiled[1].volume = -1
        spoiled[2].bitRate = 1
        spoiled[3].start = .seconds(-1)
        spoiled[4].openTimeLimit = .zero
        for request in spoiled {
            let bytes = MediaMessage.open(session: 1, request: request, probe: false).encoded
            #expect(throws: MediaError.self) { try Self.decode([bytes[...]]) }
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let count = Int.random(in: 5...64, using: &generator)
            var bytes: [UInt8] = [0, 0, 0, UInt8(count), UInt8.random(in: 1...10, using: &generator)]
            bytes += (1..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = try? Self.decode([bytes[...]])
        }
    }
}
