import Testing

@testable import Sandbox

@Suite struct HeardStreamTests {
    private func frame(_ sequence: Int, at milliseconds: Double, silence: Bool = false) -> HeardFrame {
        HeardFrame(
            sequence: UInt16(truncatingIfNeeded: sequence), timestamp: UInt32(truncatingIfNeeded: sequence * 960),
            arrival: milliseconds, payload: silence ? [0xF8, 0xFF, 0xFE] : [0x78, 1, 2])
    }

    private func note(_ stream: inout HeardStream, _ frame: HeardFrame) {
        stream.note(frame, nanoseconds: Int64(frame.arrival * 1_000_000), sinceMark: frame.arrival)
    }

    @Test func countsAcrossTheWrap() {
        var stream = HeardStream(ssrc: 1, user: 2, kept: 100)
        for number in 65_530..<65_550 where number != 65_535 && number != 65_540 {
            note(&stream, frame(number, at: Double(number - 65_530) * 20))
        }
        note(&stream, frame(65_549, at: 400))
        #expect(stream.heard == 18)
        #expect(stream.lost == 2)
        #expect(stream.doubled == 1)
        note(&stream, frame(65_540, at: 410))
        #expect(stream.lost == 1)
        #expect(stream.reordered == 1)
    }

    @Test func latenessIsAgainstTheSchedule() {
        var stream = HeardStream(ssrc: 1, user: 2, kept: 100)
        for number in 0..<50 { note(&stream, frame(number, at: Double(number) * 20 + (number == 25 ? 13 : 0))) }
        #expect(abs((stream.json["lateness_ms"]?["max"]?.number ?? 0) - 13) < 0.1)
        #expect(stream.json["lateness_ms"]?["p50"]?.number ?? 1 < 0.1)
        #expect(stream.firstPacket == 0)
    }

    @Test func aPauseAfterSilenceStartsANewSchedule() {
        var stream = HeardStream(ssrc: 1, user: 2, kept: 100)
        for number in 0..<10 { note(&stream, frame(number, at: Double(number) * 20, silence: number >= 5)) }
        for number in 10..<20 { note(&stream, frame(number, at: Double(number) * 20 + 5000)) }
        #expect(stream.json["lateness_ms"]?["max"]?.number ?? 1 < 0.1)
        #expect(stream.silence == 5)
        #expect(stream.longestGap < 21)
    }

    @Test func keepsABoundedNumberOfFrames() {
        var stream = HeardStream(ssrc: 1, user: 2, kept: 100)
        for number in 0..<1000 { note(&stream, frame(number, at: Double(number) * 20)) }
        #expect(stream.frames.count <= 125)
        #expect(stream.frames.last?.timestamp == UInt32(959_040))
    }
}

@Suite struct EncryptedStreamTests {
    @Test func whatCameIsNotLost() {
        var stream = HeardStream(ssrc: 1, user: 2, kept: 10)
        for number in 0..<10 as Range<UInt16> {
            switch number {
            case 2: stream.noteSealed(number)
            case 3, 4: stream.noteUndecryptable(number)
            case 6: continue
            default:
                let frame = HeardFrame(sequence: number, timestamp: 0, arrival: 0, payload: [1, 2, 3])
                stream.note(frame, nanoseconds: 0, sinceMark: nil)
            }
        }
        #expect(stream.heard == 6 && stream.sealed == 1 && stream.undecryptable == 2 && stream.lost == 1)
        #expect(stream.has(3) && !stream.has(6) && !stream.has(20))
    }
}
