internal import CWebSockets
internal import ServiceKit

/// One accepted connection on the service thread: HTTP/1.1 first, a WebSocket when a request asks for it.
///
/// libwebsockets carries the bytes (socket, TLS, readiness). Its own HTTP server, in version 4.1, knows no chunked
/// request bodies, rewrites paths and cannot list unknown header fields, so that HTTP is read here.
@safe final class ServerDriver: SocketDriver {
    private enum Phase {
        /// Reads a request.
        case reading
        /// Answers one.
        case answering(ServerExchange)
        /// Is a WebSocket.
        case webSocket(WebSocketLink)
        /// Writes what is left, then ends.
        case finishing
        /// Has ended its side and waits for the client to do so.
        case lingering
    }

    private let loop: SocketLoop
    private let core: ServerCore
    private let key: UInt
    private let address: String
    private let configuration: WebServerConfiguration
    private var socket: OpaquePointer?
    private var phase = Phase.reading
    private var parser: HTTPRequestParser
    private var frames: WebSocketFrameDecoder
    private var undelivered: WebSocketMessage?
    private var pending: [UInt8] = []
    private var written = 0
    private var readingAllowed = true
    private var heard = true
    private var pingSent = false
    private var ending: WebSocketClose?
    private var closeFrameSent = false
    private var sawBytes = false
    /// Whether the timer means something.
    private var limited = false
    /// Whether the time for the head that is being read already runs; its bytes may not prolong it.
    private var headLimited = true

    /// Requests and frames that may wait unread while an answer is made.
    private static let readAhead = 128 << 10
    /// Time the client has to end its side, so that it can still read the last response.
    private static let lingerTime: Duration = .seconds(2)
    /// Time a WebSocket's closing may take.
    private static let closeTime: Duration = .seconds(5)

    /// A driver for the client at `address`.
    init(loop: SocketLoop, core: ServerCore, key: UInt, address: String) {
        self.loop = loop
        self.core = core
        self.key = key
        self.address = address
        configuration = core.configuration
        var limits = HTTPRequestParser.Limits()
        limits.headBytes = configuration.maximumHeadBytes
        limits.bodyBytes = configuration.maximumBodyBytes
        parser = HTTPRequestParser(limits: limits)
        frames = WebSocketFrameDecoder(maximumMessageBytes: configuration.maximumMessageBytes)
    }

    /// The socket is there; its first request has to come soon.
    func start(_ socket: OpaquePointer) {
        unsafe self.socket = unsafe socket
        arm(configuration.headTimeout)
    }

    /// The server stops: ends what is idle, closes WebSockets, lets responses finish.
    func stop() {
        switch phase {
        case .reading:
            if let socket = unsafe socket { unsafe backline_lws_kill(socket) }
        case .webSocket(let link):
            beginClosing(WebSocketClose(code: 1001, reason: "the server stops"), of: link)
        default: break
        }
    }

    func woken() {
        guard let socket = unsafe socket else { return }
        if case .webSocket(let link) = phase {
            if link.dropRequested {
                unsafe backline_lws_kill(socket)
                return
            }
            if undelivered != nil || !readingAllowed { decodeFrames(link) }
            if let close = link.closeRequest, ending == nil { beginClosing(close, of: link) }
        }
        unsafe lws_callback_on_writable(socket)
    }

    func handle(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Int32 {
        switch reason {
        case LWS_CALLBACK_RAW_RX:
            if !sawBytes {
                // libwebsockets keeps its limit for the TLS handshake running otherwise.
                sawBytes = true
                unsafe lws_set_timeout(socket, NO_PENDING_TIMEOUT, 0)
            }
            heard = true
            pingSent = false
            unsafe receive(bytes)
            return 0
        case LWS_CALLBACK_RAW_WRITEABLE: return unsafe write(socket)
        case LWS_CALLBACK_TIMER: return timeOut()
        case LWS_CALLBACK_RAW_CLOSE, LWS_CALLBACK_WSI_DESTROY:
            gone()
            return 0
        default: return 0
        }
    }

    private func gone() {
        guard unsafe socket != nil else { return }
        unsafe socket = nil
        switch phase {
        case .answering(let exchange): exchange.abandon()
        case .webSocket(let link): link.finish(closeFrameSent ? ending ?? .vanished : .vanished)
        default: break
        }
        phase = .lingering
        core.connectionEnded(key, loop)
    }

    // MARK: Time

    private func arm(_ time: Duration?) {
        guard let socket = unsafe socket else { return }
        limited = time != nil
        unsafe loop.setTimer(socket, time)
    }

    /// A limit has passed; other than zero cuts the connection.
    private func timeOut() -> Int32 {
        guard limited else { return 0 }
        guard case .webSocket = phase, ending == nil else { return -1 }
        if heard {
            heard = false
        } else if pingSent {
            return -1
        } else {
            pingSent = true
            pending += WebSocketFrameEncoder.encode(.ping, [])
            wantWrite()
        }
        arm(configuration.pingInterval)
        return 0
    }

    // MARK: Reading

    private func receive(_ bytes: UnsafeMutableRawBufferPointer) {
        switch phase {
        case .reading:
            unsafe parser.append(bytes)
            parse()
        case .answering:
            unsafe parser.append(bytes)
            if parser.bufferedBytes > Self.readAhead { allowReading(false) }
        case .webSocket(let link):
            unsafe frames.append(bytes)
            decodeFrames(link)
        case .finishing, .lingering: break
        }
    }

    private func parse() {
        switch parser.next() {
        case .wantsMore:
            if parser.inBody {
                arm(configuration.bodyTimeout)
            } else if parser.midRequest, !headLimited {
                headLimited = true
                arm(configuration.headTimeout)
            }
        case .expectsContinue:
            pending += Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
            arm(configuration.bodyTimeout)
            wantWrite()
        case .refused(let status):
            let words = HTTPStatus.words(status)
            pending += Array(
                """
                HTTP/1.1 \(status) \(words)\r\nContent-Type: text/plain\r\nContent-Length: \(words.utf8.count + 1)\r
                Connection: close\r\n\r\n\(words)\n
                """.utf8)
            finishConnection()
        case .request(let request): answer(request)
        }
    }

    private func answer(_ request: HTTPRequestParser.Request) {
        arm(nil)
        let key = key
        let exchange = ServerExchange(request, from: address) { SocketService.shared.wake(key) }
        phase = .answering(exchange)
        core.serve(exchange, key)
    }

    private func allowReading(_ allow: Bool) {
        guard allow != readingAllowed, let socket = unsafe socket else { return }
        readingAllowed = allow
        unsafe lws_rx_flow_control(socket, allow ? 1 : 0)
    }

    private func decodeFrames(_ link: WebSocketLink) {
        if let message = undelivered {
            guard link.deliver(message) else { return }
            undelivered = nil
        }
        while true {
            if ending == nil, !link.mayRead() { return allowReading(false) }
            switch frames.next() {
            case .wantsMore: return allowReading(true)
            case .message(let message):
                // Once we close, what the client still sends has no receiver.
                if ending == nil, !link.deliver(message) {
                    undelivered = message
                    return allowReading(false)
                }
            case .ping(let payload):
                guard ending == nil, pending.count - written < Self.readAhead else { continue }
                pending += WebSocketFrameEncoder.encode(.pong, payload)
                wantWrite()
            case .pong: break
            case .close(let close), .violation(let close):
                ending = ending ?? close
                if let close = ending, !closeFrameSent {
                    closeFrameSent = true
                    pending += WebSocketFrameEncoder.encode(close)
                }
                return finishConnection()
            }
        }
    }

    /// Starts our close: what is queued goes first, then the close frame (in `write`).
    private func beginClosing(_ close: WebSocketClose, of link: WebSocketLink) {
        guard ending == nil else { return }
        ending = close.sendable
        undelivered = nil
        allowReading(true)
        arm(Self.closeTime)
        wantWrite()
    }

    // MARK: Writing

    private func wantWrite() {
        guard let socket = unsafe socket else { return }
        unsafe lws_callback_on_writable(socket)
    }

    /// Writes what is left and then ends the connection.
    private func finishConnection() {
        if case .webSocket(let link) = phase { link.finish(ending ?? .vanished) }
        phase = .finishing
        allowReading(true)
        arm(configuration.writeTimeout)
        wantWrite()
    }

    private func write(_ socket: OpaquePointer) -> Int32 {
        fill()
        let count = min(pending.count - written, Int(BACKLINE_LWS_WRITE))
        guard count > 0 else {
            guard case .finishing = phase else { return 0 }
            phase = .lingering
            unsafe backline_lws_finish_sending(socket)
            arm(Self.lingerTime)
            return 0
        }
        let part = pending[written..<(written + count)]
        let alive = unsafe loop.write(to: socket, LWS_WRITE_HTTP) { room in
            unsafe room.copyBytes(from: part)
            return count
        }
        guard alive else { return -1 }
        written += count
        heard = true
        if written == pending.count {
            pending = []
            written = 0
        }
        switch phase {
        case .answering, .finishing: arm(configuration.writeTimeout)
        default: break
        }
        unsafe lws_callback_on_writable(socket)
        return 0
    }

    /// Gets more to write while there is less than one write's worth.
    private func fill() {
        while pending.count - written < Int(BACKLINE_LWS_WRITE) {
            switch phase {
            case .answering(let exchange):
                switch exchange.nextOutput() {
                case .bytes(let bytes): add(bytes)
                case .nothingYet:
                    if pending.isEmpty { arm(nil) }
                    return
                case .complete(_, let link?): return becomeWebSocket(link)
                case .complete(keepsConnection: true, nil): return readNext()
                case .complete(keepsConnection: false, nil): return finishConnection()
                }
            case .webSocket(let link):
                if let message = link.nextOutgoing() {
                    add(WebSocketFrameEncoder.encode(message))
                } else {
                    if let close = ending, !closeFrameSent {
                        closeFrameSent = true
                        add(WebSocketFrameEncoder.encode(close))
                    }
                    return
                }
            default: return
            }
        }
    }

    private func add(_ bytes: [UInt8]) {
        if pending.isEmpty {
            pending = bytes
        } else {
            pending.removeFirst(written)
            written = 0
            pending += bytes
        }
    }

    private func readNext() {
        phase = .reading
        allowReading(true)
        headLimited = false
        arm(configuration.idleTimeout)
        parse()
    }

    private func becomeWebSocket(_ link: WebSocketLink) {
        phase = .webSocket(link)
        heard = true
        arm(configuration.pingInterval)
        frames.append(parser.takeRest())
        decodeFrames(link)
        woken()
    }
}
