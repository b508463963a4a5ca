/// What the people of a channel hear of each sender.
extension MediaServer {
    /// Listens to a frame with the ears of the people in the channel, in the order of arrival.
    func listen(_ frame: HeldFrames.Frame, _ client: Client, _ probe: OpusProbe?) {
        let isBehind = state.withLock { $0.rooms[client.channel]?.held[client.ssrc] != nil }
        if !isBehind {
            switch people.hear(frame.payload, ssrc: client.ssrc, in: client.channel) {
            case .heard(let payload, let wasEncrypted):
                return note(frame, payload, wasEncrypted, client, probe)
            case .sealed: return state.withLock { stream(client, &$0) { $0.noteSealed() } }
            case .notYet: break
            }
        }
        state.withLock { state in
            let givenUp = state.rooms[client.channel, default: Room()].held[client.ssrc, default: HeldFrames()].add(frame)
            if givenUp > 0 { stream(client, &state) { $0.noteUndecryptable(givenUp) } }
        }
    }

    /// Tries again what could not be decrypted when it came.
    func listenAgain(_ probe: OpusProbe?) {
        let held = state.withLock { state in
            state.rooms.flatMap { channel, room in room.held.map { (channel: channel, ssrc: $0.key, frames: $0.value) } }
        }
        for entry in held {
            var frames = entry.frames
            var opened: [([UInt8], Bool)] = []
            let known = state.withLock { $0.clients[entry.ssrc] }
            let drained = frames.drain(now: MediaThread.now()) { frame in
                guard case .heard(let payload, let wasEncrypted) = people.hear(
                    frame.payload, ssrc: entry.ssrc, in: entry.channel)
                else { return false }
                opened.append((payload, wasEncrypted))
                return true
            }
            state.withLock { state in
                state.rooms[entry.channel]?.held[entry.ssrc] = frames.frames.isEmpty || known == nil ? nil : frames
                if drained.givenUp > 0, let known {
                    stream(known, &state) { $0.noteUndecryptable(drained.givenUp) }
                }
            }
            guard let known else { continue }
            for (frame, (payload, wasEncrypted)) in zip(drained.opened, opened) {
                note(frame, payload, wasEncrypted, known, probe)
            }
        }
    }

    /// Notes a frame that was heard.
    private func note(
        _ held: HeldFrames.Frame, _ payload: [UInt8], _ wasEncrypted: Bool, _ client: Client, _ probe: OpusProbe?
    ) {
        let arrival = held.time - started
        let frame = HeardFrame(
            sequence: held.sequence, timestamp: held.timestamp, arrival: Double(arrival / 1000) / 1000, payload: payload)
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
