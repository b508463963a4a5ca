internal import ServiceKit
internal import Synchronization

/// One request and its response, between the handler's task and the service thread.
final class ServerExchange: Sendable {
    private struct State {
        var keepsConnection = false
        var link: WebSocketLink?
        var stream: BoundedChannel<[UInt8]>?
        var abandoned = false
    }

    /// Pieces of a response that may wait for the client.
    private static let queuedPieces = 8

    private let request: ServerRequest
    private let mayKeepConnection: Bool
    private let takesChunks: Bool
    private let output = BoundedChannel<[UInt8]>(capacity: queuedPieces)
    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// An exchange for `request`; `wake` asks the service thread to look at the connection.
    init(_ request: HTTPRequestParser.Request, from address: String, wake: @escaping @Sendable () -> Void) {
        self.request = ServerRequest(
            method: request.method, path: request.path, rawQuery: request.rawQuery, headers: request.headers,
            body: request.body, remoteAddress: address)
        self.wake = wake
        takesChunks = request.minorVersion > 0
        mayKeepConnection =
            takesChunks && !request.headers.values("connection").flatMap(HTTPText.list).contains("close")
    }

    // MARK: The handler's side

    /// Asks the handler and sends what it answers; a WebSocket lives in here until it is over.
    func run(_ handler: any WebServerHandler, makeLink: @Sendable () -> WebSocketLink) async {
        guard request.asksForWebSocket else { return await send(handler.respond(to: request)) }
        guard let key = request.headers["sec-websocket-key"], key.utf8.count == 24 else {
            return await send(.text(400, "The WebSocket key is missing.\n"))
        }
        guard request.headers["sec-websocket-version"] == "13" else {
            var refusal = ServerResponse.text(426, "Only version 13 of WebSockets is spoken here.\n")
            refusal.headers["Sec-WebSocket-Version"] = "13"
            return await send(refusal)
        }
        guard await handler.webSocketAllowed(request) else {
            let refusal = await handler.respond(to: request)
            return await send(refusal.status < 400 ? .text(403, "No WebSocket here.\n") : refusal)
        }
        let link = makeLink()
        let answer = """
            HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r
            Sec-WebSocket-Accept: \(WebSocketAccept.value(for: key))\r\n\r\n
            """
        await write(Array(answer.utf8))
        let abandoned = state.withLock { state in
            state.link = link
            return state.abandoned
        }
        end()
        if abandoned { link.finish(.vanished) }
        await handler.serve(link, for: request)
        // Cancelled means that the server stops: going away (RFC 6455, 7.4.1).
        await link.close(code: Task.isCancelled ? 1001 : 1000, reason: "")
    }

    private func send(_ response: ServerResponse) async {
        let hasBody = response.status >= 200 && response.status != 204 && response.status != 304
        var keeps = mayKeepConnection
        if response.headers.values("connection").flatMap(HTTPText.list).contains("close") { keeps = false }
        var head = "HTTP/1.1 \(response.status) \(HTTPStatus.words(response.status))\r\n"
        for (name, value) in response.headers where !Self.ownFields.contains(name.lowercased()) {
            guard HTTPText.isToken(name), HTTPText.isFieldValue(value) else { continue }
            head += "\(name): \(value)\r\n"
        }
        head += "Date: \(HTTPStatus.date())\r\n"
        switch response.body {
        case .bytes(let bytes):
            if hasBody { head += "Content-Length: \(bytes.count)\r\n" }
            head += keeps ? "\r\n" : "Connection: close\r\n\r\n"
            state.withLock { $0.keepsConnection = keeps }
            await write(Array(head.utf8))
            if hasBody, request.method != "HEAD", !bytes.isEmpty { await write(bytes) }
        case .stream(let stream):
            keeps = keeps && takesChunks
            if hasBody, takesChunks { head += "Transfer-Encoding: chunked\r\n" }
            head += keeps ? "\r\n" : "Connection: close\r\n\r\n"
            let abandoned = state.withLock { state in
                state.keepsConnection = keeps
                state.stream = stream
                return state.abandoned
            }
            await write(Array(head.utf8))
            if abandoned || !hasBody || request.method == "HEAD" { stream.finish() } else { await forward(stream) }
        }
        end()
    }

    private func forward(_ stream: BoundedChannel<[UInt8]>) async {
        while let piece = await stream.next() {
            guard !piece.isEmpty else { continue }
            let framed =
                takesChunks ? Array(String(piece.count, radix: 16).utf8) + [0x0D, 0x0A] + piece + [0x0D, 0x0A] : piece
            guard await write(framed) else { break }
        }
        stream.finish()
        if takesChunks { await write(Array("0\r\n\r\n".utf8)) }
    }

    /// The fields that only the server may set.
    private static let ownFields: Set<String> = ["content-length", "transfer-encoding", "connection", "date"]

    @discardableResult
    private func write(_ bytes: [UInt8]) async -> Bool {
        let sent = await output.send(bytes)
        wake()
        return sent
    }

    private func end() {
        output.finish()
        wake()
    }

    // MARK: The service thread's side

    /// What to write next.
    enum Output {
        /// Write these bytes.
        case bytes([UInt8])
        /// The handler is not done.
        case nothingYet
        /// The response is complete; whether the connection stays, or what it becomes.
        case complete(keepsConnection: Bool, link: WebSocketLink?)
    }

    /// Takes the next piece of the response.
    func nextOutput() -> Output {
        let finished = output.isFinished
        if let bytes = output.tryNext() { return .bytes(bytes) }
        guard finished else { return .nothingYet }
        return state.withLock { .complete(keepsConnection: $0.keepsConnection, link: $0.link) }
    }

    /// The client has left: the handler's stream and WebSocket end.
    func abandon() {
        let (stream, link) = state.withLock { state in
            state.abandoned = true
            return (state.stream, state.link)
        }
        output.finish()
        stream?.finish()
        link?.finish(.vanished)
    }
}
