internal import FoundationEssentials
public import Networking
internal import ServiceKit
internal import Synchronization

/// A local Discord: REST, gateway, voice, CDN and a page, on loopback or in memory.
public final class Sandbox: Sendable {
    /// Why the sandbox could not start.
    public enum StartFailure: Error, Sendable, CustomStringConvertible {
        /// It runs already or ran before.
        case usedBefore
        /// No UDP socket or thread for voice.
        case media
        /// The certificate authority file could not be written.
        case certificateFile(String)

        /// What happened and what to do next.
        public var description: String {
            switch self {
            case .usedBefore: "the sandbox was started before; make a new one"
            case .media: "no UDP socket or thread for voice; check the host address and the system's limits"
            case .certificateFile(let path): "the certificate could not be written to \(path); check the folder"
            }
        }
    }

    private struct Running {
        var hasStarted = false
        var servers: [WebServer] = []
        var tasks: [Int: Task<Void, Never>] = [:]
        var nextTask = 0
        var media: MediaServer?
        var certificateFile: String?
    }

    let core: Core
    private let options: SandboxOptions
    // Keeps every task it starts and cancels them in `stop`.
    private let running = Mutex(Running())
    private static let regions = 2

    /// A sandbox with the seeded world, not yet reachable.
    public init(_ options: SandboxOptions = SandboxOptions()) {
        self.options = options
        core = Core(options)
    }

    /// Opens all ports and returns their addresses.
    public func start() async throws -> SandboxAddresses {
        try startMedia()
        let links = LinkService(core: core)
        let identity = try TLSIdentity.selfSigned(names: ["localhost"], addresses: [options.host])
        var endpoints: [String] = []
        for region in 0..<Self.regions {
            var configuration = WebServerConfiguration()
            configuration.host = options.host
            configuration.port = options.voicePort == 0 ? 0 : options.voicePort + region
            configuration.tls = identity
            configuration.pingInterval = .seconds(3600)
            let server = WebServer(configuration, handler: VoiceService(links: links, region: region))
            endpoints.append("\(options.host):\(try await server.start())")
            running.withLock { $0.servers.append(server) }
        }
        var configuration = WebServerConfiguration()
        configuration.host = options.host
        configuration.port = options.httpPort
        configuration.pingInterval = .seconds(3600)
        let service = PageService(core: core, admin: AdminService(core: core), links: links)
        let server = WebServer(configuration, handler: service)
        let port = try await server.start()
        running.withLock { $0.servers.append(server) }
        let base = "http://\(options.host):\(port)"
        let gateway = "ws://\(options.host):\(port)/gw"
        core.state.withLock { state in
            state.world.httpBase = base
            state.world.voiceEndpoints = endpoints
            state.gateway.url = gateway
        }
        startClock()
        let file = try writeCertificate(identity.certificatePEM, port: port)
        return SandboxAddresses(
            rest: base + "/api/v10", gateway: gateway, voice: endpoints, page: base + "/",
            certificateAuthorityPEM: identity.certificatePEM, certificateAuthorityFile: file, token: botToken)
    }

    /// Starts clock and media server only: REST and WebSockets go through `httpTransport` and `webSocketConnector`,
    /// voice packets over loopback UDP.
    public func startInMemory() throws {
        try startMedia()
        core.state.withLock { $0.world.voiceEndpoints = ["voice-a.sandbox:443", "voice-b.sandbox:443"] }
        startClock()
    }

    /// The seeded bot's token.
    public var botToken: String {
        core.state.withLock { $0.world.applications[World.Seed.bot]?.token ?? "" }
    }

    /// REST, CDN and admin interface without sockets; any host will do.
    public var httpTransport: any HTTPTransport {
        MemoryHTTPTransport(core: core, admin: AdminService(core: core))
    }

    /// Gateway and voice gateway without sockets.
    public var webSocketConnector: any WebSocketConnector {
        MemoryConnector(core: core, spawn: { [weak self] body in self?.own(body) })
    }

    /// Closes everything; connections end, tasks are cancelled and waited for.
    public func stop() async {
        let (servers, tasks, media, file) = running.withLock { running in
            defer {
                running.servers = []
                running.tasks = [:]
                running.media = nil
                running.certificateFile = nil
            }
            return (running.servers, Array(running.tasks.values), running.media, running.certificateFile)
        }
        let boxes = core.state.withLock { state in
            state.media = nil
            for box in state.pageBoxes.values { box.finish() }
            return Array(state.gatewayBoxes.values) + Array(state.voiceBoxes.values)
        }
        for box in boxes { box.finish() }
        core.peopleInbox.finish()
        for task in tasks { task.cancel() }
        for server in servers { await server.stop() }
        for task in tasks { await task.value }
        media?.stop()
        if let file { try? FileManager.default.removeItem(atPath: file) }
    }

    private func startMedia() throws {
        let isFirst = running.withLock { running in
            defer { running.hasStarted = true }
            return !running.hasStarted
        }
        guard isFirst else { throw StartFailure.usedBefore }
        let media = MediaServer(
            host: options.host, regions: Self.regions, framesKept: options.framesKept, decodes: options.decodes,
            people: core.people)
        guard let media, media.start() else { throw StartFailure.media }
        running.withLock { $0.media = media }
        core.state.withLock { state in
            state.media = media
            state.voice.mediaPorts = media.sockets.map { (options.host, $0.port) }
        }
    }

    private func startClock() {
        let core = core
        own { await core.runPeople() }
        own {
            while (try? await core.time.sleep(for: .milliseconds(50))) != nil { core.tick() }
        }
        own {
            var next = core.time.now
            while true {
                let media = core.state.withLock { $0.media }
                let isHeard = media?.hasListeners ?? false
                next = max(next, core.time.now - .milliseconds(200)) + .milliseconds(isHeard ? 20 : 200)
                guard (try? await core.time.sleep(until: next)) != nil else { return }
                media?.pump(now: core.time.now)
            }
        }
    }

    /// Runs a body in a task that this sandbox keeps until it ends.
    private func own(_ body: @escaping @Sendable () async -> Void) {
        running.withLock { running in
            let id = running.nextTask
            running.nextTask += 1
            running.tasks[id] = Task { [weak self] in
                await body()
                self?.running.withLock { _ = $0.tasks.removeValue(forKey: id) }
            }
        }
    }

    private func writeCertificate(_ text: String, port: Int) throws -> String {
        let path =
            options.certificateAuthorityFile
            ?? FileManager.default.temporaryDirectory.appending(path: "backline-sandbox-\(port).pem").path
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw StartFailure.certificateFile(path)
        }
        running.withLock { $0.certificateFile = path }
        return path
    }
}
