internal import Synchronization

/// What the people of a channel hear of each sender.
extension MediaServer {
    /// Listens to a frame with the ears of the people in the channel, in the order of arrival.
    func listen(_ frame: HeldFrames.Frame, _ client: Client, _ probe: OpusProbe?) {
        let (isDouble, isBehind) = state.withLock { state -> (Bool, Bool) in
            let room = state.rooms[client.channel]
            let held = room?.held[client.ssrc]
            // No decryption passes a packet twice, so what comes twice is seen by its number.
            guard room?.streams[client.ssrc]?.has(frame.sequence) == true || held?.has(frame.sequence) == true else {
                return (false, held != nil)
            }
            stream(client, &state) { $0.noteDoubled() }
            return (true, false)
        }
        if isDouble { return }
        if !isBehind {
            switch people.hear(frame.payload, ssrc: client.ssrc, in: client.channel) {
            case .heard(let payload, let wasEncrypted): return note(frame, payload, wasEncrypted, client, probe)
            case .sealed: return state.withLock { stream(client, &$0) { $0.noteSealed(frame.sequence) } }
            case .notYet: break
            }
        }
        state.withLock { state in
            var held = state.rooms[client.channel]?.held[client.ssrc] ?? HeldFrames()
            let givenUp = held.add(frame)
            state.rooms[client.channel, default: Room()].held[client.ssrc] = held
            if let givenUp { stream(client, &state) { $0.noteUndecryptable(givenUp.sequence) } }
        }
        if isBehind { listenAgain(client.ssrc, client.channel, probe) }
    }

    /// Tries again what could not be decrypted when it came.
    func listenAgain(_ probe: OpusProbe?) {
        let held = state.withLock { state in
            state.rooms.flatMap { channel, room in room.held.keys.map { (ssrc: $0, channel: channel) } }
        }
        for entry in held { listenAgain(entry.ssrc, entry.channel, probe) }
    }

    private func listenAgain(_ ssrc: UInt32, _ channel: ID, _ probe: OpusProbe?) {
        let (client, waiting) = state.withLock { ($0.clients[ssrc], $0.rooms[channel]?.held[ssrc]) }
        guard var held = waiting else { return }
        let (opened, givenUp) = held.drain(now: MediaThread.now()) { frame -> (payload: [UInt8], wasEncrypted: Bool)? in
            let hearing = people.hear(frame.payload, ssrc: ssrc, in: channel)
            guard case .heard(let payload, let wasEncrypted) = hearing else { return nil }
            return (payload, wasEncrypted)
        }
        state.withLock { state in
            state.rooms[channel]?.held[ssrc] = held.frames.isEmpty || client == nil ? nil : held
            guard let client else { return }
            for frame in givenUp { stream(client, &state) { $0.noteUndecryptable(frame.sequence) } }
        }
        guard let client else { return }
        for (frame, sound) in opened { note(frame, sound.payload, sound.wasEncrypted, client, probe) }
    }

    /// Notes a frame that was heard.
    private func note(
        _ held: HeldFrames.Frame, _ payload: [UInt8], _ wasEncrypted: Bool, _ client: Client, _ probe: OpusProbe?
    ) {
        let arrival = held.time - started
        let frame = HeardFrame(
            sequence: held.sequence, timestamp: held.timestamp, arrival: Double(arrival / 1000) / 1000, payload: payload
        )
        var decodes = true
        if let probe, !frame.isSilence { decodes = probe.level(payload) != nil }
        state.withLock { state in
            note(frame, client, arrival, held.time, decodes: decodes, wasEncrypted: wasEncrypted, &state)
        }
    }

    /// Changes what was heard of a sender, who becomes known if he is not.
    private func stream(_ client: Client, _ state: inout State, _ change: (inout HeardStream) -> Void) {
        if state.rooms[client.channel]?.streams[client.ssrc] == nil {
            forgetOldest(client.channel, &state)
            state.rooms[client.channel, default: Room()].streams[client.ssrc] = HeardStream(
                ssrc: client.ssrc, user: client.user, kept: framesKept)
        }
        if var stream = state.rooms[client.channel]?.streams.removeValue(forKey: client.ssrc) {
            change(&stream)
            state.rooms[client.channel]?.streams[client.ssrc] = stream
        }
    }

    private func note(
        _ frame: HeardFrame, _ client: Client, _ arrival: Int64, _ now: Int64, decodes: Bool, wasEncrypted: Bool,
        _ state: inout State
    ) {
        let sinceMark = state.rooms[client.channel]?.markedAt.map { Double((now - $0) / 1000) / 1000 }
        stream(client, &state) { stream in
            stream.note(frame, nanoseconds: arrival, sinceMark: sinceMark)
            if wasEncrypted { stream.noteEncrypted() }
            if !decodes { stream.noteUndecodable() }
        }
        guard let room = state.rooms[client.channel], !room.listeners.isEmpty else { return }
        if room.speaker != client.ssrc {
            guard now > room.speakerUntil, !frame.isSilence else { return }
            state.rooms[client.channel]?.speaker = client.ssrc
        }
        if !frame.isSilence { state.rooms[client.channel]?.speakerUntil = now + 300_000_000 }
        for key in room.listeners.keys { state.rooms[client.channel]?.listeners[key]?.add(frame.payload) }
    }

    /// Keeps a room's memory bounded: the sender not heard for the longest time goes when a new one comes.
    private func forgetOldest(_ channel: ID, _ state: inout State) {
        let streams = state.rooms[channel]?.streams ?? [:]
        guard streams.count >= Self.streamsKept else { return }
        let present = Set(state.members[channel] ?? [])
        let gone = streams.values.filter { !present.contains($0.ssrc) }
        let oldest = (gone.isEmpty ? Array(streams.values) : gone).min { $0.lastHeard < $1.lastHeard }
        if let oldest { state.rooms[channel]?.streams[oldest.ssrc] = nil }
    }
}
