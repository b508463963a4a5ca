import MLS
import Testing

@Suite struct CodecTests {
    @Test(
        arguments: [
            (0, [0x00]), (1, [0x01]), (63, [0x3F]), (64, [0x40, 0x40]), (16383, [0x7F, 0xFF]),
            (16384, [0x80, 0x00, 0x40, 0x00]), ((1 << 30) - 1, [0xBF, 0xFF, 0xFF, 0xFF]),
        ] as [(Int, [UInt8])])
    func lengthsAreMinimal(length: Int, header: [UInt8]) throws {
        var writer = MLSWriter()
        writer.vectorLength(length)
        #expect(writer.bytes == header)
        var reader = MLSReader(header)
        #expect(try reader.vectorLength() == length)
        #expect(reader.remaining == 0)
    }

    @Test(arguments: [[0x40, 0x3F], [0x80, 0x00, 0x3F, 0xFF], [0xC0], [0x40], [0x80, 0, 0], []] as [[UInt8]])
    func otherLengthsAreRefused(header: [UInt8]) {
        var reader = MLSReader(header)
        #expect(throws: MLSError.self) { try reader.vectorLength() }
    }

    @Test func integersAreBigEndianAndBounded() throws {
        var writer = MLSWriter()
        writer.uint8(1)
        writer.uint16(0x0203)
        writer.uint32(0x0405_0607)
        writer.uint64(0x0809_0A0B_0C0D_0E0F)
        #expect(writer.bytes == Array(1...15))
        var reader = MLSReader(writer.bytes)
        #expect(try reader.uint8() == 1)
        #expect(try reader.uint16() == 0x0203)
        #expect(try reader.uint32() == 0x0405_0607)
        #expect(try reader.uint64() == 0x0809_0A0B_0C0D_0E0F)
        #expect(throws: MLSError.self) { try reader.uint8() }
    }

    @Test func vectorsEndWhereTheirLengthSays() throws {
        var reader = MLSReader([4, 0, 1, 0, 2, 9])
        #expect(try reader.list(of: UInt16.self) == [1, 2])
        #expect(try reader.uint8() == 9)
        var cut = MLSReader([3, 0, 1, 0, 2])
        #expect(throws: MLSError.self) { try cut.list(of: UInt16.self) }
        var long = MLSReader([5, 1, 2])
        #expect(throws: MLSError.self) { try long.opaque() }
    }

    @Test func optionalsAreZeroOrOne() throws {
        var reader = MLSReader([0, 1, 7, 2])
        #expect(try reader.optional { reader throws(MLSError) in try reader.uint8() } == nil)
        #expect(try reader.optional { reader throws(MLSError) in try reader.uint8() } == 7)
        #expect(throws: MLSError.self) { try reader.optional { reader throws(MLSError) in try reader.uint8() } }
    }

    @Test func bytesBehindAMessageAreRefused() throws {
        #expect(throws: MLSError.self) { try KeyPackage(decoding: RecordedCall.keyPackage + [0]) }
        #expect(throws: MLSError.self) {
            try Welcome(decoding: Array(repeating: 0, count: MLSLimits.encodedBytes + 1))
        }
    }

    @Test func messagesOfTheRecordedCallKeepTheirBytes() throws {
        let messages = [
            RecordedCall.addJoiner, RecordedCall.commitAddJoiner, RecordedCall.addThird, RecordedCall.commitAddThird,
            RecordedCall.removeCommitter, RecordedCall.commitRemove,
        ]
        for bytes in messages { #expect(try MLSMessage(decoding: bytes).encoded == bytes) }
        #expect(try MLSMessage.sequence(in: Array(messages.joined())).map(\.encoded) == messages)
        #expect(try KeyPackage(decoding: RecordedCall.keyPackage).encoded == RecordedCall.keyPackage)
        #expect(try Welcome(decoding: RecordedCall.welcome).encoded == RecordedCall.welcome)
        #expect(try ExternalSender(decoding: RecordedCall.externalSender).encoded == RecordedCall.externalSender)
    }

    @Test func treesAreBounded() {
        var blanks = MLSWriter()
        blanks.opaque(Array(repeating: 0, count: 4 * MLSLimits.leaves))
        #expect(throws: MLSError.self) { try RatchetTree(decoding: blanks.bytes) }
        #expect(throws: MLSError.self) { try RatchetTree(decoding: [0]) }
        #expect(throws: MLSError.self) { try RatchetTree(decoding: [1, 0]) }
    }
}
