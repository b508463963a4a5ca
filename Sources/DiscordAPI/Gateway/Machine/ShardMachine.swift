public import DiscordModel
import ServiceKit

/// The life of one shard as a value: events in, actions out; no clock, no I/O, no waiting (1.3).
public struct ShardMachine: Sendable {
    /// What happened.
    public enum Event: Sendable {
        /// The shard shall run.
        case start
        /// The shard shall end; its session ends too.
        case stop
        /// Permission to identify, asked for with `requestPermit`.
        case permitGranted
        /// The connection stands.
        case opened
        /// The connection did not come to be.
        case openFailed
        /// A message came.
        case frame(GatewayFrame)
        /// A message came that is no gateway message.
        case malformed
        /// The compressed stream broke, or a message is too large.
        case corrupt
        /// The connection is over.
        case closed(code: Int)
        /// The time of `deadline` has come.
        case time
    }

    /// What the owner does, in this order.
    public enum Action: Sendable, Hashable {
        /// Ask the gate all shards share for permission to identify.
        case requestPermit
        /// Give the permission back; `used` when an identify was sent with it.
        case releasePermit(used: Bool)
        /// Connect; a new connection, a new decompressor.
        case open(url: String)
        /// Send on the connection.
        case send([UInt8])
        /// Close the connection and report nothing more of it.
        case close(code: UInt16)
        /// Hand out an event.
        case dispatch(GatewayEvent)
        /// The session began, went on or is gone.
        case sessionChanged(GatewaySession?)
        /// End: trying again would fail in the same way.
        case fail(GatewayFailure)
        /// Tell people.
        case note(String)
    }

    enum State: Sendable, Hashable {
        case stopped
        /// Between connections, until a moment.
        case waiting(until: Duration)
        /// Waiting for permission to identify.
        case awaitingPermit
        /// The connection is being opened, at the latest until a moment.
        case connecting(until: Duration)
        /// Open, nothing said yet.
        case awaitingHello(until: Duration)
        /// Identified, waiting for READY.
        case identifying(until: Duration)
        /// Resumed, waiting for RESUMED.
        case resuming(until: Duration)
        /// In a session.
        case ready
    }

    /// The shard.
    public let shard: ShardID
    /// The session to go on with, if there is one.
    public internal(set) var session: GatewaySession?
    /// Time from the last heartbeat to its answer.
    public internal(set) var latency: Duration?
    /// Connections lost or left since the start.
    public internal(set) var reconnects = 0
    var isDeliveryBlocked = false

    let token: String
    let intents: Intents
    let largeThreshold: Int
    let compression: GatewayCompression
    let url: String
    var presence: PresenceUpdate?
    var random: any RandomNumberGenerator & Sendable
    var state = State.stopped
    var backoff = Backoff(base: .seconds(1), maximum: .seconds(60))
    var holdsPermit = false
    var failedOpens = 0
    var malformedFrames = 0
    /// Since when the session lives on this connection.
    var readySince: Duration?

    var budget = SendBudget()
    var interval: Duration?
    var nextBeat: Duration?
    var lastBeat: Duration?
    var isAcknowledged = true

    var pending: [(subject: GatewayCommand.Subject?, bytes: [UInt8])] = []
    var nextPending: Duration?

    /// How many payloads may wait for the connection.
    static let maximumPending = 256
    /// How many messages that are none one connection may bring.
    static let maximumMalformed = 10

    /// A shard that has not started; with a saved session it begins by resuming.
    public init(
        shard: ShardID, configuration: GatewayConfiguration, url: String, session: GatewaySession? = nil,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.shard = shard
        self.session = session
        self.random = random
        self.url = url
        token = configuration.bareToken
        intents = configuration.intents
        largeThreshold = configuration.largeThreshold
        compression = configuration.compression
        presence = configuration.presence
    }

    /// Whether a session lives on the connection.
    public var isReady: Bool { state == .ready }

    /// When `time` is due; nil when nothing is planned.
    public var deadline: Duration? {
        var moments: [Duration] = []
        switch state {
        case .stopped, .awaitingPermit: return nil
        case .waiting(let until), .connecting(let until): return until
        case .awaitingHello(let until): return until
        case .identifying(let until), .resuming(let until): moments.append(until)
        case .ready: if let nextPending { moments.append(nextPending) }
        }
        if let nextBeat { moments.append(nextBeat) }
        return moments.min()
    }

    /// Takes in what happened at the moment `now`.
    public mutating func handle(_ event: Event, now: Duration) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .start: if state == .stopped { connect(now: now, &actions) }
        case .stop: stop(&actions)
        case .permitGranted: permitGranted(now: now, &actions)
        case .opened:
            guard case .connecting = state else { break }
            failedOpens = 0
            state = .awaitingHello(until: now + .seconds(20))
        case .openFailed:
            guard case .connecting = state else { break }
            failedOpens += 1
            retry(now: now, &actions)
        case .frame(let frame): receive(frame, now: now, &actions)
        case .malformed:
            guard isConnected else { break }
            malformedFrames += 1
            actions.append(.note("a message that is no gateway message was passed over"))
            if malformedFrames >= Self.maximumMalformed { reconnect(now: now, &actions) }
        case .corrupt:
            guard isConnected else { break }
            // A stream that breaks before its session stands may break because of what it repeats.
            if state != .ready { dropSession(&actions) }
            reconnect(now: now, &actions)
        case .closed(let code): closed(GatewayCloseCode(rawValue: code), now: now, &actions)
        case .time: passTime(now: now, &actions)
        }
        return actions
    }

    /// Sends a command, or keeps it until the session stands and the budget allows it.
    public mutating func send(_ command: GatewayCommand, now: Duration) throws(GatewayFailure) -> [Action] {
        let bytes = try command.payload()
        if case .presence(let update) = command { presence = update }
        if let subject = command.subject, let index = pending.firstIndex(where: { $0.subject == subject }) {
            pending[index].bytes = bytes
        } else {
            guard pending.count < Self.maximumPending else { throw .queueFull }
            pending.append((command.subject, bytes))
        }
        var actions: [Action] = []
        flush(now: now, &actions)
        return actions
    }

    /// Tells whether events can be handed out now; while they cannot, missing answers are our own fault.
    public mutating func setDeliveryBlocked(_ blocked: Bool, now: Duration) {
        if isDeliveryBlocked, !blocked { lastBeat = now }
        isDeliveryBlocked = blocked
    }

    var isConnected: Bool {
        switch state {
        case .awaitingHello, .identifying, .resuming, .ready: true
        case .stopped, .waiting, .awaitingPermit, .connecting: false
        }
    }
}
