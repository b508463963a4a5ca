internal import CSystem
internal import CWebSockets
internal import Glibc

/// Accepts connections when libwebsockets reports them.
@safe final class ListenerDriver: SocketDriver {
    private let core: ServerCore
    private let loop: SocketLoop
    private let descriptor: Int32
    private var socket: OpaquePointer?
    private var paused = false

    /// Accepted at one go, so that the other sockets get their turn.
    private static let batch = 64
    /// Pause when the process has no descriptors left.
    private static let shortagePause: Duration = .milliseconds(100)

    init(core: ServerCore, loop: SocketLoop, descriptor: Int32, socket: OpaquePointer) {
        self.core = core
        self.loop = loop
        self.descriptor = descriptor
        unsafe self.socket = unsafe socket
    }

    func woken() {}

    func handle(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Int32 {
        switch reason {
        case LWS_CALLBACK_RAW_RX_FILE:
            accept()
        case LWS_CALLBACK_TIMER:
            resume()
        case LWS_CALLBACK_RAW_CLOSE_FILE, LWS_CALLBACK_WSI_DESTROY:
            unsafe self.socket = nil
        default: break
        }
        return 0
    }

    /// Accepts again after a pause.
    func resume() {
        guard paused, let socket = unsafe socket else { return }
        paused = false
        unsafe lws_rx_flow_control(socket, 1)
    }

    /// Stops listening.
    func close() {
        guard let socket = unsafe socket else { return }
        unsafe backline_lws_kill(socket)
    }

    private func pause() {
        guard !paused, let socket = unsafe socket else { return }
        paused = true
        unsafe lws_rx_flow_control(socket, 0)
    }

    private func accept() {
        for _ in 0..<Self.batch {
            guard let (client, address) = unsafe SocketAddress.read({ unsafe Glibc.accept(descriptor, $0, $1) }) else {
                let shortage = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM
                if shortage, let socket = unsafe socket {
                    pause()
                    unsafe loop.setTimer(socket, Self.shortagePause)
                }
                return
            }
            backline_set_nonblocking(client)
            for (level, option) in [(SocketLevel.tcp, TCP_NODELAY), (SOL_SOCKET, SO_KEEPALIVE)] {
                var on: Int32 = 1
                unsafe setsockopt(client, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
            }
            guard core.accepted(loop, client, address) else { return pause() }
        }
    }
}
