import Testing

@testable import Networking

struct WebSocketFramesTests {
    private static func events(_ bytes: [UInt8], step: Int, limit: Int = 1 << 20) -> [WebSocketFrameDecoder.Event] {
        var decoder = WebSocketFrameDecoder(maximumMessageBytes: limit)
        var found: [WebSocketFrameDecoder.Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            decoder.append(rest.prefix(step))
            rest = rest.dropFirst(step)
            while case let event = decoder.next(), event != .wantsMore {
                found.append(event)
                if case .violation = event { return found }
            }
        }
        return found
    }

    @Test(arguments: [1, 2, 5, 100_000])
    func framesAreFoundHoweverTheStreamIsCut(step: Int) {
        let long = [UInt8](repeating: 9, count: 300)
        let bytes =
            RawClient.frame(0x81, Array("hé".utf8)) + RawClient.frame(0x02, [1, 2]) + RawClient.frame(0x89, [5])
            + RawClient.frame(0x00, [3]) + RawClient.frame(0x80, [4]) + RawClient.frame(0x82, long)
            + RawClient.frame(0x81, []) + RawClient.frame(0x8A, []) + RawClient.frame(0x88, [0x0F, 0xA0, 0x78])
        #expect(
            Self.events(bytes, step: step) == [
                .message(.text("hé")), .ping([5]), .message(.binary([1, 2, 3, 4])), .message(.binary(long)),
                .message(.text("")), .pong, .close(WebSocketClose(code: 4000, reason: "x")),
            ])
    }

    @Test(
        arguments: [
            ([0x83, 0x80, 0, 0, 0, 0], 1002),  // unknown type
            ([0xC1, 0x80, 0, 0, 0, 0], 1002),  // compressed without agreement
            ([0x81, 0x01, 0x61], 1002),  // not masked
            ([0x80, 0x80, 0, 0, 0, 0], 1002),  // continues nothing
            ([0x09, 0x80, 0, 0, 0, 0], 1002),  // a ping in fragments
            ([0x89, 0xFE, 0, 126], 1002),  // a ping too long
            ([0x01, 0x80, 0, 0, 0, 0, 0x01, 0x80, 0, 0, 0, 0], 1002),  // a message inside a message
            ([0x88, 0x81, 0, 0, 0, 0, 3], 1002),  // half a close code
            ([0x88, 0x82, 0, 0, 0, 0, 3, 0xED], 1002),  // 1005 in a frame
            ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),  // not UTF-8
            ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], 1009),
            ([0x82, 0xFE, 0x04, 0x01, 0, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)])
    func whatBreaksTheProtocolIsRefused(bytes: [UInt8], code: UInt16) {
        for step in [1, 100] {
            guard case .violation(let close) = Self.events(bytes, step: step, limit: 1024).last else {
                Issue.record("accepted \(bytes)")
                continue
            }
            #expect(close.code == code)
        }
    }

    @Test(arguments: [0, 125, 126, 65535, 65536])
    func lengthsAreWrittenInTheShortestForm(size: Int) {
        let frame = WebSocketFrameEncoder.encode(.binary([UInt8](repeating: 1, count: size)))
        let head = size < 126 ? 2 : size < 65536 ? 4 : 10
        #expect(frame.count == size + head)
        #expect(frame[0] == 0x82)
    }
}
