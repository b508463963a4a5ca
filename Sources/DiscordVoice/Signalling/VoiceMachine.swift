package import DiscordModel

/// The life of one guild's voice connection as a pure value (Discord voice, 4.1 to 4.4): events in, actions out.
///
/// It has no clock, no socket and no await. The owner performs the actions in order and calls `tick` at `nextDeadline`.
package struct VoiceMachine: Sendable {
    /// What can happen. What is large is boxed: every waiting task and queue has room for a whole event.
    package enum Event: Sendable {
        /// Somebody wants to be in this channel.
        case connect(ChannelID)
        /// Somebody wants to leave.
        case disconnect
        /// The bot's own VOICE_STATE_UPDATE in this guild.
        indirect case voiceState(VoiceState)
        /// VOICE_SERVER_UPDATE of this guild.
        indirect case voiceServer(VoiceServerUpdate)
        /// The WebSocket asked for last is open.
        case socketOpened
        /// It closed, or did not open (1006).
        case socketClosed(code: UInt16)
        /// A JSON message arrived on it.
        indirect case message(VoiceGatewayPayload)
        /// A binary message arrived on it.
        case binary([UInt8])
        /// IP discovery found the outside address.
        indirect case discovered(address: String, port: UInt16)
        /// The UDP socket or the cipher cannot be made; the sentence says why.
        case mediaFailed(String)
        /// End-to-end encryption cannot be mended in this voice session; the sentence says why.
        case endToEndStuck(String)
        /// Audio begins or ends.
        case speaking(Bool)
        /// `nextDeadline` has come.
        case tick
    }

    /// What the owner must do; what is large is boxed, as in `Event`.
    package enum Action: Sendable, Equatable {
        /// Send op 4 on the main gateway.
        case changeVoiceState(ChannelID?)
        /// Open a WebSocket; an earlier one is closed already.
        case openSocket(url: String)
        /// Close the WebSocket; nothing it still says counts.
        case closeSocket(code: UInt16)
        /// Send a JSON message.
        indirect case send(VoiceGatewayPayload)
        /// Make a UDP socket to this address, unless this is a repetition, and send the discovery request.
        indirect case discover(address: String, port: UInt16, ssrc: UInt32, isRepeated: Bool)
        /// Begin a stream; frames left over from the one before go first.
        indirect case startMedia(ssrc: UInt32, mode: TransportMode, key: [UInt8])
        /// Take nothing from the source and send nothing.
        case suspendMedia
        /// Go on with the same stream.
        case resumeMedia
        /// End the stream and close the UDP socket.
        case stopMedia
        /// Send a keep-alive ping.
        case ping(UInt32)
        /// Hand this to end-to-end encryption.
        indirect case endToEnd(E2EEInput)
        /// Tell whoever listens.
        case emit(VoiceEvent)
        /// Answer everybody who waits in `connect`: nil is success.
        case answer(VoiceError?)
    }

    /// Where the connection stands.
    enum Phase: Sendable, Equatable {
        case idle
        /// Op 4 is sent, or a new endpoint is announced.
        case awaitingServer
        case opening(resumes: Bool)
        /// Identify is sent.
        case identifying
        /// Resume is sent.
        case resuming
        /// The discovery request is sent.
        case discovering
        /// Select Protocol is sent.
        case selecting
        case ready
        /// Waits before the next attempt.
        case backingOff(Plan)
        /// Closed with 4014 or 4022: only a new server leads on.
        case awaitingMove
    }

    /// How an attempt to mend the connection begins.
    enum Plan: Sendable, Equatable {
        case resume
        case identify
        case rejoin
    }

    /// Where to connect, from VOICE_SERVER_UPDATE.
    struct Server: Sendable, Equatable {
        var token: String
        var endpoint: String

        /// The address of the voice gateway, version 8; a scheme in the endpoint is kept.
        var url: String {
            let address = endpoint.contains("://") ? endpoint : "wss://\(endpoint)"
            return (address.hasSuffix("/") ? address : address + "/") + "?v=8"
        }
    }

    let guild: GuildID
    let user: UserID
    let timings: VoiceTimings
    /// Newest end-to-end encryption version we offer.
    let maximumE2EEVersion: Int

    var phase = Phase.idle
    /// When `phase` has lasted too long, or the back-off is over.
    var phaseDeadline: Duration?
    /// The channel we want to be in.
    var target: ChannelID?
    /// The channel Discord says we are in.
    var joined: ChannelID?
    /// The channel of the last `connected` or `moved` event.
    var announced: ChannelID?
    /// When a move that was asked for while connected is given up.
    var moveDeadline: Duration?
    /// When those who wait in `connect` are told that it did not work.
    var answerDeadline: Duration?
    var sessionID: String?
    var server: Server?

    /// Newest sequence number of the voice gateway.
    var sequence: Int?
    var heartbeatInterval: Duration?
    var heartbeatDue: Duration?
    var awaitsHeartbeatACK = false
    var heartbeatSentAt: Duration = .zero
    var keepaliveDue: Duration?
    var pingSequence: UInt32 = 0
    var discoveryDue: Duration?
    var ready: VoiceReady?
    var mode: TransportMode?
    var refusedModes: Set<TransportMode> = []
    /// Whether the voice session has come as far as a session description, so that it can be resumed.
    var isResumable = false
    /// Whether discovery has opened the media socket, which it does before there is a stream.
    var hasMediaSocket = false
    var hasMedia = false
    var isSpeaking = false

    var isInterrupted = false
    var attempts = 0
    var resumeTries = 0
    var identifyTries = 0
    var unansweredJoins = 0
    var stableAt: Duration?
    /// Why the last attempt failed, for the sentence when all have.
    var lastProblem = "The voice server cannot be reached."

    /// How long the last heartbeat took there and back.
    package private(set) var latency: Duration?
    /// Attempts to mend the connection since it was made.
    package var reconnects = 0

    /// A machine that is in no channel.
    package init(guild: GuildID, user: UserID, maximumE2EEVersion: Int = 0, timings: VoiceTimings = VoiceTimings()) {
        self.guild = guild
        self.user = user
        self.maximumE2EEVersion = maximumE2EEVersion
        self.timings = timings
    }

    /// Where the connection stands, for others.
    package var status: VoiceStatus {
        guard let target else { return .disconnected }
        if phase == .ready { return .connected(announced ?? target) }
        return announced == nil ? .connecting(target) : .interrupted(target)
    }

    /// Whether messages can be sent and answers come: only then time counts for end-to-end encryption.
    package var isReady: Bool { phase == .ready }

    /// The next moment at which `tick` is due; nil while nothing is.
    package var nextDeadline: Duration? {
        [phaseDeadline, moveDeadline, answerDeadline, heartbeatDue, keepaliveDue, discoveryDue, stableAt].compactMap(
            \.self
        ).min()
    }

    /// Takes in one event and says what to do.
    package mutating func handle(
        _ event: Event, now: Duration, using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        var turn = Turn(now: now, jitter: Double.random(in: 0.5...1, using: &generator))
        switch event {
        case .connect(let channel): connect(to: channel, &turn)
        case .disconnect: stop("Left the voice channel.", leaves: true, &turn)
        case .voiceState(let state): receive(state, &turn)
        case .voiceServer(let update): receive(update, &turn)
        case .socketOpened: socketOpened(&turn)
        case .socketClosed(let code): socketClosed(VoiceCloseCode(rawValue: Int(code)), &turn)
        case .message(let payload): receive(payload, &turn)
        case .binary(let bytes): receive(bytes, &turn)
        case .discovered(let address, let port): discovered(address: address, port: port, &turn)
        case .mediaFailed(let problem):
            if phase != .idle { lost(problem, plan: .identify, &turn) }
        case .endToEndStuck(let problem):
            if phase == .ready { lost(problem, plan: .identify, &turn) }
        case .speaking(let speaks): speak(speaks, &turn)
        case .tick: tick(&turn)
        }
        let answers = turn.actions.contains { if case .answer = $0 { true } else { false } }
        if answers { answerDeadline = nil }
        return turn.actions
    }

    /// One call of `handle`: the moment, its share of chance, and the actions so far.
    struct Turn {
        let now: Duration
        /// Uniform in 0.5...1.
        let jitter: Double
        var actions: [Action] = []

        mutating func act(_ action: Action) {
            actions.append(action)
        }
    }

    mutating func enter(_ phase: Phase, for limit: Duration?, _ turn: inout Turn) {
        self.phase = phase
        phaseDeadline = limit.map { turn.now + $0 }
    }

    mutating func noteHeartbeatACK(_ payload: VoiceGatewayPayload, _ turn: Turn) {
        guard awaitsHeartbeatACK else { return }
        awaitsHeartbeatACK = false
        latency = turn.now - heartbeatSentAt
    }

    /// Everything that is due by now.
    private mutating func tick(_ turn: inout Turn) {
        if let due = stableAt, due <= turn.now {
            stableAt = nil
            attempts = 0
            resumeTries = 0
            identifyTries = 0
        }
        if let due = discoveryDue, due <= turn.now {
            discoveryDue = nil
            if phase == .discovering { discover(isRepeated: true, &turn) }
        }
        if let due = keepaliveDue, due <= turn.now {
            pingSequence &+= 1
            keepaliveDue = turn.now + timings.keepalive
            turn.act(.ping(pingSequence))
        }
        if let due = moveDeadline, due <= turn.now { moveUnanswered(&turn) }
        if let due = heartbeatDue, due <= turn.now { beat(&turn) }
        if let due = answerDeadline, due <= turn.now { connectUnanswered(&turn) }
        if let due = phaseDeadline, due <= turn.now { phaseExpired(&turn) }
    }
}
