import MediaPipeline
import Testing

@Suite struct OggOpusTests {
    /// A stream with packets of awkward sizes: around the 255-byte lacing steps.
    static func stream(packetsPerPage: Int) -> (bytes: [UInt8], elements: [OggOpusReader.Element]) {
        let header = OpusHeader(channels: 2, preSkip: 312, gain: -256)
        let tags = OpusTags(comments: ["TITLE=Für Elise", "artist=Ludwig van Beethoven"])
        var writer = OggOpusWriter(serial: 0xDEAD_BEEF, header: header, tags: tags, packetsPerPage: packetsPerPage)
        var bytes = writer.start()
        var elements: [OggOpusReader.Element] = [.header(header), .tags(tags)]
        for size in [1, 3, 254, 255, 256, 509, 510, 511, 765, 1275, 2] {
            let packet: [UInt8] = [0xF8] + [UInt8](repeating: UInt8(size & 255), count: size - 1)
            bytes += writer.add(packet)
            elements.append(.packet(packet))
        }
        bytes += writer.finish()
        elements.append(.end(samples: 11 * 960))
        return (bytes, elements)
    }

    static func read(_ pieces: [ArraySlice<UInt8>]) throws -> [OggOpusReader.Element] {
        var reader = OggOpusReader()
        var found: [OggOpusReader.Element] = []
        for piece in pieces {
            reader.append(piece)
            while let element = try reader.next() { found.append(element) }
        }
        return found
    }

    @Test(arguments: [1, 2, 5, 50]) func writtenIsReadBackWholeAndByteByByte(packetsPerPage: Int) throws {
        let (bytes, elements) = Self.stream(packetsPerPage: packetsPerPage)
        #expect(try Self.read([bytes[...]]) == elements)
        #expect(try Self.read(bytes.indices.map { bytes[$0...$0] }) == elements)
    }

    @Test func splitAtEveryByte() throws {
        let (bytes, elements) = Self.stream(packetsPerPage: 3)
        for cut in bytes.indices { #expect(try Self.read([bytes[..<cut], bytes[cut...]]) == elements) }
    }

    @Test func chainedStreamsAreReadOn() throws {
        let (bytes, elements) = Self.stream(packetsPerPage: 4)
        #expect(try Self.read([(bytes + bytes)[...]]) == elements + elements)
    }

    @Test func everyFlippedByteIsNoticed() throws {
        let (bytes, elements) = Self.stream(packetsPerPage: 50)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x20
            let read = try? Self.read([damaged[...]])
            #expect(read != elements)
        }
    }

    @Test func aMissingPageIsNoticed() throws {
        let (bytes, _) = Self.stream(packetsPerPage: 1)
        let starts = bytes.indices.filter { bytes[$0...].starts(with: "OggS\0".utf8) }
        let without = Array(bytes[..<starts[4]] + bytes[starts[5]...])
        #expect(throws: MediaError.broken("an Ogg page is missing")) { try Self.read([without[...]]) }
    }

    @Test func longCommentsTakeSeveralPages() throws {
        let tags = OpusTags(comments: ["COVER=" + String(repeating: "x", count: 200_000)])
        var writer = OggOpusWriter(serial: 1, tags: tags)
        let bytes = writer.start()
        #expect(try Self.read([bytes[...]]) == [.header(OpusHeader()), .tags(tags)])
        #expect(tags["cover"]?.count == 200_000)
    }

    @Test(
        arguments: [
            ([0xF8, 0xFF, 0xFE], 960), ([0xFC], 960), ([0xE0], 120), ([0xF9], 1920), ([0x18], 2880), ([0x60], 480),
            ([0xFB, 0x03], 2880), ([0xFB], nil), ([], nil), ([0x1B, 0x03], nil),
        ] as [([UInt8], Int?)])
    func packetsTellTheirLength(packet: [UInt8], samples: Int?) {
        #expect(OpusPacket.sampleCount(packet) == samples)
    }
}
