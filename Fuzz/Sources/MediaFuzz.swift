@testable import MediaPipeline

/// The pipe between the program and its media workers, and Ogg Opus streams.
///
/// First byte: what the rest is. Second byte: how it is cut into pieces.
enum MediaFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        let cut = input.byte()
        switch kind & 3 {
        case 0: wire(input.remainder(), cut)
        case 1: ogg(input.remainder(), cut)
        default: ogg(withChecksums(input.remainder()), cut)
        }
    }

    private static func wire(_ bytes: [UInt8], _ cut: UInt8) {
        let whole = messages([bytes[...]])
        precondition(messages(bytes.pieces(cut)) == whole, "the pieces decide what is read")
        for message in whole {
            let written = message.encoded
            precondition(messages([written[...]]).map(\.encoded) == [written], "a message reads as another one")
        }
    }

    private static func messages(_ pieces: [ArraySlice<UInt8>]) -> [MediaMessage] {
        var decoder = MediaMessageDecoder()
        var messages: [MediaMessage] = []
        for piece in pieces {
            decoder.append(Array(piece))
            do {
                while let message = try decoder.next() { messages.append(message) }
            } catch {
                return messages
            }
        }
        return messages
    }

    private static func ogg(_ bytes: [UInt8], _ cut: UInt8) {
        let whole = elements([bytes[...]])
        precondition(elements(bytes.pieces(cut)) == whole, "the pieces decide what is read")
        for element in whole {
            switch element {
            case .tags(let tags): _ = (tags["TITLE"], tags[""])
            case .packet(let packet): _ = OpusPacket.sampleCount(packet)
            default: break
            }
        }
    }

    private static func elements(_ pieces: [ArraySlice<UInt8>]) -> [OggOpusReader.Element] {
        var reader = OggOpusReader()
        var elements: [OggOpusReader.Element] = []
        for piece in pieces {
            reader.append(piece)
            do {
                while let element = try reader.next() { elements.append(element) }
            } catch {
                return elements
            }
        }
        return elements
    }

    /// The bytes with right checksums in whatever looks like a page, so that changed pages are looked into.
    private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var start = 0
        while start + 27 <= bytes.count, bytes[start..<start + 4].elementsEqual("OggS".utf8) {
            let segments = Int(bytes[start + 26])
            guard start + 27 + segments <= bytes.count else { break }
            let end = bytes[start + 27..<start + 27 + segments].reduce(start + 27 + segments) { $0 + Int($1) }
            guard end <= bytes.count else { break }
            bytes.replaceSubrange(start + 22..<start + 26, with: littleEndian(OggChecksum.of(page: bytes[start..<end])))
            start = end
        }
        return bytes
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let request = MediaRequest(
            source: .http(url: "https://example.com/a.ogg", headers: ["User-Agent": "x"]), start: .seconds(3),
            allowPrivateNetwork: ["127.0.0.1:80"])
        let info = MediaInfo(
            duration: .seconds(60), codec: "opus", sampleRate: 48_000, channels: 2, passthrough: true, title: "Ü",
            bitRate: 96_000)
        let parent: [MediaMessage] = [
            .open(session: 1, request: request, probe: false),
            .open(session: 2, request: MediaRequest(source: .file(path: "/a"), volume: 0.5), probe: true),
            .credit(session: 1, packets: 50), .ping(nonce: 9), .close(session: 1),
        ]
        let worker: [MediaMessage] = [
            .hello(version: MediaMessage.version), .opened(session: 1, info: info),
            .packets(session: 1, firstIndex: 0, packets: [[0xF8, 0xFF, 0xFE], [1, 2]]), .pong(nonce: 9),
            .end(session: 1), .failed(session: 2, error: .httpStatus(403)), .failed(session: 3, error: .broken("x")),
        ]
        var writer = OggOpusWriter(serial: 5, tags: OpusTags(comments: ["TITLE=Song", "ARTIST=Someone"]))
        var song = writer.start()
        for length in [3, 80, 300] { song += writer.add([0xFC] + [UInt8](repeating: 7, count: length)) }
        song += writer.finish()
        var next = OggOpusWriter(serial: 6, packetsPerPage: 3)
        var station = song + next.start()
        for _ in 0..<4 { station += next.add(OpusPacket.silence) }
        station += next.finish()
        return [
            ("from-parent", [0, 9] + parent.flatMap(\.encoded)), ("from-worker", [0, 3] + worker.flatMap(\.encoded)),
            ("song", [1, 40] + song), ("station", [2, 11] + station),
        ]
    }
}
