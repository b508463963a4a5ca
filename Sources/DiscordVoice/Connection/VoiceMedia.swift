internal import Synchronization

/// The audio side of one voice connection: keeps the source while streams come and go with the voice sessions.
final class VoiceMedia: Sendable {
    private struct State {
        var source: (any OpusFrameSource)?
        var stream: PacketStream?
        var cipher: TransportCipher?
        /// A frame taken from the source that no stream has sent yet.
        var carried: [UInt8]?
        var position: (sequence: UInt16, timestamp: UInt32) = (0, 0)
        var past = StreamStatistics()
        var speaks = false
    }

    private let sender: VoiceSender
    private let onSpeaking: @Sendable (Bool) -> Void
    private let state = Mutex(State())

    /// `onSpeaking` is told when audio begins and ends, from any thread.
    init(sender: VoiceSender, onSpeaking: @escaping @Sendable (Bool) -> Void) {
        self.sender = sender
        self.onSpeaking = onSpeaking
    }

    /// Takes frames from another source from now on.
    func setSource(_ source: (any OpusFrameSource)?) {
        let (old, stream) = state.withLock { state in
            let old = state.source
            state.source = source
            state.carried = nil
            return (old, state.stream)
        }
        withExtendedLifetime(old) {}
        stream?.setSource(source)
        if source != nil { wake() }
    }

    /// The source has frames again.
    func wake() {
        let (stream, begins) = state.withLock { state in
            defer { if state.source != nil { state.speaks = true } }
            return (state.stream, state.source != nil && !state.speaks)
        }
        if begins { onSpeaking(true) }
        if let stream { sender.wake(stream) }
    }

    /// Begins a stream under a new key, with the frame the last one could not send.
    func start(
        ssrc: UInt32, cipher: TransportCipher, sink: any PacketSink, transform: (any FrameTransform)?
    ) throws(VoiceError) {
        retire()
        let stream = state.withLock { state in
            let stream = PacketStream(
                ssrc: ssrc, cipher: cipher, sink: sink, firstSequence: state.position.sequence,
                firstTimestamp: state.position.timestamp, firstFrame: state.carried, source: state.source,
                transform: transform, onQuiet: { [weak self] in self?.quiet() })
            state.carried = nil
            state.stream = stream
            state.cipher = cipher
            return stream
        }
        try sender.add(stream)
    }

    /// Takes nothing from the source for now.
    func suspend() {
        state.withLock { $0.stream }?.setSuspended(true)
    }

    /// Goes on after `suspend`.
    func resume() {
        guard let stream = state.withLock({ $0.stream }) else { return }
        stream.setSuspended(false)
        sender.wake(stream)
    }

    /// Ends the stream and forgets what it could not send.
    func stop() {
        retire()
        state.withLock { $0.carried = nil }
    }

    /// Opens a received packet with the current key; nil when there is none or it does not fit.
    func open(_ datagram: [UInt8]) -> RTPPacket? {
        guard let cipher = state.withLock({ $0.cipher }) else { return nil }
        return try? cipher.open(datagram)
    }

    /// What all streams of this connection have sent.
    var statistics: StreamStatistics {
        state.withLock { state in
            var sum = state.past
            if let stream = state.stream { sum.add(stream.statistics) }
            return sum
        }
    }

    private func retire() {
        guard let stream = state.withLock({ $0.stream }) else { return }
        sender.remove(stream)
        let frame = stream.withdrawFrame()
        state.withLock { state in
            state.stream = nil
            state.cipher = nil
            state.carried = frame ?? state.carried
            state.position = stream.position
            state.past.add(stream.statistics)
        }
    }

    private func quiet() {
        let ends = state.withLock { state in
            defer { state.speaks = false }
            return state.speaks
        }
        if ends { onSpeaking(false) }
    }
}

extension StreamStatistics {
    /// Adds another stream's counters.
    public mutating func add(_ other: StreamStatistics) {
        sent += other.sent
        silent += other.silent
        starved += other.starved
        held += other.held
        late += other.late
        failed += other.failed
        bytes += other.bytes
    }
}
