internal import CSystem
internal import Glibc
internal import ServiceKit
internal import Synchronization

/// An HTTP/1.1 and WebSocket server on one port; a process may run several.
public final class WebServer: Sendable {
    private enum Status: Equatable {
        case fresh, running, stopped
    }

    private let core: ServerCore
    private let status = Mutex(Status.fresh)

    /// Connections that the system keeps while the server accepts others.
    private static let backlog: Int32 = 1024
    /// Time that responses and closing WebSockets have to end when the server stops.
    private static let drainTime: Duration = .seconds(1)

    /// A server that is not listening yet.
    public init(_ configuration: WebServerConfiguration = WebServerConfiguration(), handler: any WebServerHandler) {
        core = ServerCore(configuration, handler: handler)
    }

    /// Listens and serves; returns the port. A server starts once.
    public func start() async throws(NetworkError) -> Int {
        let first = status.withLock { status in
            defer { status = status == .fresh ? .running : status }
            return status == .fresh
        }
        guard first else { throw .closed }
        let (descriptor, port) = try Self.listen(core.configuration)
        let core = core
        let failure = await withCheckedContinuation { continuation in
            SocketService.shared.post { loop in continuation.resume(returning: core.open(loop, descriptor)) }
        }
        if let failure { throw failure }
        return port
    }

    /// Stops accepting, gives responses and WebSockets a moment to end, then cuts the rest; tasks of the handler are
    /// cancelled and waited for, within bounds.
    public func stop() async {
        let running = status.withLock { status in
            defer { status = .stopped }
            return status == .running
        }
        guard running else { return }
        let core = core
        let drained = BoundedChannel<Bool>(capacity: 1)
        SocketService.shared.post { loop in core.beginStop(loop) { drained.finish() } }
        await withTaskGroup { group in
            group.addTask { _ = await drained.next() }
            group.addTask { try? await ContinuousClock().sleep(for: Self.drainTime) }
            await group.next()
            group.cancelAll()
        }
        await withCheckedContinuation { continuation in
            SocketService.shared.post { _ in
                core.finishStop()
                continuation.resume()
            }
        }
        await core.cancelTasks(limit: Self.drainTime)
    }

    private static func listen(_ configuration: WebServerConfiguration) throws(NetworkError) -> (Int32, Int) {
        let host = configuration.host == "localhost" ? "127.0.0.1" : configuration.host
        guard let port = UInt16(exactly: configuration.port), let address = SocketAddress(host, port: port) else {
            throw .invalidURL("a server listens on a numeric address and a port up to 65535")
        }
        let family = address.address.isV6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .system(function: "socket", code: errno) }
        backline_set_nonblocking(descriptor)
        var on: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe address.withSystemAddress({ unsafe bind(descriptor, $0, $1) }) == 0 else {
            throw failure("bind", descriptor)
        }
        guard Glibc.listen(descriptor, backlog) == 0 else { throw failure("listen", descriptor) }
        guard let local = SocketAddress.local(of: descriptor) else { throw failure("getsockname", descriptor) }
        return (descriptor, Int(local.port))
    }

    private static func failure(_ function: String, _ descriptor: Int32) -> NetworkError {
        let code = errno
        close(descriptor)
        return .system(function: function, code: code)
    }
}
