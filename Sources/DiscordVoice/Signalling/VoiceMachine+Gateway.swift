import DiscordModel

/// Voice gateway side: handshake, heartbeats, messages.
extension VoiceMachine {
    /// Identify and Resume go out at once: waiting for Hello would cost a round trip.
    mutating func socketOpened(_ turn: inout Turn) {
        guard case .opening(let resumes) = phase, let server, let sessionID else { return }
        awaitsHeartbeatACK = false
        if resumes {
            enter(.resuming, for: timings.answerLimit, &turn)
            let resume = VoiceResume(
                serverID: guild, sessionID: sessionID, token: server.token, seqACK: sequence ?? -1)
            send(.resume, resume, &turn)
        } else {
            enter(.identifying, for: timings.answerLimit, &turn)
            turn.act(.endToEnd(.opened))
            let identify = VoiceIdentify(
                serverID: guild, userID: user, sessionID: sessionID, token: server.token,
                maxDaveProtocolVersion: maximumE2EEVersion)
            send(.identify, identify, &turn)
        }
    }

    func send(_ opcode: VoiceOpcode, _ body: some Encodable, _ turn: inout Turn) {
        guard let data = try? JSON.value(body) else { return }
        turn.act(.send(VoiceGatewayPayload(op: opcode, d: data)))
    }

    var hasOpenSocket: Bool {
        switch phase {
        case .identifying, .resuming, .discovering, .selecting, .ready: true
        case .idle, .awaitingServer, .opening, .backingOff, .awaitingMove: false
        }
    }

    mutating func receive(_ payload: VoiceGatewayPayload, _ turn: inout Turn) {
        guard hasOpenSocket else { return }
        if let number = payload.seq { sequence = number }
        switch payload.op {
        case .hello: receiveHello(payload, &turn)
        case .ready: receiveReady(payload, &turn)
        case .sessionDescription: receiveSession(payload, &turn)
        case .resumed: receiveResumed(&turn)
        case .heartbeat: sendHeartbeat(&turn)
        case .heartbeatACK: noteHeartbeatACK(payload, turn)
        case .speaking, .clientsConnect, .clientDisconnect, .davePrepareTransition, .daveExecuteTransition,
            .davePrepareEpoch:
            turn.act(.endToEnd(.json(payload)))
        default: break
        }
    }

    /// Binary frames: sequence number (2 bytes), opcode, body.
    mutating func receive(_ frame: [UInt8], _ turn: inout Turn) {
        guard hasOpenSocket, frame.count >= 3 else { return }
        sequence = Int(frame[0]) << 8 | Int(frame[1])
        turn.act(.endToEnd(.binary(opcode: frame[2], Array(frame[3...]))))
    }

    private mutating func receiveHello(_ payload: VoiceGatewayPayload, _ turn: inout Turn) {
        let milliseconds = payload.d?["heartbeat_interval"]?.double ?? 0
        let asked: Duration = milliseconds >= 1 && milliseconds < 1e9 ? .milliseconds(Int64(milliseconds)) : .seconds(5)
        let interval = max(.milliseconds(100), min(asked, timings.longestHeartbeat))
        heartbeatInterval = interval
        heartbeatDue = turn.now + interval * turn.jitter
    }

    private mutating func receiveReady(_ payload: VoiceGatewayPayload, _ turn: inout Turn) {
        guard phase == .identifying else { return }
        guard let data = payload.d, let ready: VoiceReady = try? JSON.decode(from: data), !ready.ip.isEmpty,
            UInt16(exactly: ready.port) ?? 0 > 0
        else { return lost("The voice server announced no usable address.", plan: .identify, &turn) }
        guard let mode = TransportMode.best(among: ready.modes, except: refusedModes) else {
            return stop(
                "The voice server offers no encryption this program knows; update the program.", leaves: true, &turn)
        }
        self.ready = ready
        self.mode = mode
        enter(.discovering, for: timings.discoveryLimit, &turn)
        discover(isRepeated: false, &turn)
    }

    mutating func discover(isRepeated: Bool, _ turn: inout Turn) {
        guard let ready, let port = UInt16(exactly: ready.port) else { return }
        discoveryDue = turn.now + timings.discoveryRepeat
        hasMediaSocket = true
        turn.act(.discover(address: ready.ip, port: port, ssrc: ready.ssrc, isRepeated: isRepeated))
    }

    mutating func discovered(address: String, port: UInt16, _ turn: inout Turn) {
        guard phase == .discovering, let mode else { return }
        discoveryDue = nil
        enter(.selecting, for: timings.answerLimit, &turn)
        let data = VoiceSelectProtocolData(address: address, port: Int(port), mode: mode.rawValue)
        send(.selectProtocol, VoiceSelectProtocol(data: data), &turn)
    }

    private mutating func receiveSession(_ payload: VoiceGatewayPayload, _ turn: inout Turn) {
        guard phase == .selecting || phase == .ready, let ready, let target else { return }
        guard let data = payload.d, let session: VoiceSessionDescription = try? JSON.decode(from: data),
            session.secretKey.count == 32, let mode = TransportMode(rawValue: session.mode)
        else { return lost("The voice server sent no usable key.", plan: .identify, &turn) }
        hasMedia = true
        isResumable = true
        turn.act(
            .endToEnd(
                .begin(
                    protocolVersion: session.daveProtocolVersion, user: user, channel: joined ?? target,
                    ssrc: ready.ssrc)))
        // One Speaking before the first packet makes the stream known.
        becomeReady(&turn)
        turn.act(.startMedia(ssrc: ready.ssrc, mode: mode, key: session.secretKey))
        announce(&turn)
    }

    private mutating func receiveResumed(_ turn: inout Turn) {
        guard phase == .resuming else { return }
        becomeReady(&turn)
        turn.act(.endToEnd(.resumed))
        turn.act(.resumeMedia)
        announce(&turn)
    }

    private mutating func becomeReady(_ turn: inout Turn) {
        enter(.ready, for: nil, &turn)
        stableAt = turn.now + timings.stableAfter
        keepaliveDue = turn.now + timings.keepalive
        sendSpeaking(&turn)
    }

    private mutating func announce(_ turn: inout Turn) {
        guard let channel = joined ?? target else { return }
        if announced == nil {
            turn.act(.emit(.connected(channel)))
        } else if announced != channel {
            turn.act(.emit(.moved(channel)))
        }
        if isInterrupted, announced != nil { turn.act(.emit(.recovered)) }
        isInterrupted = false
        announced = channel
        // Asked for another channel meanwhile: those who wait are answered when that one is reached.
        guard channel == target else { return }
        moveDeadline = nil
        turn.act(.answer(nil))
    }

    mutating func speak(_ speaks: Bool, _ turn: inout Turn) {
        guard speaks != isSpeaking else { return }
        isSpeaking = speaks
        if phase == .ready { sendSpeaking(&turn) }
    }

    private func sendSpeaking(_ turn: inout Turn) {
        guard let ready else { return }
        let speaking = VoiceSpeaking(speaking: isSpeaking ? .microphone : [], delay: 0, ssrc: ready.ssrc)
        send(.speaking, speaking, &turn)
    }

    private mutating func sendHeartbeat(_ turn: inout Turn) {
        heartbeatSentAt = turn.now
        let nonce = Int64(turn.now / .milliseconds(1))
        send(.heartbeat, VoiceHeartbeat(t: nonce, seqACK: sequence ?? -1), &turn)
    }

    /// A beat is due; the one before must have been answered.
    mutating func beat(_ turn: inout Turn) {
        guard hasOpenSocket, let heartbeatInterval else {
            heartbeatDue = nil
            return
        }
        guard !awaitsHeartbeatACK else {
            return lost("The voice server stopped answering.", plan: .resume, &turn)
        }
        awaitsHeartbeatACK = true
        heartbeatDue = turn.now + heartbeatInterval
        sendHeartbeat(&turn)
    }
}
