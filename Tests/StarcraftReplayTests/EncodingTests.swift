import ReplayFixtures
@testable import StarcraftReplay
import TestSupport
import Testing

/// Both encodings: what a writer wrote is read, and nothing is read beyond the end.
@Suite struct EncodingTests {
    @Test func bitsComeBack() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            var writer = BitWriter()
            var expected: [(Int, UInt64)] = []
            for _ in 0..<40 {
                let count = Int.random(in: 0...56, using: &random)
                let value = UInt64.random(in: 0...UInt64.max, using: &random) & ((1 << UInt64(count)) - 1)
                writer.write(value, bits: count)
                expected.append((count, value))
            }
            let bytes = writer.bytes
            var reader = BitReader(bytes.span, part: .gameEvents)
            for (count, value) in expected {
                let read = try reader.number(count)
                #expect(read == value)
            }
            reader.align()
            let isAtEnd = reader.isAtEnd
            #expect(isAtEnd)
        }
    }

    @Test func bitsWorkByHand() throws {
        // 5 bits from the low end of 0b1101_0110, then 6: three from its high end become the high part.
        let bytes: [UInt8] = [0b1101_0110, 0b1010_1101]
        var reader = BitReader(bytes.span, part: .initData)
        let (five, six, one) = (try reader.bits(5), try reader.bits(6), try reader.flag())
        #expect(five == 0b10110)
        #expect(six == 0b110_101)
        #expect(one)
        let offset = reader.offset
        #expect(offset == 1)
        let four = try reader.bits(4)
        #expect(four == 0b1010)
        let isAtEnd = reader.isAtEnd
        #expect(isAtEnd)
    }

    @Test func bitsEnd() throws {
        let bytes: [UInt8] = [1, 2, 3]
        for width in 1...56 {
            var reader = BitReader(bytes.span, part: .initData)
            var read = 0
            while read + width <= 24 {
                _ = try reader.number(width)
                read += width
            }
            let error = #expect(throws: ReplayError.self) { try readBits(bytes, width: width, times: read / width + 1) }
            #expect(error == .truncated(.initData, offset: read / 8))
        }
        #expect(throws: ReplayError.truncated(.initData, offset: 3)) { try readBlock(bytes, 1, after: 3) }
        #expect(throws: ReplayError.truncated(.initData, offset: 1)) { try readBlock(bytes, 3, after: 1) }
    }

    private func readBits(_ bytes: [UInt8], width: Int, times: Int) throws(ReplayError) {
        var reader = BitReader(bytes.span, part: .initData)
        for _ in 0..<times { _ = try reader.number(width) }
    }

    private func readBlock(_ bytes: [UInt8], _ count: Int, after: Int) throws(ReplayError) {
        var reader = BitReader(bytes.span, part: .initData)
        _ = try reader.block(after)
        _ = try reader.block(count)
    }

    @Test func numbersOfVariableLengthComeBack() throws {
        var random = SeededRandom(seed: 2)
        let edges: [Int64] = [0, 1, -1, 63, 64, -64, 97563, Int64.max >> 1, -(Int64.max >> 1)]
        for value in edges + (0..<500).map({ _ in Int64.random(in: -(1 << 61)...(1 << 61), using: &random) }) {
            let bytes = VersionedValue.variable(value)
            var reader = VersionedReader(bytes.span, part: .header, nesting: 8)
            let read = try reader.number()
            #expect(read == value)
            let isAtEnd = reader.isAtEnd
            #expect(isAtEnd)
        }
        // As in a replay of 5.0.16.
        #expect(VersionedValue.variable(97563) == [0xB6, 0xF4, 0x0B])
    }

    @Test func anythingCanBeLeftOut() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let value = VersionedValue.random(deep: 5, using: &random)
            let bytes = value.bytes
            #expect(try skipped(bytes) == bytes.count)
            for cut in bytes.indices {
                #expect(throws: ReplayError.self) { try skipped(Array(bytes[..<cut])) }
            }
        }
    }

    private func skipped(_ bytes: [UInt8], nesting: Int = 16) throws(ReplayError) -> Int {
        var reader = VersionedReader(bytes.span, part: .details, nesting: nesting)
        try reader.skip()
        return reader.offset
    }

    @Test func nestingIsBounded() {
        let deep = [UInt8](repeating: 4, count: 1) + [1]
        let bytes = (0..<100_000).flatMap { _ in deep }
        #expect(throws: ReplayError.damaged(.details, offset: 32, problem: .nesting)) { try skipped(bytes) }
    }

    @Test func hugeCountsEndAtOnce() {
        // An array, a blob, bits and a structure of 2⁴⁰ members in nothing.
        let count = VersionedValue.variable(1 << 40)
        for tag in [0, 1, 2, 5] as [UInt8] {
            #expect(throws: ReplayError.self) { try skipped([tag] + count) }
        }
        #expect(throws: ReplayError.damaged(.details, offset: 1, problem: .range)) {
            try skipped([2] + VersionedValue.variable(-5))
        }
        #expect(throws: ReplayError.damaged(.details, offset: 1, problem: .range)) {
            try skipped([9] + [UInt8](repeating: 0xFF, count: 40))
        }
    }

    @Test func notationsDescribeLayouts() throws {
        let layout = Layout("{a:u5 b:?i8 c:[3]{d:b e:str(7)} f:ch2(0 No:- | 2 Yes:u32+1) g:bits(9) h:str(=4)}")
        var random = SeededRandom(seed: 4)
        for _ in 0..<200 {
            let value = layout.random(using: &random)
            var writer = BitWriter()
            writer.write(value, as: layout)
            let bytes = writer.bytes
            var reader = BitReader(bytes.span, part: .gameEvents)
            let read = try layout.value(&reader)
            #expect(read == value)
            let end = reader.position
            reader.move(to: 0)
            try layout.skip(&reader)
            let skipped = reader.position
            #expect(skipped == end)
        }
    }
}
