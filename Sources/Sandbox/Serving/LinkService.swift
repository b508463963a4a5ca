internal import Networking
internal import ServiceKit
internal import Synchronization

/// Carries messages between a WebSocket and the core: what comes in, after the latency of the day; what goes out, compressed.
struct LinkService: Sendable {
    /// A message of the client, not before its time.
    private struct Incoming: Sendable {
        var due: Duration
        var bytes: [UInt8]
        var isBinary: Bool
    }

    let core: Core

    /// Serves a gateway client until its connection is over.
    func serveGateway(_ connection: any WebSocketConnection, query: [String: String]) async {
        let compression = Compression(rawValue: query["compress"] ?? "") ?? .none
        guard let (id, box) = core.openGateway(version: query["v"], isStream: compression != .none) else {
            connection.drop()
            return
        }
        await serve(connection, box, compression, latency: { $0.faults.gatewayLatency }) { bytes, _ in
            core.gatewayReceived(id, bytes)
        }
        core.gatewayClosed(id, clientCode: connection.closed?.code)
    }

    /// Serves a voice gateway client until its connection is over.
    func serveVoice(_ connection: any WebSocketConnection, region: Int, version: Int?) async {
        let (id, box) = core.openVoice(region: region, version: version)
        await serve(connection, box, .none, latency: { $0.faults.voiceLatency }) { bytes, isBinary in
            core.voiceReceived(id, bytes, isBinary: isBinary)
        }
        core.voiceClosed(id, clientCode: connection.closed?.code)
    }

    private func serve(
        _ connection: any WebSocketConnection, _ box: BoundedChannel<Outgoing>, _ compression: Compression,
        latency: @escaping @Sendable (borrowing Core.State) -> Int64, take: ([UInt8], Bool) -> Void
    ) async {
        let inbox = BoundedChannel<Incoming>(capacity: 1024)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await write(box, to: connection, compression) }
            group.addTask {
                while let message = try? await connection.receive() {
                    let due = core.time.now + .milliseconds(core.state.withLock { latency($0) })
                    let incoming =
                        switch message {
                        case .text(let text): Incoming(due: due, bytes: Array(text.utf8), isBinary: false)
                        case .binary(let bytes): Incoming(due: due, bytes: bytes, isBinary: true)
                        }
                    if await !inbox.send(incoming) { break }
                }
                inbox.finish()
                box.finish()
            }
            while let incoming = await inbox.next() {
                if incoming.due > core.time.now { try? await core.time.sleep(until: incoming.due) }
                take(incoming.bytes, incoming.isBinary)
            }
            group.cancelAll()
        }
    }

    private func write(
        _ box: BoundedChannel<Outgoing>, to connection: any WebSocketConnection, _ compression: Compression
    ) async {
        guard let compressor = StreamCompressor(compression) else {
            connection.drop()
            return
        }
        while let next = await box.next() {
            if next.due > core.time.now { try? await core.time.sleep(until: next.due) }
            do {
                switch next.output {
                case .text(let text):
                    if compression == .none {
                        try await connection.send(.text(text))
                    } else {
                        try await connection.send(.binary(compressor.compress(Array(text.utf8))))
                    }
                case .binary(let bytes): try await connection.send(.binary(bytes))
                case .deflated(let text):
                    try await connection.send(.binary(StreamCompressor.payload(Array(text.utf8))))
                case .truncated(let text):
                    let bytes = compression == .none ? Array(text.utf8) : compressor.compress(Array(text.utf8))
                    let half = Array(bytes.prefix(bytes.count / 2))
                    try await connection.send(
                        compression == .none ? .text(String(decoding: half, as: UTF8.self)) : .binary(half))
                case .close(let code, let reason):
                    await connection.close(code: code, reason: reason)
                    return
                case .drop:
                    connection.drop()
                    return
                }
            } catch {
                return
            }
        }
        if connection.closed == nil { connection.drop() }
    }
}
