import Testing

@testable import Sandbox

/// The media server's socket.
@Suite struct MediaSocketTests {
    @Test func whatTheKernelDropsIsCounted() throws {
        let receiver = try #require(MediaSocket(host: "127.0.0.1"))
        let sender = try #require(MediaSocket(host: "127.0.0.1"))
        defer {
            receiver.close()
            sender.close()
        }
        let peer = MediaSocket.Peer(address: 0x7F00_0001, port: UInt16(receiver.port))
        let datagram = [UInt8](repeating: 1, count: 1200)
        #expect(receiver.drops == 0)
        // Far more than any receive buffer holds.
        var sent = 0
        while receiver.drops == 0, sent < 100_000 {
            sender.send(datagram, to: peer)
            sent += 1
        }
        #expect(receiver.drops > 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var received = 0
        while unsafe receiver.receive(into: buffer) != nil { received += 1 }
        #expect(received > 100)
        #expect(received + receiver.drops == sent)
    }
}
