import DiscordModel

/// What the server says, and heartbeats.
extension ShardMachine {
    mutating func receive(_ frame: GatewayFrame, now: Duration, _ actions: inout [Action]) {
        guard isConnected else { return }
        switch frame {
        case .hello(let milliseconds): hello(.milliseconds(Int64(milliseconds)), now: now, &actions)
        case .heartbeatACK:
            isAcknowledged = true
            if let lastBeat { latency = now - lastBeat }
        case .heartbeatRequest:
            if interval != nil { beat(now: now, &actions) }
        case .reconnect: reconnect(now: now, &actions)
        case .invalidSession(let resumable):
            if !resumable { dropSession(&actions) }
            reconnect(now: now, after: 1...5, &actions)
        case .dispatch(let sequence, let event): dispatch(event, sequence: sequence, now: now, &actions)
        case .ignored(let sequence, _):
            if interval != nil { session?.sequence = sequence }
        case .unreadable(_, "READY", _):
            actions.append(.note("READY could not be read; connecting again"))
            dropSession(&actions)
            reconnect(now: now, &actions)
        case .unreadable(let sequence, let name, let error):
            session?.sequence = sequence
            actions.append(.note("an event \(name.prefix(40)) could not be read: \(error)"))
            if name == "RESUMED" { dispatch(.resumed, sequence: sequence, now: now, &actions) }
        case .unknown: break
        }
    }

    private mutating func hello(_ interval: Duration, now: Duration, _ actions: inout [Action]) {
        guard case .awaitingHello = state else { return }
        let interval = max(interval, .milliseconds(100))
        self.interval = interval
        budget.reserve(heartbeatInterval: interval)
        nextBeat = now + interval * randomSeconds(in: 0...1)
        let limit = now + .seconds(60)
        if let session {
            let resume = GatewayResume(token: token, sessionID: session.id, seq: session.sequence)
            if let bytes = try? OutgoingPayload.bytes(.resume, resume) {
                _ = budget.take(now: now, heartbeat: true)
                state = .resuming(until: limit)
                actions.append(.send(bytes))
                return
            }
            dropSession(&actions)
            reconnect(now: now, &actions)
            return
        }
        var identify = GatewayIdentify(
            token: token, largeThreshold: min(250, max(50, largeThreshold)), shard: [shard.number, shard.count],
            presence: presence, intents: intents)
        var bytes = try? OutgoingPayload.bytes(.identify, identify)
        if bytes == nil {
            identify.presence = nil
            bytes = try? OutgoingPayload.bytes(.identify, identify)
        }
        guard let bytes, holdsPermit else {
            reconnect(now: now, &actions)
            return
        }
        _ = budget.take(now: now, heartbeat: true)
        state = .identifying(until: limit)
        holdsPermit = false
        actions.append(.send(bytes))
        actions.append(.releasePermit(used: true))
    }

    private mutating func dispatch(
        _ event: GatewayEvent, sequence: Int, now: Duration, _ actions: inout [Action]
    ) {
        switch (state, event) {
        case (.awaitingHello, _): return
        case (_, .ready(let ready)):
            session = GatewaySession(id: ready.sessionID, resumeURL: ready.resumeGatewayURL, sequence: sequence)
            begin(now: now, &actions)
        case (.resuming, .resumed):
            session?.sequence = sequence
            begin(now: now, &actions)
        default: session?.sequence = sequence
        }
        actions.append(.dispatch(event))
        flush(now: now, &actions)
    }

    private mutating func begin(now: Duration, _ actions: inout [Action]) {
        state = .ready
        readySince = now
        actions.append(.sessionChanged(session))
    }

    /// Beats when it is time, unless the last beat was never answered: then the connection is dead.
    mutating func beatIfDue(now: Duration, _ actions: inout [Action]) {
        guard let due = nextBeat, let interval, now >= due else { return }
        // A beat the server asked for just now may still be unanswered: only a whole interval of silence is too long.
        if !isAcknowledged, !isDeliveryBlocked, let lastBeat, now - lastBeat >= interval {
            actions.append(.note("Discord did not answer a heartbeat; connecting again"))
            reconnect(now: now, &actions)
            return
        }
        nextBeat = now + interval
        beat(now: now, &actions)
    }

    private mutating func beat(now: Duration, _ actions: inout [Action]) {
        if let later = budget.take(now: now, heartbeat: true) {
            nextBeat = min(nextBeat ?? later, later)
            return
        }
        // The zombie rule counts from the first unanswered beat.
        if isAcknowledged { lastBeat = now }
        isAcknowledged = false
        actions.append(.send(OutgoingPayload.heartbeat(sequence: session?.sequence)))
    }

    /// Sends what waits, as far as the budget allows.
    mutating func flush(now: Duration, _ actions: inout [Action]) {
        guard state == .ready else { return }
        nextPending = nil
        while !pending.isEmpty {
            if let later = budget.take(now: now, heartbeat: false) {
                nextPending = later
                return
            }
            actions.append(.send(pending.removeFirst().bytes))
        }
    }
}
