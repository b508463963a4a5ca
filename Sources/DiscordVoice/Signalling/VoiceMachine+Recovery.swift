import DiscordModel

/// What happens after a loss (4.3): resume, identify anew, rejoin, wait or stop; never without end.
extension VoiceMachine {
    mutating func socketClosed(_ code: VoiceCloseCode, _ turn: inout Turn) {
        var isOpening = false
        if case .opening = phase { isOpening = true }
        guard hasOpenSocket || isOpening else { return }
        forgetSocket()
        lastProblem = VoiceMachine.sentence(for: code, maximumE2EEVersion: maximumE2EEVersion)
        switch code.recovery {
        case .stop: stop(lastProblem, leaves: true, &turn)
        case .awaitServer:
            interrupt(&turn)
            isResumable = false
            enter(.awaitingMove, for: timings.moveWait, &turn)
        case .rejoin: recover(.rejoin, &turn)
        case .identify:
            if code == .unknownEncryptionMode, let mode { refusedModes.insert(mode) }
            recover(.identify, &turn)
        case .resume: recover(.resume, &turn)
        }
    }

    static func sentence(for code: VoiceCloseCode, maximumE2EEVersion: Int) -> String {
        switch code {
        case .normal: "The voice server ended the connection."
        case .rateLimited: "Discord refuses voice connections for now (rate limit); try again in a few minutes."
        case .endToEndEncryptionRequired where maximumE2EEVersion == 0:
            "Discord requires end-to-end encryption (DAVE) in this voice channel, and it is switched off here; switch it on, or use a stage channel."
        case .endToEndEncryptionRequired:
            "Discord requires newer end-to-end encryption than version \(maximumE2EEVersion) of DAVE, which is all this program speaks; update the program, or use a stage channel."
        case .disconnected, .callTerminated: "The bot was disconnected from the voice channel."
        case .authenticationFailed, .sessionInvalid, .sessionTimedOut: "The voice session is no longer valid."
        case .serverNotFound, .workerCrashed, .serverCrashed: "The voice server went down."
        default: "The connection to the voice server broke off (\(code.rawValue))."
        }
    }

    /// We found the connection useless ourselves.
    mutating func lost(_ problem: String, plan: Plan, _ turn: inout Turn) {
        lastProblem = problem
        abandonSocket(&turn)
        recover(plan, &turn)
    }

    /// Closes the WebSocket if there is one; what it still says no longer counts.
    ///
    /// The default is a private code: 1000 would end the session that a resume wants to go on with.
    mutating func abandonSocket(code: UInt16 = 4900, _ turn: inout Turn) {
        var isOpening = false
        if case .opening = phase { isOpening = true }
        if hasOpenSocket || isOpening { turn.act(.closeSocket(code: code)) }
        forgetSocket()
    }

    private mutating func forgetSocket() {
        heartbeatDue = nil
        heartbeatInterval = nil
        awaitsHeartbeatACK = false
        keepaliveDue = nil
        discoveryDue = nil
        stableAt = nil
    }

    /// Pauses the source and says so, once per interruption.
    mutating func interrupt(_ turn: inout Turn) {
        guard !isInterrupted else { return }
        isInterrupted = true
        if hasMedia { turn.act(.suspendMedia) }
        if announced != nil { turn.act(.emit(.interrupted)) }
    }

    /// Begins the next attempt, at once or after a delay that grows; gives up when there were too many.
    mutating func recover(_ wanted: Plan, _ turn: inout Turn) {
        interrupt(&turn)
        attempts += 1
        reconnects += 1
        guard attempts <= (announced == nil ? timings.firstAttempts : timings.laterAttempts) else {
            return stop("\(lastProblem) The bot gave up after \(attempts - 1) attempts.", leaves: true, &turn)
        }
        let plan = escalated(wanted)
        guard attempts > 1 else { return begin(plan, &turn) }
        let doublings = min(attempts - 2, 16)
        let delay = min(timings.backoffLimit, timings.backoffBase * (1 << doublings)) * turn.jitter
        enter(.backingOff(plan), for: delay, &turn)
    }

    /// A plan that has failed twice, or cannot be carried out, gives way to the next stronger one.
    private mutating func escalated(_ wanted: Plan) -> Plan {
        var plan = wanted
        if plan == .resume {
            resumeTries += 1
            if !isResumable || resumeTries > 2 { plan = .identify }
        }
        if plan == .identify {
            identifyTries += 1
            if identifyTries > 2 || server == nil || sessionID == nil { plan = .rejoin }
        }
        if plan == .rejoin {
            resumeTries = 0
            identifyTries = 0
        }
        return plan
    }

    private mutating func begin(_ plan: Plan, _ turn: inout Turn) {
        switch plan {
        case .rejoin: rejoin(&turn)
        case .identify: open(&turn)
        case .resume:
            guard isResumable, let server else { return open(&turn) }
            enter(.opening(resumes: true), for: timings.openLimit, &turn)
            turn.act(.openSocket(url: server.url))
        }
    }

    mutating func phaseExpired(_ turn: inout Turn) {
        phaseDeadline = nil
        switch phase {
        case .idle, .ready: break
        case .backingOff(let plan): begin(plan, &turn)
        case .awaitingMove: stop(lastProblem, leaves: true, &turn)
        case .awaitingServer:
            lastProblem = VoiceMachine.unanswered
            unansweredJoins += 1
            guard announced != nil || unansweredJoins < timings.unansweredJoins else {
                return stop(lastProblem, leaves: true, &turn)
            }
            recover(.rejoin, &turn)
        case .opening(let resumes):
            lost("The voice server does not answer.", plan: resumes ? .resume : .identify, &turn)
        case .identifying, .selecting: lost("The voice server does not answer.", plan: .identify, &turn)
        case .resuming: lost("The voice server does not answer.", plan: .resume, &turn)
        case .discovering:
            lost(
                "No UDP packet comes back from the voice server; check that the firewall lets UDP out.",
                plan: .identify, &turn)
        }
    }
}
