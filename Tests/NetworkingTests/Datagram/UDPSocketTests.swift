import Networking
import Testing

@Suite(.timeLimit(.minutes(5)))
struct UDPSocketTests {
    @Test(arguments: ["127.0.0.1", "::1"])
    func datagramsTravelBothWays(host: String) async throws {
        let loopback = try #require(SocketAddress(host, port: 0))
        let server = try UDPSocket(bindTo: loopback)
        let client = try UDPSocket.connected(to: server.localAddress)
        #expect(try client.send([1, 2, 3]))
        let (bytes, from) = try await server.receive()
        #expect(bytes == [1, 2, 3])
        #expect(from == client.localAddress)
        try server.send(Array(repeating: 7, count: 1400), to: from)
        #expect(try await client.receive().bytes == Array(repeating: 7, count: 1400))
        try client.send([])
        #expect(try await server.receive().bytes == [])
    }

    @Test
    func aWaitingReceiveEndsWhenTheSocketIsClosed() async throws {
        let socket = try UDPSocket(bindTo: #require(SocketAddress("127.0.0.1", port: 0)))
        async let failure = #expect(throws: NetworkError.closed) { _ = try await socket.receive() }
        await Task.yield()
        socket.close()
        _ = await failure
        #expect(throws: NetworkError.closed) { try socket.send([1], to: socket.localAddress) }
    }

    @Test
    func aWaitingReceiveEndsWhenItsTaskIsCancelled() async throws {
        let socket = try UDPSocket(bindTo: #require(SocketAddress("127.0.0.1", port: 0)))
        let task = Task { try await socket.receive() }
        task.cancel()
        await #expect(throws: NetworkError.cancelled) { _ = try await task.value }
    }

    @Test
    func aPeerThatIsNotThereDoesNotEndTheSocket() async throws {
        let loopback = try #require(SocketAddress("127.0.0.1", port: 0))
        let gone = try UDPSocket(bindTo: loopback)
        let address = gone.localAddress
        gone.close()
        let socket = try UDPSocket(bindTo: loopback)
        try socket.send([1], to: address)
        try socket.send([2], to: socket.localAddress)
        #expect(try await socket.receive().bytes == [2])
    }

    @Test
    func addressesPrintAsPeopleWriteThem() throws {
        #expect(try #require(SocketAddress("127.0.0.1", port: 80)).description == "127.0.0.1:80")
        #expect(try #require(SocketAddress("::1", port: 443)).description == "[::1]:443")
        #expect(SocketAddress("localhost", port: 1) == nil)
    }
}
