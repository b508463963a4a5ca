internal import CWebSockets
internal import Glibc
internal import ServiceKit
internal import Synchronization

/// A running server: its listening socket and connections (service thread), and the tasks of its handler, which it
/// owns and cancels when it stops.
final class ServerCore: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastTask = 0
        var stopped = false
    }

    /// What only the service thread touches.
    @safe private final class Local: @unchecked Sendable {
        var host: OpaquePointer?
        var listener: ListenerDriver?
        var connections: Set<UInt> = []
        var stopping: (@Sendable () -> Void)?
    }

    let configuration: WebServerConfiguration
    private let handler: any WebServerHandler
    private let state = Mutex(State())
    private let local = Local()
    private let idle = BoundedChannel<Bool>(capacity: 1)

    init(_ configuration: WebServerConfiguration, handler: any WebServerHandler) {
        self.configuration = configuration
        self.handler = handler
    }

    // MARK: The handler's tasks

    /// Runs the handler for one exchange in a task that lives at most as long as the server.
    func serve(_ exchange: ServerExchange, _ key: UInt) {
        let (configuration, handler) = (configuration, handler)
        state.withLock { state in
            guard !state.stopped else { return }
            state.lastTask += 1
            let number = state.lastTask
            state.tasks[number] = Task { [weak self] in
                await exchange.run(handler) {
                    WebSocketLink(
                        sendQueueMessages: configuration.sendQueueMessages,
                        receiveQueueMessages: configuration.receiveQueueMessages
                    ) { SocketService.shared.wake(key) }
                }
                self?.ended(number)
            }
        }
    }

    private func ended(_ number: Int) {
        let last = state.withLock { state in
            state.tasks[number] = nil
            return state.stopped && state.tasks.isEmpty
        }
        if last { idle.finish() }
    }

    /// Cancels the handler's tasks and waits for them, at most for `limit`.
    func cancelTasks(limit: Duration) async {
        let none = state.withLock { state in
            state.stopped = true
            for task in state.tasks.values { task.cancel() }
            return state.tasks.isEmpty
        }
        guard !none else { return }
        await withTaskGroup { group in
            group.addTask { [idle] in _ = await idle.next() }
            group.addTask { try? await ContinuousClock().sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: The service thread's side

    /// Starts to accept from a listening socket, which from now on belongs to libwebsockets.
    func open(_ loop: SocketLoop, _ descriptor: Int32) -> NetworkError? {
        let number = loop.newKey()
        if let identity = configuration.tls { loop.identities[number] = identity }
        let host = unsafe backline_lws_server_vhost(
            loop.context, loop.protocols, configuration.tls == nil ? 0 : 1,
            UnsafeMutableRawPointer(bitPattern: number))
        loop.identities[number] = nil
        guard let host = unsafe host else {
            Glibc.close(descriptor)
            return .tls("the server's certificate and key could not be used")
        }
        guard let socket = unsafe backline_lws_adopt_listener(host, descriptor) else {
            unsafe lws_vhost_destroy(host)
            return .library(function: "lws_adopt_descriptor_vhost", code: 0, words: "the listening socket was refused")
        }
        unsafe local.host = unsafe host
        let listener = unsafe ListenerDriver(core: self, loop: loop, descriptor: descriptor, socket: socket)
        local.listener = listener
        loop.drivers[number] = listener
        unsafe lws_set_opaque_user_data(socket, UnsafeMutableRawPointer(bitPattern: number))
        return nil
    }

    /// Takes an accepted socket over; false when there is no more room for connections.
    func accepted(_ loop: SocketLoop, _ descriptor: Int32, _ address: SocketAddress) -> Bool {
        guard let host = unsafe local.host else {
            Glibc.close(descriptor)
            return false
        }
        guard let socket = unsafe backline_lws_adopt_socket(host, descriptor) else { return true }
        let key = loop.newKey()
        unsafe lws_set_opaque_user_data(socket, UnsafeMutableRawPointer(bitPattern: key))
        let driver = ServerDriver(loop: loop, core: self, key: key, address: address.address.description)
        loop.drivers[key] = driver
        local.connections.insert(key)
        unsafe driver.start(socket)
        return local.connections.count < configuration.maximumConnections
    }

    /// A connection is over.
    func connectionEnded(_ key: UInt, _ loop: SocketLoop) {
        local.connections.remove(key)
        local.listener?.resume()
        if local.connections.isEmpty, let stopping = local.stopping {
            local.stopping = nil
            stopping()
        }
    }

    /// Stops accepting and ends what is idle; `done` is called when no connection is left.
    func beginStop(_ loop: SocketLoop, _ done: @escaping @Sendable () -> Void) {
        local.listener?.close()
        local.listener = nil
        guard !local.connections.isEmpty else { return done() }
        local.stopping = done
        for key in local.connections { (loop.drivers[key] as? ServerDriver)?.stop() }
    }

    /// Cuts whatever is left and gives the virtual host back.
    func finishStop() {
        local.stopping = nil
        guard let host = unsafe local.host else { return }
        unsafe local.host = nil
        unsafe lws_vhost_destroy(host)
    }
}
