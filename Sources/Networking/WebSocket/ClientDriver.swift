internal import CWebSockets
internal import ServiceKit

/// An outgoing WebSocket on the service thread: libwebsockets speaks the protocol, this moves messages.
@safe final class ClientDriver: SocketDriver {
    private let loop: SocketLoop
    private let link: WebSocketLink
    private let trust: ClientTrust
    private let headers: HTTPHeaders
    private let maximumMessageBytes: Int
    private let connected: @Sendable (NetworkError?) -> Void
    private var socket: OpaquePointer?
    private var connecting = true
    private var holdsHost = true
    private var abandoned: NetworkError?
    private var incoming: [UInt8] = []
    private var undelivered: [WebSocketMessage] = []
    private var outgoing: (bytes: [UInt8], offset: Int, kind: lws_write_protocol)?
    private var readingStopped = false
    private var ending: WebSocketClose?
    /// Whether the timer means something: connecting or closing.
    private var limited = false

    /// Time a close may take before the connection is cut.
    private static let closeTime: Duration = .seconds(5)

    /// Makes the driver of a connection; `connected` hears once how the attempt went.
    init(
        loop: SocketLoop, link: WebSocketLink, trust: ClientTrust, headers: HTTPHeaders, maximumMessageBytes: Int,
        connected: @escaping @Sendable (NetworkError?) -> Void
    ) {
        self.loop = loop
        self.link = link
        self.trust = trust
        self.headers = headers
        self.maximumMessageBytes = maximumMessageBytes
        self.connected = connected
    }

    /// Starts connecting, with a limit for the whole attempt.
    func start(socket: OpaquePointer?, limit: Duration) {
        guard let socket = unsafe socket else {
            settle(abandoned ?? .connectFailed("libwebsockets refused the attempt"))
            return giveHostBack()
        }
        guard connecting else { return }
        unsafe self.socket = unsafe socket
        limited = true
        unsafe loop.setTimer(socket, limit)
    }

    /// Gives the attempt up.
    func abandon(_ error: NetworkError) {
        guard connecting else { return }
        abandoned = error
        if let socket = unsafe socket { unsafe backline_lws_kill(socket) }
    }

    func woken() {
        guard !connecting, let socket = unsafe socket else { return }
        if link.dropRequested {
            unsafe backline_lws_kill(socket)
            return
        }
        if readingStopped, deliverWaiting(), link.mayRead() {
            readingStopped = false
            unsafe lws_rx_flow_control(socket, 1)
        }
        if link.closeRequest != nil, !limited {
            limited = true
            unsafe loop.setTimer(socket, Self.closeTime)
        }
        unsafe lws_callback_on_writable(socket)
    }

    func handle(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Int32 {
        switch reason {
        case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: return unsafe appendHeaders(bytes)
        case LWS_CALLBACK_CLIENT_ESTABLISHED:
            unsafe self.socket = unsafe socket
            limited = false
            unsafe loop.setTimer(socket, nil)
            settle(nil)
            woken()
            return 0
        case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
            let words = unsafe bytes.isEmpty ? "" : String(decoding: bytes, as: UTF8.self)
            settle(abandoned ?? Self.failure(words, status: Int(unsafe lws_http_client_http_response(socket))))
            return 0
        case LWS_CALLBACK_CLIENT_RECEIVE: return unsafe receive(socket, bytes)
        case LWS_CALLBACK_CLIENT_WRITEABLE: return unsafe write(socket)
        case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
            ending = unsafe Self.close(from: bytes)
            return 0
        case LWS_CALLBACK_TIMER:
            guard limited else { return 0 }
            if connecting { abandoned = .timedOut(.connect) }
            return -1
        case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
            guard let verification = bytes.baseAddress else { return 0 }
            abandoned = unsafe .tls(String(cString: backline_lws_certificate_error(verification)))
            return 0
        case LWS_CALLBACK_CLIENT_CLOSED, LWS_CALLBACK_WSI_DESTROY:
            unsafe self.socket = nil
            settle(abandoned ?? .connectionLost("the server closed it"))
            for message in undelivered where !link.deliver(message) { break }
            link.finish(ending ?? .vanished)
            if reason == LWS_CALLBACK_WSI_DESTROY { giveHostBack() }
            return 0
        default: return 0
        }
    }

    private func giveHostBack() {
        guard holdsHost else { return }
        holdsHost = false
        loop.clientHosts.giveBack(trust)
    }

    private func settle(_ error: NetworkError?) {
        guard connecting else { return }
        connecting = false
        connected(error)
        if error != nil { link.finish(.vanished) }
    }

    /// Writes the extra request fields; `bytes` points at lws's write position, its count is the room there.
    private func appendHeaders(_ bytes: UnsafeMutableRawBufferPointer) -> Int32 {
        guard let base = bytes.baseAddress else { return -1 }
        let text = Array(headers.map { "\($0.name): \($0.value)\r\n" }.joined().utf8)
        guard text.count < bytes.count else { return -1 }
        let position = unsafe base.assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self)
        guard let start = unsafe position.pointee else { return -1 }
        for (index, byte) in text.enumerated() { unsafe start[index] = byte }
        unsafe position.pointee = unsafe start + text.count
        return 0
    }

    private func receive(_ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer) -> Int32 {
        guard incoming.count + bytes.count <= maximumMessageBytes else {
            return unsafe refuse(socket, WebSocketClose(code: 1009, reason: "message too large"))
        }
        unsafe incoming.append(contentsOf: bytes)
        guard unsafe lws_remaining_packet_payload(socket) == 0, unsafe lws_is_final_fragment(socket) == 1 else {
            return 0
        }
        let message: WebSocketMessage =
            unsafe lws_frame_is_binary(socket) == 1
            ? .binary(incoming) : .text(String(decoding: incoming, as: UTF8.self))
        incoming = []
        undelivered.append(message)
        if !deliverWaiting() || !link.mayRead(), !readingStopped {
            readingStopped = true
            unsafe lws_rx_flow_control(socket, 0)
        }
        return 0
    }

    /// Offers what waits to the link; true when nothing is left.
    private func deliverWaiting() -> Bool {
        let refused = undelivered.firstIndex { !link.deliver($0) } ?? undelivered.count
        undelivered.removeFirst(refused)
        return undelivered.isEmpty
    }

    private func write(_ socket: OpaquePointer) -> Int32 {
        if outgoing == nil, let message = link.nextOutgoing() {
            switch message {
            case .text(let text): outgoing = (Array(text.utf8), 0, LWS_WRITE_TEXT)
            case .binary(let bytes): outgoing = (bytes, 0, LWS_WRITE_BINARY)
            }
        }
        guard let (bytes, offset, kind) = outgoing else {
            guard let close = link.closeRequest else { return 0 }
            return unsafe refuse(socket, close)
        }
        let end = min(bytes.count, offset + Int(BACKLINE_LWS_WRITE))
        let flags = lws_write_ws_flags(Int32(kind.rawValue), offset == 0 ? 1 : 0, end == bytes.count ? 1 : 0)
        let alive = unsafe loop.write(to: socket, lws_write_protocol(UInt32(bitPattern: flags))) { room in
            unsafe room.copyBytes(from: bytes[offset..<end])
            return end - offset
        }
        guard alive else { return -1 }
        outgoing = end == bytes.count ? nil : (bytes, end, kind)
        unsafe lws_callback_on_writable(socket)
        return 0
    }

    /// Ends the connection with a close frame of ours.
    private func refuse(_ socket: OpaquePointer, _ close: WebSocketClose) -> Int32 {
        ending = ending ?? close
        var words = Array(close.reason.utf8)
        unsafe lws_close_reason(socket, lws_close_status(UInt32(close.code)), &words, words.count)
        return -1
    }

    /// A close frame's payload: two bytes of code, then words.
    private static func close(from bytes: UnsafeMutableRawBufferPointer) -> WebSocketClose {
        guard bytes.count >= 2 else { return WebSocketClose(code: 1005, reason: "") }
        return unsafe WebSocketClose(
            code: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), reason: String(decoding: bytes[2...], as: UTF8.self))
    }

    private static func failure(_ words: String, status: Int) -> NetworkError {
        let lowered = words.lowercased()
        if ["cert", "tls", "ssl", "x509"].contains(where: lowered.contains) { return .tls(words) }
        if status >= 100, status != 101 { return .upgradeRefused(status: status) }
        return .connectFailed(words.isEmpty ? "the server closed it" : words)
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
