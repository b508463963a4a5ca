import DiscordModel
import Networking
import ServiceKit
import Synchronization

/// The loop of one voice connection: feeds the machine and performs its actions, one at a time.
///
/// A class, because each waiting function of a structure keeps a copy of it, machine and all.
final class VoiceDriver {
    private let connection: VoiceConnection
    private let environment: VoiceEnvironment
    private let user: UserID
    private var machine: VoiceMachine
    private var random = SystemRandomNumberGenerator()
    private var socketNumber = 0
    private var socket: (any WebSocketConnection)?
    private var mediaNumber = 0
    private var datagrams: (any VoiceDatagrams)?
    private let stateRequests = StateRequests()

    init(connection: VoiceConnection, environment: VoiceEnvironment, machine: VoiceMachine, user: UserID) {
        self.connection = connection
        self.environment = environment
        self.machine = machine
        self.user = user
    }

    /// Works until the task is cancelled, then leaves.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                guard let input = await next() else { break }
                await take(input, &group)
            }
            group.cancelAll()
        }
        await leave()
        stateRequests.finish()
    }

    /// Has a request sent after those on their way; a task lives while there are any.
    private func request(_ request: StateRequests.Request, _ group: inout DiscardingTaskGroup) {
        guard stateRequests.add(request) else { return }
        let (requests, environment) = (stateRequests, environment)
        group.addTask { while let request = requests.next() { await request.perform(environment) } }
    }

    /// What happens next: an input, or the machine's deadline.
    private func next() async -> VoiceInput? {
        let inputs = connection.inputs
        let endToEnd = machine.isReady ? environment.endToEndEncryption.nextDeadline : nil
        guard let deadline = [machine.nextDeadline, endToEnd].compactMap(\.self).min() else {
            return await inputs.next()
        }
        guard environment.time.now < deadline else { return .event(.tick) }
        if let input = await inputs.next(until: deadline, by: environment.time) { return input }
        return Task.isCancelled || inputs.isFinished ? nil : .event(.tick)
    }

    private func take(_ input: VoiceInput, _ group: inout DiscardingTaskGroup) async {
        switch input {
        case .event(let event): await handle(event, &group)
        case .leave(let continuation):
            await handle(.disconnect, &group)
            request(.done(continuation), &group)
        case .opened(let number, let opened):
            guard number == socketNumber else { return opened.drop() }
            socket = opened
            read(opened, number, &group)
            await handle(.socketOpened, &group)
        case .received(let number, let message):
            guard number == socketNumber else { return }
            await receive(message, &group)
        case .closed(let number, let code):
            guard number == socketNumber else { return }
            environment.logger.info("voice gateway closed", ["code": "\(code)"])
            socket = nil
            await handle(.socketClosed(code: code), &group)
        case .discovered(let number, let reply):
            guard number == mediaNumber else { return }
            await handle(.discovered(address: reply.address, port: reply.port), &group)
        }
    }

    private func receive(_ message: WebSocketMessage, _ group: inout DiscardingTaskGroup) async {
        switch message {
        case .binary(let bytes): await handle(.binary(bytes), &group)
        case .text(let text):
            do throws(ModelError) {
                let payload: VoiceGatewayPayload = try JSON.decode(from: Array(text.utf8))
                await handle(.message(payload), &group)
            } catch {
                let problem = VoiceError.malformedMessage("\(text.utf8.count) bytes that are no voice payload")
                environment.logger.warning("voice message left out", ["error": problem.description])
            }
        }
    }

    private func handle(_ event: VoiceMachine.Event, _ group: inout DiscardingTaskGroup) async {
        var pending = [event]
        while !pending.isEmpty {
            if case .tick = pending[0], machine.isReady, let stuck = await exchange(.tick) { pending.append(stuck) }
            let actions = advance(pending.removeFirst())
            for action in actions {
                if let consequence = await perform(action, &group) { pending.append(consequence) }
            }
        }
    }

    /// Lets the machine take an event in. Inlined, its large values would stay in the memory of the waiting task.
    @inline(never)
    private func advance(_ event: VoiceMachine.Event) -> [VoiceMachine.Action] {
        let actions = machine.handle(event, now: environment.time.now, using: &random)
        let (status, latency, reconnects) = (machine.status, machine.latency, machine.reconnects)
        let endpoint = machine.server?.endpoint
        connection.shared.withLock { shared in
            shared.status = status
            shared.endpoint = endpoint
            shared.statistics.latency = latency
            shared.statistics.reconnects = reconnects
        }
        return actions
    }

    /// Performs one action; a failure comes back as the event it means.
    private func perform(
        _ action: VoiceMachine.Action, _ group: inout DiscardingTaskGroup
    ) async -> VoiceMachine.Event? {
        switch action {
        case .changeVoiceState(let channel): request(.change(channel), &group)
        case .openSocket(let url): openSocket(url, &group)
        case .closeSocket(let code): closeSocket(code, &group)
        case .send(let payload): await send(payload)
        case .discover(let address, let port, let ssrc, let isRepeated):
            do throws(VoiceError) {
                if !isRepeated { try openMedia(address: address, port: port, ssrc: ssrc, &group) }
                datagrams?.send(IPDiscovery(.request, ssrc: ssrc).bytes)
            } catch { return .mediaFailed(error.description) }
        case .startMedia(let ssrc, let mode, let key):
            do throws(VoiceError) {
                guard let datagrams else { return nil }
                try connection.media.start(
                    ssrc: ssrc, cipher: try TransportCipher(mode, key: key), sink: datagrams.sink,
                    transform: environment.endToEndEncryption.transform)
            } catch { return .mediaFailed(error.description) }
        case .suspendMedia: connection.media.suspend()
        case .resumeMedia: connection.media.resume()
        case .stopMedia:
            connection.media.stop()
            closeMedia()
            environment.endToEndEncryption.end()
        case .ping(let sequence): datagrams?.send(VoicePing(sequence: sequence).bytes)
        case .endToEnd(let input): return await exchange(input)
        case .emit(let event):
            environment.logger.info("voice \(event)")
            connection.events.trySend(event)
        case .answer(let problem):
            let waiters = connection.shared.withLock { shared in
                defer { shared.waiters = [:] }
                return shared.waiters
            }
            for waiter in waiters.values { waiter.resume(returning: problem) }
        }
        return nil
    }

    private func openSocket(_ url: String, _ group: inout DiscardingTaskGroup) {
        socketNumber += 1
        let (number, inputs, environment) = (socketNumber, connection.inputs, environment)
        group.addTask {
            do throws(NetworkError) {
                let socket = try await environment.connector.connect(to: url, options: environment.webSocketOptions)
                // Reading is for another task: what connecting needs of memory is much, and given back with this one.
                if await !inputs.send(.opened(socket: number, socket)) { socket.drop() }
            } catch {
                environment.logger.info("voice gateway not reached", ["error": "\(error)"])
                await inputs.send(.closed(socket: number, code: 1006))
            }
        }
    }

    private func read(_ socket: any WebSocketConnection, _ number: Int, _ group: inout DiscardingTaskGroup) {
        let inputs = connection.inputs
        group.addTask {
            while let message = try? await socket.receive() {
                guard await inputs.send(.received(socket: number, message)) else { return }
            }
            await inputs.send(.closed(socket: number, code: socket.closed?.code ?? 1006))
        }
    }

    private func closeSocket(_ code: UInt16, _ group: inout DiscardingTaskGroup) {
        socketNumber += 1
        guard let socket else { return }
        self.socket = nil
        group.addTask { await socket.close(code: code, reason: "") }
    }

    private func send(_ payload: VoiceGatewayPayload) async {
        guard let socket, let bytes = try? JSON.encode(payload) else { return }
        // A failure means the socket is closed, which its reader reports.
        try? await socket.send(.text(String(decoding: bytes, as: UTF8.self)))
    }

    /// Hands `input` to end-to-end encryption and sends what it answers; a stuck session comes back as an event.
    private func exchange(_ input: E2EEInput) async -> VoiceMachine.Event? {
        var stuck: VoiceMachine.Event?
        for reply in environment.endToEndEncryption.handle(input, now: environment.time.now) {
            switch reply {
            case .json(let payload): await send(payload)
            case .binary(let opcode, let body): try? await socket?.send(.binary([opcode] + body))
            case .renew(let sentence): stuck = .endToEndStuck(sentence)
            }
        }
        return stuck
    }

    private func openMedia(
        address: String, port: UInt16, ssrc: UInt32, _ group: inout DiscardingTaskGroup
    ) throws(VoiceError) {
        closeMedia()
        let opened = try environment.datagrams.connect(address: address, port: port)
        datagrams = opened
        let (number, connection, inbound) = (mediaNumber, connection, environment.inbound)
        group.addTask {
            while let datagram = await opened.receive() {
                if let reply = try? IPDiscovery(datagram) {
                    guard reply.kind == .reply, reply.ssrc == ssrc else { continue }
                    await connection.inputs.send(.discovered(media: number, reply))
                } else if let inbound, let packet = connection.media.open(datagram) {
                    connection.hear(packet, inbound)
                } else {
                    connection.shared.withLock { $0.statistics.droppedDatagrams += 1 }
                }
            }
        }
    }

    private func closeMedia() {
        mediaNumber += 1
        datagrams?.close()
        datagrams = nil
    }

    /// The end of the connection's life: everything is closed, and Discord told, within a second.
    private func leave() async {
        let leaves = machine.status != .disconnected
        connection.media.stop()
        closeMedia()
        environment.endToEndEncryption.end()
        let (socket, environment) = (socket, environment)
        // Our own task is cancelled, and what it awaits with it; this one is not, and we wait for it.
        let farewell = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    if leaves { await StateRequests.Request.change(nil).perform(environment) }
                    await socket?.close(code: 1000, reason: "")
                }
                group.addTask { try? await environment.time.sleep(for: .seconds(1)) }
                await group.next()
                group.cancelAll()
            }
        }
        await farewell.value
        socket?.drop()
    }
}
