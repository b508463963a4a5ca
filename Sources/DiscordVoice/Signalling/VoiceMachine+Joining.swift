import DiscordModel

/// Main gateway side: joining, moving, leaving.
extension VoiceMachine {
    mutating func connect(to channel: ChannelID, _ turn: inout Turn) {
        answerDeadline = turn.now + timings.connectLimit
        guard phase == .idle else {
            if phase == .awaitingMove {
                // The stay in the old channel is over (4014, 4022): only a new one brings a server.
                target = channel
                return rejoin(&turn)
            }
            guard channel != target else {
                if phase == .ready, moveDeadline == nil { turn.act(.answer(nil)) }
                return
            }
            target = channel
            moveDeadline = turn.now + timings.serverWait
            return turn.act(.changeVoiceState(channel))
        }
        target = channel
        enter(.awaitingServer, for: timings.serverWait, &turn)
        turn.act(.changeVoiceState(channel))
    }

    /// The bot's own voice state; the channel may be one somebody moved it to.
    mutating func receive(_ state: VoiceState, _ turn: inout Turn) {
        guard phase != .idle else { return }
        // Until our own join is confirmed, anything else is the echo of what was before.
        guard joined != nil || state.channelID == target else { return }
        guard let channel = state.channelID else {
            return stop("Somebody disconnected the bot from the voice channel.", leaves: false, &turn)
        }
        guard !state.sessionID.isEmpty else { return }
        joined = channel
        sessionID = state.sessionID
        // While a move we asked for is under way, the state of the old channel may still be on its way to us.
        if channel != target, moveDeadline == nil { target = channel }
        if phase == .awaitingServer, server != nil { return open(&turn) }
        guard phase == .ready, channel == target, channel != announced else { return }
        // The old server no longer serves us; the new one is announced next.
        interrupt(&turn)
        moveDeadline = turn.now + timings.serverWait
    }

    mutating func receive(_ update: VoiceServerUpdate, _ turn: inout Turn) {
        guard phase != .idle, update.guildID == guild else { return }
        guard let endpoint = update.endpoint, !endpoint.isEmpty else {
            // The server is gone; Discord announces the next one as soon as it has one.
            server = nil
            abandonSocket(code: 1000, &turn)
            interrupt(&turn)
            return enter(.awaitingServer, for: timings.regionWait, &turn)
        }
        let announcedServer = Server(token: update.token, endpoint: endpoint)
        if announcedServer == server, phase != .awaitingServer, phase != .awaitingMove { return }
        server = announcedServer
        unansweredJoins = 0
        guard sessionID != nil else {
            if phase != .awaitingServer {
                abandonSocket(code: 1000, &turn)
                enter(.awaitingServer, for: timings.serverWait, &turn)
            }
            return
        }
        abandonSocket(code: 1000, &turn)
        if hasMedia { interrupt(&turn) }
        open(&turn)
    }

    /// A move brought no new server within its time.
    mutating func moveUnanswered(_ turn: inout Turn) {
        moveDeadline = nil
        guard let joined else { return }
        let refused = joined != target
        target = joined
        guard phase == .ready else { return }
        if joined != announced { turn.act(.emit(.moved(joined))) }
        announced = joined
        if isInterrupted {
            isInterrupted = false
            turn.act(.resumeMedia)
            turn.act(.emit(.recovered))
        }
        turn.act(.answer(refused ? .disconnected(VoiceMachine.unanswered) : nil))
    }

    /// `connect` took too long: a first join ends, a connection being mended is mended on.
    mutating func connectUnanswered(_ turn: inout Turn) {
        answerDeadline = nil
        guard announced != nil else { return stop(lastProblem, leaves: true, &turn) }
        turn.act(.answer(.disconnected("\(lastProblem) The bot keeps trying, and goes on playing when it is back.")))
    }

    static let unanswered =
        "Discord did not let the bot into that voice channel: it may lack the permission to connect, or the channel is full."

    /// Opens a fresh connection to `server`.
    mutating func open(_ turn: inout Turn) {
        guard let server else { return rejoin(&turn) }
        sequence = nil
        isResumable = false
        ready = nil
        enter(.opening(resumes: false), for: timings.openLimit, &turn)
        turn.act(.openSocket(url: server.url))
    }

    /// Asks the main gateway for a new voice server: leaves and joins, since joining again alone brings none.
    mutating func rejoin(_ turn: inout Turn) {
        guard let target else { return stop(lastProblem, leaves: false, &turn) }
        server = nil
        sessionID = nil
        joined = nil
        moveDeadline = nil
        enter(.awaitingServer, for: timings.serverWait, &turn)
        turn.act(.changeVoiceState(nil))
        turn.act(.changeVoiceState(target))
    }

    /// Ends the connection; `leaves` says whether Discord must be told.
    mutating func stop(_ sentence: String, leaves: Bool, _ turn: inout Turn) {
        guard phase != .idle else { return turn.act(.answer(.disconnected(sentence))) }
        abandonSocket(code: 1000, &turn)
        if hasMediaSocket { turn.act(.stopMedia) }
        if leaves { turn.act(.changeVoiceState(nil)) }
        let fresh = VoiceMachine(guild: guild, user: user, maximumE2EEVersion: maximumE2EEVersion, timings: timings)
        let (speaks, count) = (isSpeaking, reconnects)
        self = fresh
        isSpeaking = speaks
        reconnects = count
        turn.act(.emit(.disconnected(sentence)))
        turn.act(.answer(.disconnected(sentence)))
    }
}
