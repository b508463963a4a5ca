public import DiscordModel
public import Networking
public import ServiceKit
import Synchronization

/// An event and the shard it came from.
public typealias ShardEvent = (shard: ShardID, event: GatewayEvent)

/// Owns the connection of one shard: performs what its machine decides.
///
/// The reader waits while the event channel is full, so Discord feels the back-pressure; heartbeats go on meanwhile.
public actor Shard {
    private enum Work: Sendable {
        case connect(url: String, generation: Int)
        case close(any WebSocketConnection, code: UInt16)
        case wake(at: Duration)
        case permit
    }

    /// The shard.
    public nonisolated let id: ShardID
    private let configuration: GatewayConfiguration
    private let connector: any WebSocketConnector
    private let gate: IdentifyGate
    private let events: BoundedChannel<ShardEvent>
    private let time: any TimeSource
    private let logger: Logger
    private let current: Mutex<ShardSnapshot>

    private var machine: ShardMachine
    private var connection: (any WebSocketConnection)?
    /// Counts connections, so that what an old one still reports is not taken for the new one's.
    private var generation = 0
    private let work = BoundedChannel<Work>(capacity: 1024)
    private var wakes: Set<Duration> = []
    private var failure: GatewayFailure?

    /// A shard that has not started; with a saved session it begins by resuming.
    public init(
        id: ShardID, configuration: GatewayConfiguration, url: String, session: GatewaySession? = nil,
        connector: any WebSocketConnector, gate: IdentifyGate, events: BoundedChannel<ShardEvent>,
        time: any TimeSource, logger: Logger,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.id = id
        self.configuration = configuration
        self.connector = connector
        self.gate = gate
        self.events = events
        self.time = time
        self.logger = logger.with(["shard": id.description])
        machine = ShardMachine(shard: id, configuration: configuration, url: url, session: session, random: random)
        current = Mutex(machine.snapshot)
    }

    /// How the shard does; from any thread.
    public nonisolated var snapshot: ShardSnapshot { current.withLock { $0 } }

    /// Runs until cancelled, or until Discord says that trying again is useless.
    public func run() async throws(DiscordError) {
        await handle(.start)
        await withDiscardingTaskGroup { group in
            while let next = await work.next() {
                group.addTask { await self.perform(next) }
            }
            group.cancelAll()
        }
        for action in machine.handle(.stop, now: time.now) {
            guard case .close(let code) = action, let connection else { continue }
            // The goodbye must go out although the task is cancelled; `close` ends by itself after some seconds.
            await Task { await connection.close(code: code, reason: "") }.value
        }
        connection?.drop()
        connection = nil
        publish()
        if let failure { throw .gateway(failure) }
    }

    /// Sends a command now or as soon as the session and the send budget allow.
    public func send(_ command: GatewayCommand) async throws(DiscordError) {
        do {
            let actions = try machine.send(command, now: time.now)
            await perform(actions)
        } catch {
            throw .gateway(error)
        }
    }

    private func handle(_ event: ShardMachine.Event, generation: Int? = nil) async {
        if let generation, generation != self.generation { return }
        await perform(machine.handle(event, now: time.now))
    }

    private func perform(_ actions: [ShardMachine.Action]) async {
        publish()
        let generation = generation
        for action in actions {
            // Another task may have replaced the connection while this one waited to send.
            if case .send = action, generation != self.generation { continue }
            await perform(action)
        }
        planWake()
    }

    private func perform(_ action: ShardMachine.Action) async {
        switch action {
        case .requestPermit: work.trySend(.permit)
        case .releasePermit(let used): await gate.release(shard: id.number, used: used)
        case .open(let url):
            generation += 1
            work.trySend(.connect(url: url, generation: generation))
        case .send(let bytes):
            // A failed send needs no answer here: the reader reports the end of the connection.
            try? await connection?.send(.text(String(decoding: bytes, as: UTF8.self)))
        case .close(let code):
            generation += 1
            if let connection { work.trySend(.close(connection, code: code)) }
            connection = nil
        case .dispatch(let event): await deliver(event)
        case .sessionChanged(let session):
            logger.debug(session == nil ? "the session is over" : "the session stands")
        case .fail(let failure):
            logger.error("the shard cannot go on", ["reason": failure.description])
            self.failure = failure
            work.finish()
        case .note(let words): logger.warning(words)
        }
    }

    private func deliver(_ event: GatewayEvent) async {
        if events.trySend((id, event)) { return }
        let generation = generation
        machine.setDeliveryBlocked(true, now: time.now)
        _ = await events.send((id, event))
        if generation == self.generation { machine.setDeliveryBlocked(false, now: time.now) }
    }

    private func perform(_ work: Work) async {
        switch work {
        case .connect(let url, let generation): await read(url, generation: generation)
        case .close(let connection, let code): await connection.close(code: code, reason: "")
        case .permit:
            guard (try? await gate.acquire(shard: id.number)) != nil else { return }
            await handle(.permitGranted)
        case .wake(let moment):
            try? await time.sleep(until: moment)
            wakes.remove(moment)
            if !Task.isCancelled { await handle(.time) }
        }
    }

    /// Connects and reads until the connection is over or replaced.
    private func read(_ url: String, generation: Int) async {
        let connection: any WebSocketConnection
        let decompressor: StreamDecompressor
        do {
            decompressor = try StreamDecompressor(
                configuration.compression, limit: configuration.maximumMessageBytes)
            connection = try await connector.connect(to: url, options: configuration.webSocket)
        } catch {
            logger.warning("the gateway could not be reached", ["reason": "\(error)"])
            await handle(.openFailed, generation: generation)
            return
        }
        guard generation == self.generation, !Task.isCancelled else {
            connection.drop()
            return
        }
        self.connection = connection
        await handle(.opened, generation: generation)
        while generation == self.generation, let message = try? await connection.receive() {
            guard generation == self.generation else { return }
            do {
                if let bytes = try decode(message, decompressor) { try await read(bytes, generation: generation) }
            } catch {
                logger.warning("\(error)")
                await handle(.corrupt, generation: generation)
            }
        }
        guard generation == self.generation, !Task.isCancelled else { return }
        let close = connection.closed
        logger.info("the gateway connection ended", ["code": "\(close?.code ?? 1006)", "reason": close?.reason ?? ""])
        self.connection = nil
        await handle(.closed(code: Int(close?.code ?? 1006)), generation: generation)
    }

    private func decode(_ message: WebSocketMessage, _ decompressor: StreamDecompressor) throws(GatewayFailure)
        -> [UInt8]?
    {
        switch message {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): try decompressor.push(bytes)
        }
    }

    private func read(_ bytes: [UInt8], generation: Int) async throws(GatewayFailure) {
        let wanted = configuration.events
        do {
            let frame = try GatewayFrame(bytes) { name in
                wanted?.contains(name) ?? true || name == "READY" || name == "RESUMED"
            }
            await handle(.frame(frame), generation: generation)
        } catch {
            // After a frame that lost a part, all that follows in a compressed stream is shifted: it never mends itself.
            if case .malformed = error, configuration.compression != .none {
                throw .corruptStream("what it holds is no JSON")
            }
            await handle(.malformed, generation: generation)
        }
    }

    /// Makes sure somebody wakes the machine at its deadline; later wakes that are already planned do no harm.
    private func planWake() {
        guard let deadline = machine.deadline, !wakes.contains(where: { $0 <= deadline }) else { return }
        if work.trySend(.wake(at: deadline)) { wakes.insert(deadline) }
    }

    private func publish() {
        let snapshot = machine.snapshot
        current.withLock { $0 = snapshot }
    }
}
