internal import CWebSockets
internal import ServiceKit
internal import Synchronization

/// Opens WebSockets over the process's libwebsockets thread; certificates and host names are always checked.
public final class WebSocketClient: WebSocketConnector {
    private let certificateAuthorityFile: String?

    /// A client that trusts the system's authorities and those in a PEM file, if given.
    public init(certificateAuthorityFile: String? = nil) {
        self.certificateAuthorityFile = certificateAuthorityFile
    }

    /// Connects, trying each address of the host until one accepts or the connect timeout is over.
    public func connect(
        to url: String, options: WebSocketOptions = WebSocketOptions()
    ) async throws(NetworkError) -> any WebSocketConnection {
        let target = try Self.target(url)
        try Self.check(options.headers)
        let authorityFile = options.certificateAuthorityFile ?? certificateAuthorityFile
        guard let trust = ClientTrust(scheme: target.scheme, authorityFile: authorityFile) else {
            throw .tls("the certificate authority file cannot be read")
        }
        let clock = ContinuousClock()
        let deadline = clock.now + options.connectTimeout
        let addresses = try await Self.resolve(target.host, within: options.connectTimeout)
        var failure = NetworkError.nameNotResolved
        for (index, address) in addresses.enumerated() {
            let left = deadline - clock.now
            guard left > .zero else { throw .timedOut(.connect) }
            let attempt = ConnectAttempt(
                target: target, address: address, trust: trust, options: options,
                limit: index == addresses.count - 1 ? left : left / 2)
            do throws(NetworkError) {
                return try await attempt.run()
            } catch {
                // Only a machine that does not answer is worth another address.
                switch error {
                case .connectFailed, .timedOut: failure = error
                default: throw error
                }
            }
        }
        throw failure
    }

    private static func target(_ url: String) throws(NetworkError) -> ParsedURL {
        let target = try ParsedURL(url)
        guard target.scheme == "ws" || target.scheme == "wss" else {
            throw .invalidURL("a WebSocket address starts with ws: or wss:")
        }
        guard !target.hasUserInfo else { throw .invalidURL("a WebSocket address has no user name") }
        guard (1...65535).contains(target.port) else { throw .invalidURL("the port is out of range") }
        return target
    }

    private static func check(_ headers: HTTPHeaders) throws(NetworkError) {
        for (name, value) in headers {
            guard HTTPText.isToken(name), HTTPText.isFieldValue(value) else {
                throw .protocolViolation("a header field of the request holds forbidden characters")
            }
        }
    }

    private static func resolve(_ host: String, within limit: Duration) async throws(NetworkError) -> [IPAddress] {
        if let literal = IPAddress(host) { return [literal] }
        let answers = BoundedChannel<[IPAddress]>(capacity: 1)
        HostResolver.shared.resolve(host) {
            answers.trySend($0)
            answers.finish()
        }
        let addresses = await withTaskGroup(of: [IPAddress]?.self) { group in
            group.addTask { await answers.next() }
            group.addTask {
                try? await ContinuousClock().sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if Task.isCancelled { throw .cancelled }
        guard let addresses else { throw .timedOut(.connect) }
        guard !addresses.isEmpty else { throw .nameNotResolved }
        return addresses
    }
}

/// One attempt to open a WebSocket to one address.
private struct ConnectAttempt {
    let target: ParsedURL
    let address: IPAddress
    let trust: ClientTrust
    let options: WebSocketOptions
    let limit: Duration

    /// What both sides know of the attempt: its number once it has one, and whether it was given up before.
    private struct Progress {
        var key: UInt?
        var cancelled = false
    }

    private enum Outcome: Sendable {
        case open(WebSocketLink)
        case failed(NetworkError)
    }

    func run() async throws(NetworkError) -> any WebSocketConnection {
        let progress = Mutex(Progress())
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                SocketService.shared.post { loop in
                    let key = loop.newKey()
                    let cancelled = progress.withLock { progress in
                        progress.key = key
                        return progress.cancelled
                    }
                    guard !cancelled else { return continuation.resume(returning: Outcome.failed(.cancelled)) }
                    start(loop, key) { continuation.resume(returning: $0) }
                }
            }
        } onCancel: {
            let key = progress.withLock { progress in
                progress.cancelled = true
                return progress.key
            }
            guard let key else { return }
            SocketService.shared.post { loop in (loop.drivers[key] as? ClientDriver)?.abandon(.cancelled) }
        }
        switch outcome {
        case .open(let link): return link
        case .failed(let error): throw error
        }
    }

    private func start(_ loop: SocketLoop, _ key: UInt, _ done: @escaping @Sendable (Outcome) -> Void) {
        guard let vhost = unsafe loop.clientHosts.take(trust, loop) else {
            return done(.failed(.tls("the certificate authority file holds no certificate")))
        }
        let link = WebSocketLink(
            sendQueueMessages: options.sendQueueMessages, receiveQueueMessages: options.receiveQueueMessages
        ) { SocketService.shared.wake(key) }
        let driver = ClientDriver(
            loop: loop, link: link, trust: trust, headers: options.headers,
            maximumMessageBytes: options.maximumMessageBytes
        ) { error in done(error.map(Outcome.failed) ?? .open(link)) }
        loop.drivers[key] = driver
        let tls = target.scheme == "wss"
        let host = target.port == (tls ? 443 : 80) ? hostText : "\(hostText):\(target.port)"
        let socket = unsafe backline_lws_connect(
            loop.context, vhost, address.description, Int32(target.port), tls ? 1 : 0, host, target.target,
            UnsafeMutableRawPointer(bitPattern: key))
        unsafe driver.start(socket: socket, limit: limit)
        if unsafe socket == nil { loop.drivers[key] = nil }
    }

    private var hostText: String { target.host.contains(":") ? "[\(target.host)]" : target.host }
}
