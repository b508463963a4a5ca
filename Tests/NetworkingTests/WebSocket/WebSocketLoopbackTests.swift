import Networking
import ServiceKit
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WebSocketLoopbackTests {
    private let client = WebSocketClient()

    @Test
    func echoesMessagesOfEverySize() async throws {
        try await withServer { port in
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws")
            for size in [0, 1, 125, 126, 65535, 65536, 5 << 20] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await socket.send(.binary(bytes))
                #expect(try await socket.receive() == .binary(bytes))
            }
            try await socket.send(.text("Grüße 🎵"))
            #expect(try await socket.receive() == .text("Grüße 🎵"))
            await socket.close(code: 1000, reason: "done")
            #expect(socket.closed == WebSocketClose(code: 1000, reason: "done"))
        }
    }

    @Test(arguments: [1000, 1001, 3999, 4000, 4014, 4999] as [UInt16])
    func theServersCloseReachesTheClient(code: UInt16) async throws {
        try await withServer { port in
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws/close?code=\(code)")
            #expect(try await socket.receive() == nil)
            #expect(socket.closed == WebSocketClose(code: code, reason: "as asked"))
            await #expect(throws: NetworkError.closed) { try await socket.send(.text("late")) }
        }
    }

    @Test
    func aDroppedConnectionIs1006() async throws {
        try await withServer { port in
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws/drop")
            #expect(try await socket.receive() == nil)
            #expect(socket.closed?.code == 1006)
        }
    }

    @Test
    func queryAndExtraHeadersArrive() async throws {
        try await withServer { port in
            var options = WebSocketOptions()
            options.headers = ["X-Extra": "a b; c"]
            let socket = try await client.connect(
                to: "ws://127.0.0.1:\(port)/ws/query?v=10&encoding=json", options: options)
            #expect(try await socket.receive() == .text("v=10&encoding=json a b; c"))
        }
    }

    @Test
    func refusalsCarryTheStatus() async throws {
        try await withServer { port in
            await #expect(throws: NetworkError.upgradeRefused(status: 403)) {
                _ = try await client.connect(to: "ws://127.0.0.1:\(port)/elsewhere")
            }
        }
    }

    @Test
    func nobodyThereIsAConnectError() async throws {
        let server = WebServer(handler: EchoHandler())
        let port = try await server.start()
        await server.stop()
        do {
            _ = try await client.connect(to: "ws://127.0.0.1:\(port)/ws")
            Issue.record("connected to a stopped server")
        } catch NetworkError.connectFailed {}
    }
}
