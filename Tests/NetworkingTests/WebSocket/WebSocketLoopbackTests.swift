import Networking
import ServiceKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
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

    @Test(arguments: [1000, 3000, 4001, 4999] as [UInt16])
    func theClientsCloseReachesTheServer(code: UInt16) async throws {
        let handler = WitnessHandler()
        try await withServer(handler) { port in
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/")
            try await socket.send(.text("last words"))
            await socket.close(code: code, reason: "as I please")
            #expect(await handler.ends.next() == WebSocketClose(code: code, reason: "as I please"))
            let second = try await client.connect(to: "ws://127.0.0.1:\(port)/")
            second.drop()
            #expect(await handler.ends.next()?.code == 1006)
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

    @Test
    func manyConnectionsOpenAndClose() async throws {
        try await withServer { port in
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws?\(number)")
                        try await socket.send(.text("\(number)"))
                        #expect(try await socket.receive() == .text("\(number)"))
                        await socket.close(code: 4000, reason: "")
                        #expect(socket.closed?.code == 4000)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test
    func aSlowReaderMakesTheSenderWaitAndLosesNothing() async throws {
        let handler = FloodHandler()
        try await withServer(handler, change: { $0.sendQueueMessages = 4 }) { port in
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/")
            // Nobody receives: after the queues and the system's buffers are full, sending has to stand still.
            var before = -1
            while case let now = handler.sent.withLock({ $0 }), now != before || now == 0 {
                before = now
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(before < FloodHandler.count)
            for number in 0..<FloodHandler.count {
                #expect(try await socket.receive() == .binary(FloodHandler.message(number)))
            }
            #expect(handler.sent.withLock { $0 } == FloodHandler.count)
        }
    }

    @Test
    func aServerThatReceivesNothingMakesTheClientWait() async throws {
        let handler = DeafHandler()
        try await withServer(handler) { port in
            var options = WebSocketOptions()
            options.sendQueueMessages = 4
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/", options: options)
            let sent = Mutex(0)
            let sender = Task {
                for number in 0..<FloodHandler.count {
                    try await socket.send(.binary(FloodHandler.message(number)))
                    sent.withLock { $0 += 1 }
                }
            }
            var before = -1
            while case let now = sent.withLock({ $0 }), now != before || now == 0 {
                before = now
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(before < FloodHandler.count)
            handler.gate.finish()
            try await sender.value
            await socket.close(code: 1000, reason: "")
            #expect(await handler.over.next() == nil)
            #expect(handler.received.withLock { $0 } == FloodHandler.count)
        }
    }

    @Test
    func messagesOverTheLimitEndTheConnection() async throws {
        try await withServer(change: { $0.maximumMessageBytes = 1000 }) { port in
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws")
            try await socket.send(.binary([UInt8](repeating: 0, count: 1001)))
            #expect(try await socket.receive() == nil)
            #expect(socket.closed?.code == 1009)
        }
        try await withServer { port in
            var options = WebSocketOptions()
            options.maximumMessageBytes = 1000
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws", options: options)
            try await socket.send(.binary([UInt8](repeating: 0, count: 1001)))
            #expect(try await socket.receive() == nil)
            #expect(socket.closed?.code == 1009)
        }
    }

    @Test(
        arguments: [
            ([0x83, 0x80, 0, 0, 0, 0], 1002), ([0x81, 0x01, 0x61], 1002), ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
            ([0x82, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)])
    func malformedFramesAreAnsweredWithTheirCode(bytes: [UInt8], code: UInt16) async throws {
        try await withServer { port in
            let raw = try RawClient(port: port)
            #expect(try await raw.upgrade("/ws").hasPrefix("HTTP/1.1 101 "))
            raw.send(bytes)
            let answer = try await raw.receive()
            #expect(answer.prefix(1) == [0x88])
            #expect(answer.dropFirst(2).prefix(2) == [UInt8(code >> 8), UInt8(code & 0xFF)])
            let socket = try await client.connect(to: "ws://127.0.0.1:\(port)/ws")
            await socket.close(code: 1000, reason: "")
        }
    }

    @Test
    func aSilentPeerIsPingedAndCut() async throws {
        try await withServer(change: { $0.pingInterval = .seconds(2) }) { port in
            let raw = try RawClient(port: port)
            #expect(try await raw.upgrade("/ws").hasPrefix("HTTP/1.1 101 "))
            #expect(try await raw.receive() == [0x89, 0])
            raw.send(RawClient.frame(0x8A, []))
            #expect(try await raw.receive() == [0x89, 0])
            #expect(try await raw.receive() == [])
        }
    }

    @Test
    func aCancelledConnectEnds() async throws {
        let silent = try SilentListener()
        let task = Task { try await client.connect(to: "ws://127.0.0.1:\(silent.port)/") }
        try await silent.waitForConnection()
        task.cancel()
        await #expect(throws: NetworkError.cancelled) { _ = try await task.value }
    }

    @Test
    func aServerThatNeverAnswersIsATimeout() async throws {
        let silent = try SilentListener()
        var options = WebSocketOptions()
        options.connectTimeout = .milliseconds(100)
        await #expect(throws: NetworkError.timedOut(.connect)) {
            _ = try await client.connect(to: "ws://127.0.0.1:\(silent.port)/", options: options)
        }
    }

    @Test(arguments: ["http://127.0.0.1/", "ws://", "ws://user@127.0.0.1/", "ws://127.0.0.1:0/"])
    func addressesThatAreNoneAreRefused(url: String) async {
        do {
            _ = try await client.connect(to: url)
            Issue.record("connected")
        } catch NetworkError.invalidURL {
        } catch {
            Issue.record("another error: \(error)")
        }
    }

    @Test
    func aStoppingServerClosesWith1001() async throws {
        let server = WebServer(handler: EchoHandler())
        let socket = try await client.connect(to: "ws://127.0.0.1:\(try await server.start())/ws")
        await server.stop()
        #expect(try await socket.receive() == nil)
        #expect(socket.closed?.code == 1001)
    }
}

/// Sends numbered messages as fast as it may.
private final class FloodHandler: WebServerHandler {
    static let count = 600
    let sent = Mutex(0)

    static func message(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 100_000)
    }

    func respond(to request: ServerRequest) async -> ServerResponse { .text(404, "") }

    func webSocketAllowed(_ request: ServerRequest) async -> Bool { true }

    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
        do throws(NetworkError) {
            for number in 0..<Self.count {
                try await connection.send(.binary(Self.message(number)))
                sent.withLock { $0 += 1 }
            }
            _ = try await connection.receive()
        } catch {}
    }
}

/// Receives only after its gate is finished.
private final class DeafHandler: WebServerHandler {
    let gate = BoundedChannel<Bool>(capacity: 1)
    let over = BoundedChannel<Bool>(capacity: 1)
    let received = Mutex(0)

    func respond(to request: ServerRequest) async -> ServerResponse { .text(404, "") }

    func webSocketAllowed(_ request: ServerRequest) async -> Bool { true }

    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
        _ = await gate.next()
        do throws(NetworkError) {
            while let message = try await connection.receive() {
                let number = received.withLock { number in
                    defer { number += 1 }
                    return number
                }
                if message != .binary(FloodHandler.message(number)) { connection.drop() }
            }
        } catch {}
        over.finish()
    }
}

/// Tells how each connection ended.
private struct WitnessHandler: WebServerHandler {
    let ends = BoundedChannel<WebSocketClose>(capacity: 8)

    func respond(to request: ServerRequest) async -> ServerResponse { .text(404, "") }

    func webSocketAllowed(_ request: ServerRequest) async -> Bool { true }

    func serve(_ connection: any WebSocketConnection, for request: ServerRequest) async {
        while (try? await connection.receive()) != nil {}
        if let closed = connection.closed { ends.trySend(closed) }
    }
}
