public import DiscordModel
public import Networking
public import ServiceKit
internal import Synchronization

/// What a voice connection has done so far.
public struct VoiceStatistics: Sendable, Equatable {
    /// Packets, over all streams of the connection.
    public var stream = StreamStatistics()
    /// Attempts to mend the connection.
    public var reconnects = 0
    /// How long the last heartbeat took there and back.
    public var latency: Duration?
    /// Datagrams that arrived and were dropped.
    public var droppedDatagrams = 0

    /// Nothing done yet.
    public init() {}
}

/// The bot's voice connection in one guild: follows the main gateway's events, keeps the voice gateway and the media
/// socket alive, and hands the audio source to the sender.
///
/// `run` owns everything and is called once; the other methods may be called from any thread at any time.
public final class VoiceConnection: Sendable {
    /// Where the sender's frames come from and go.
    let media: VoiceMedia
    /// Everything that happens, in order.
    let inputs = BoundedChannel<VoiceInput>(capacity: 256)
    let shared = Mutex(VoiceShared())
    /// `connected`, `moved`, `interrupted`, `recovered`, `disconnected`; the newest are lost when nobody listens.
    public let events = BoundedChannel<VoiceEvent>(capacity: 64)

    private let guild: GuildID
    private let user: UserID
    private let environment: VoiceEnvironment

    /// A connection that is in no channel.
    ///
    /// `changeVoiceState` sends op 4 on the main gateway: self-deafened, nil leaves. `inbound` hears decrypted packets
    /// of others, for tests: a bot is deafened and drops them. `endToEndEncryption` is the connection's own; `NoE2EE()`
    /// switches it off.
    public init(
        guild: GuildID, user: UserID, connector: any WebSocketConnector, sender: VoiceSender, time: any TimeSource,
        logger: Logger, datagrams: any VoiceDatagramConnector = UDPDatagrams.Connector(),
        endToEndEncryption: any E2EESession = DAVESession(), webSocketOptions: WebSocketOptions? = nil,
        inbound: (@Sendable (RTPPacket) -> Void)? = nil,
        changeVoiceState: @escaping @Sendable (ChannelID?) async throws -> Void
    ) {
        self.guild = guild
        self.user = user
        environment = VoiceEnvironment(
            connector: connector, datagrams: datagrams, time: time,
            logger: logger.with(["guild": guild.description]), endToEndEncryption: endToEndEncryption,
            webSocketOptions: webSocketOptions ?? VoiceEnvironment.defaultOptions, inbound: inbound,
            changeVoiceState: changeVoiceState)
        media = VoiceMedia(sender: sender) { [inputs] speaks in inputs.trySend(.event(.speaking(speaks))) }
    }

    /// Owns the connection until the task is cancelled, then leaves the channel.
    public func run() async {
        let begins = shared.withLock { shared in
            defer { shared.isRunning = true }
            return !shared.isRunning && !shared.isFinished
        }
        guard begins else { return }
        await makeDriver().run()
        inputs.finish()
        let waiters = shared.withLock { shared in
            shared.isFinished = true
            shared.status = .disconnected
            defer { shared.waiters = [:] }
            return shared.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: .cancelled) }
        while let input = inputs.tryNext() {
            if case .leave(let continuation) = input { continuation.resume() }
        }
        events.finish()
    }

    /// Never a part of `run`, whose task would keep the memory of the whole machine a second time.
    @inline(never)
    private func makeDriver() -> VoiceDriver {
        let machine = VoiceMachine(
            guild: guild, user: user, maximumE2EEVersion: environment.endToEndEncryption.maximumProtocolVersion)
        return VoiceDriver(connection: self, environment: environment, machine: machine, user: user)
    }

    /// Takes in a VOICE_STATE_UPDATE; those of other users and guilds are ignored.
    public func receive(_ state: VoiceState) {
        guard state.userID == user, state.guildID == nil || state.guildID == guild else { return }
        inputs.trySend(.event(.voiceState(state)))
    }

    /// Takes in a VOICE_SERVER_UPDATE; those of other guilds are ignored.
    public func receive(_ server: VoiceServerUpdate) {
        guard server.guildID == guild else { return }
        Logger.redact(server.token)
        inputs.trySend(.event(.voiceServer(server)))
    }

    /// Joins a channel, or moves there; returns when audio can flow.
    public func connect(to channel: ChannelID) async throws(VoiceError) {
        let identity = shared.withLock { $0.nextIdentity() }
        let problem = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<VoiceError?, Never>) in
                let refused = shared.withLock { shared in
                    guard !shared.isFinished, !Task.isCancelled else { return true }
                    shared.waiters[identity] = continuation
                    return false
                }
                if refused { return continuation.resume(returning: .cancelled) }
                if !inputs.trySend(.event(.connect(channel))) { answer(identity, .cancelled) }
            }
        } onCancel: {
            answer(identity, .cancelled)
        }
        if let problem { throw problem }
        guard status.channel == channel else { throw .disconnected(VoiceMachine.unanswered) }
    }

    /// Leaves the channel; returns when the main gateway has been told.
    public func disconnect() async {
        await withCheckedContinuation { continuation in
            let runs = shared.withLock { $0.isRunning && !$0.isFinished }
            if !runs || !inputs.trySend(.leave(continuation)) { continuation.resume() }
        }
    }

    /// Takes Opus frames from `source` from now on; nil for none.
    public func setSource(_ source: (any OpusFrameSource)?) {
        media.setSource(source)
    }

    /// Tells that the source has frames again after it was idle.
    public func wake() {
        media.wake()
    }

    /// Where the connection stands.
    public var status: VoiceStatus { shared.withLock { $0.status } }

    /// Counters up to now.
    public var statistics: VoiceStatistics {
        var result = shared.withLock { $0.statistics }
        result.stream = media.statistics
        return result
    }

    /// How end-to-end encryption stands, with its counters.
    public var endToEndEncryption: E2EEReport { environment.endToEndEncryption.report }

    /// The voice privacy code that members compare, 30 digits in groups of five; nil while there is no group.
    public var privacyCode: String? { endToEndEncryption.privacyCode }

    /// The host of the voice server, which names its region; nil while there is none.
    public var endpoint: String? { shared.withLock { $0.endpoint } }

    /// Hands a received packet on with its frame decrypted; what cannot be decrypted is counted and dropped.
    func hear(_ packet: RTPPacket, _ inbound: @Sendable (RTPPacket) -> Void) {
        let session = environment.endToEndEncryption
        let now = environment.time.now
        guard let payload = session.open(packet.payload, ssrc: packet.header.ssrc, now: now) else {
            shared.withLock { $0.statistics.droppedDatagrams += 1 }
            // The session may have found out just now that it hears nothing any more.
            if let deadline = session.nextDeadline, deadline <= now { inputs.trySend(.event(.tick)) }
            return
        }
        inbound(RTPPacket(header: packet.header, payload: payload))
    }

    /// Answers one waiting `connect`, if it still waits.
    private func answer(_ identity: Int, _ problem: VoiceError?) {
        shared.withLock { $0.waiters.removeValue(forKey: identity) }?.resume(returning: problem)
    }
}

/// What a connection works with; the same for its whole life.
struct VoiceEnvironment: Sendable {
    let connector: any WebSocketConnector
    let datagrams: any VoiceDatagramConnector
    let time: any TimeSource
    let logger: Logger
    let endToEndEncryption: any E2EESession
    let webSocketOptions: WebSocketOptions
    let inbound: (@Sendable (RTPPacket) -> Void)?
    let changeVoiceState: @Sendable (ChannelID?) async throws -> Void

    /// Voice messages are small; a server that does not answer is tried anew soon.
    static var defaultOptions: WebSocketOptions {
        var options = WebSocketOptions()
        options.maximumMessageBytes = 1 << 20
        options.connectTimeout = .seconds(5)
        return options
    }
}

/// The part of a connection's state that callers on any thread see.
struct VoiceShared: Sendable {
    var isRunning = false
    var isFinished = false
    var status = VoiceStatus.disconnected
    var statistics = VoiceStatistics()
    var endpoint: String?
    var waiters: [Int: CheckedContinuation<VoiceError?, Never>] = [:]
    private var identity = 0

    mutating func nextIdentity() -> Int {
        identity += 1
        return identity
    }
}

/// What reaches the loop of a connection, boxed, because the loop's task keeps room for several; `socket` and `media` numbers tell old sockets from the current ones.
indirect enum VoiceInput: Sendable {
    case event(VoiceMachine.Event)
    case leave(CheckedContinuation<Void, Never>)
    case opened(socket: Int, any WebSocketConnection)
    case received(socket: Int, WebSocketMessage)
    case closed(socket: Int, code: UInt16)
    case discovered(media: Int, IPDiscovery)
}
