internal import CWebSockets
internal import Glibc
internal import ServiceKit

/// The protocol side of one socket; lives on the service thread.
protocol SocketDriver: AnyObject {
    /// Answers one lws callback; a value other than zero closes the socket.
    func handle(_ reason: lws_callback_reasons, _ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer)
        -> Int32
    /// Someone on another thread has something new for this socket.
    func woken()
}

/// What the service thread owns: the lws context, its virtual hosts, and the driver of every socket.
@safe final class SocketLoop {
    /// The lws context.
    let context: OpaquePointer
    /// The protocols of each virtual host.
    let protocols: UnsafePointer<lws_protocols>
    /// Drivers by the number that lws keeps with the socket.
    var drivers: [UInt: any SocketDriver] = [:]
    /// TLS identities of servers whose virtual host is being created, by the host's user number.
    var identities: [UInt: TLSIdentity] = [:]
    /// Virtual hosts of outgoing connections.
    var clientHosts = ClientHosts()

    private let scratch: UnsafeMutableRawBufferPointer
    private var lastKey: UInt = 0

    /// Tables for more sockets than this would be mostly air.
    private static let socketLimit = 16384

    init() {
        unsafe backline_lws_log { _, line in
            guard let line = unsafe line else { return }
            let words = unsafe String(cString: line).split(separator: "\n").first.map(String.init) ?? ""
            Logger("websockets").warning(words)
        }
        guard let protocols = unsafe backline_lws_protocols(socketCallback) else {
            preconditionFailure("out of memory")
        }
        unsafe self.protocols = protocols
        let limit = sysconf(Int32(_SC_OPEN_MAX))
        guard
            let context = unsafe backline_lws_create_context(
                protocols, nil, limit > 4 * Self.socketLimit ? UInt32(Self.socketLimit) : 0)
        else { preconditionFailure("libwebsockets could not be started") }
        unsafe self.context = context
        unsafe scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: backline_lws_headroom() + Int(BACKLINE_LWS_WRITE), alignment: 16)
        unsafe current = Unmanaged.passRetained(self)
    }

    /// A number no other socket has.
    func newKey() -> UInt {
        lastKey += 1
        return lastKey
    }

    /// Lets the socket's driver hear LWS_CALLBACK_TIMER after `time`; nil takes that back (a late one may still come:
    /// lws 4.1 fires at once when told to cancel, so that a far time stands for never).
    func setTimer(_ socket: OpaquePointer, _ time: Duration?) {
        unsafe lws_set_timer_usecs(socket, max(1000, (time ?? .seconds(86400)).microseconds))
    }

    /// Writes the bytes that `fill` puts into the buffer (at most its size); false when the connection is lost.
    func write(
        to socket: OpaquePointer, _ kind: lws_write_protocol, fill: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Bool {
        let headroom = backline_lws_headroom()
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[headroom...])
        let count = unsafe fill(room)
        let written = unsafe lws_write(
            socket, room.baseAddress?.assumingMemoryBound(to: UInt8.self), count, kind)
        return written >= 0
    }

    fileprivate func dispatch(
        _ reason: lws_callback_reasons, _ socket: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer
    ) -> Int32 {
        let key = unsafe UInt(bitPattern: lws_get_opaque_user_data(socket))
        guard let driver = drivers[key] else { return 0 }
        if reason == LWS_CALLBACK_WSI_DESTROY { drivers[key] = nil }
        return unsafe driver.handle(reason, socket, bytes)
    }

    fileprivate func useIdentity(_ tlsContext: OpaquePointer, of host: OpaquePointer) -> Int32 {
        guard let identity = unsafe identities[UInt(bitPattern: lws_get_vhost_user(host))] else { return 1 }
        let certificate = identity.certificatePEM
        let key = identity.privateKeyPEM
        let good = unsafe backline_lws_use_identity(
            tlsContext, certificate, Int32(certificate.utf8.count), key, Int32(key.utf8.count))
        return good == 1 ? 0 : 1
    }
}

/// The loop of the process; written once, before its thread makes the first call that can come back here.
nonisolated(unsafe) private var current: Unmanaged<SocketLoop>?

/// The one callback of all protocols, always on the service thread.
private func socketCallback(
    socket: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
    input: UnsafeMutableRawPointer?, length: Int
) -> Int32 {
    guard let socket = unsafe socket, let loop = unsafe current?.takeUnretainedValue() else { return 0 }
    switch reason {
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
        guard let user = unsafe user, let input = unsafe input else { return 0 }
        return unsafe loop.useIdentity(OpaquePointer(user), of: OpaquePointer(input))
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
        // `length` says whether OpenSSL is content so far; zero as the answer leaves its verdict alone.
        guard length == 0, let user = unsafe user else { return 0 }
        _ = unsafe loop.dispatch(reason, socket, UnsafeMutableRawBufferPointer(start: user, count: 0))
        return 0
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR, LWS_CALLBACK_CLIENT_ESTABLISHED, LWS_CALLBACK_CLIENT_RECEIVE,
        LWS_CALLBACK_CLIENT_WRITEABLE, LWS_CALLBACK_WS_PEER_INITIATED_CLOSE, LWS_CALLBACK_CLIENT_CLOSED,
        LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER, LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_WRITEABLE,
        LWS_CALLBACK_RAW_CLOSE, LWS_CALLBACK_RAW_RX_FILE, LWS_CALLBACK_RAW_CLOSE_FILE, LWS_CALLBACK_TIMER,
        LWS_CALLBACK_WSI_DESTROY:
        return unsafe loop.dispatch(
            reason, socket, UnsafeMutableRawBufferPointer(start: input, count: input == nil ? 0 : length))
    default:
        return 0
    }
}
