internal import Synchronization

/// What one stream has sent so far.
public struct StreamStatistics: Sendable, Equatable {
    /// Packets sent, silence included.
    public var sent: UInt64 = 0
    /// Of those, silence frames.
    public var silent: UInt64 = 0
    /// Ticks on which the source had nothing ready.
    public var starved: UInt64 = 0
    /// Ticks on which the frame was held back by the transform.
    public var held: UInt64 = 0
    /// Packets that left a whole frame (20 ms) or more after their time.
    public var late: UInt64 = 0
    /// Packets the system did not take.
    public var failed: UInt64 = 0
    /// Bytes sent, headers included.
    public var bytes: UInt64 = 0

    /// Nothing sent yet.
    public init() {}
}

/// One outgoing RTP stream: source, transform, encryption and counters. The sender drives it, its owner steers it.
///
/// A stream without anything to send is parked: it is on no list and costs nothing until woken.
public final class PacketStream: Sendable {
    /// Room for one packet.
    private static let packetCapacity = 1_500
    /// Room for a frame in front of the cipher's overhead.
    static let frameCapacity = packetCapacity - RTPHeader.byteCount - TransportCipher.overhead

    /// The stream's number on the wire.
    public let ssrc: UInt32
    private let cipher: TransportCipher
    private let sink: any PacketSink
    private let onQuiet: @Sendable () -> Void
    private let state: Mutex<State>

    /// A stream that is parked until it is added to a sender.
    ///
    /// `firstFrame` goes out before the source is asked (a frame withdrawn from an earlier stream). `onQuiet` runs on a side thread each time the stream has gone quiet and parked.
    public init(
        ssrc: UInt32, cipher: TransportCipher, sink: any PacketSink, firstSequence: UInt16 = 0,
        firstTimestamp: UInt32 = 0, firstFrame: [UInt8]? = nil, source: (any OpusFrameSource)? = nil,
        transform: (any FrameTransform)? = nil, onQuiet: @escaping @Sendable () -> Void = {}
    ) {
        self.ssrc = ssrc
        self.cipher = cipher
        self.sink = sink
        self.onQuiet = onQuiet
        state = Mutex(
            State(
                header: RTPHeader(sequence: firstSequence, timestamp: firstTimestamp, ssrc: ssrc), source: source,
                transform: transform, byteCount: PacketStream.packetCapacity, firstFrame: firstFrame ?? []))
    }

    /// Changes where frames come from; a frame held back by the transform is dropped. Wake the stream afterwards.
    public func setSource(_ source: (any OpusFrameSource)?) {
        // The old source leaves the lock with us, so that its destructor runs here and not on the sender thread.
        let old = state.withLock { state in
            let old = state.source
            state.source = source
            state.heldByteCount = 0
            return old
        }
        withExtendedLifetime(old) {}
    }

    /// Changes what happens to frames before transport encryption.
    public func setTransform(_ transform: (any FrameTransform)?) {
        let old = state.withLock { state in
            let old = state.transform
            state.transform = transform
            return old
        }
        withExtendedLifetime(old) {}
    }

    /// While suspended nothing is taken from the source and nothing is sent; after `false` wake the stream.
    public func setSuspended(_ suspended: Bool) {
        state.withLock { $0.suspended = suspended }
    }

    /// Ends the stream and gives back the frame that was taken from the source and not sent, if there is one.
    ///
    /// The next stream begins with it, so that a reconnection loses no frame. Call after `VoiceSender.remove`.
    public func withdrawFrame() -> [UInt8]? {
        state.withLock { state in
            state.isRemoved = true
            defer {
                state.packetByteCount = 0
                state.heldByteCount = 0
                state.pulledByteCount = 0
            }
            if state.heldByteCount > 0 { return unsafe Array(state.frame[..<state.heldByteCount]) }
            guard state.packetByteCount > 0 else { return nil }
            state.header.sequence &-= 1
            state.header.timestamp &-= RTPHeader.samplesPerFrame
            // A sealed frame cannot be turned back: the source's own was kept.
            guard state.pulledByteCount > 0 else { return nil }
            return unsafe Array(state.pulled[..<state.pulledByteCount])
        }
    }

    /// Sequence number and timestamp of the next packet, for a stream that goes on where this one ended.
    public var position: (sequence: UInt16, timestamp: UInt32) {
        state.withLock { ($0.header.sequence, $0.header.timestamp) }
    }

    /// Counters up to now.
    public var statistics: StreamStatistics { state.withLock { $0.statistics } }

    /// Whether the sender is ticking for this stream.
    public var isLive: Bool { state.withLock { $0.isLive } }
}

extension PacketStream {
    /// What the sender needs to keep per stream; the packet's memory is made once.
    @safe private struct State: ~Copyable {
        var header: RTPHeader
        var source: (any OpusFrameSource)?
        var transform: (any FrameTransform)?
        var suspended = false
        var isLive = false
        var wakeRequested = false
        var isRemoved = false
        var isStarved = false
        var heldByteCount = 0
        var packetByteCount = 0
        var silenceOwed = 0
        var statistics = StreamStatistics()
        /// Bytes of the frame in the packet as the source gave it; 0 when the packet is silence.
        var pulledByteCount = 0
        let packet: UnsafeMutableRawBufferPointer
        let pulled: UnsafeMutableRawBufferPointer

        init(
            header: RTPHeader, source: (any OpusFrameSource)?, transform: (any FrameTransform)?, byteCount: Int,
            firstFrame: [UInt8]
        ) {
            self.header = header
            self.source = source
            self.transform = transform
            unsafe packet = .allocate(byteCount: byteCount, alignment: 16)
            unsafe pulled = .allocate(byteCount: byteCount, alignment: 16)
            guard firstFrame.count <= PacketStream.frameCapacity else { return }
            unsafe frame.copyBytes(from: firstFrame)
            heldByteCount = firstFrame.count
        }

        deinit {
            unsafe packet.deallocate()
            unsafe pulled.deallocate()
        }

        /// Where a frame goes inside the packet.
        var frame: UnsafeMutableRawBufferPointer {
            unsafe UnsafeMutableRawBufferPointer(
                rebasing: packet[RTPHeader.byteCount..<packet.count - TransportCipher.overhead])
        }

        mutating func seal(_ byteCount: Int, with cipher: TransportCipher) {
            unsafe header.write(to: packet)
            let total = try? unsafe cipher.seal(packet, headerCount: RTPHeader.byteCount, plaintextCount: byteCount)
            guard let total else {
                statistics.failed += 1
                return
            }
            packetByteCount = total
            header.sequence &+= 1
            header.timestamp &+= RTPHeader.samplesPerFrame
        }

        /// Keeps the source's frame, in case the packet made of it is never sent.
        mutating func keepPulled(_ byteCount: Int) {
            unsafe pulled.copyMemory(from: UnsafeRawBufferPointer(rebasing: frame[..<byteCount]))
            pulledByteCount = byteCount
        }

        mutating func sealSilence(with cipher: TransportCipher) {
            silenceOwed -= 1
            pulledByteCount = 0
            unsafe frame.storeBytes(of: 0xF8, as: UInt8.self)
            unsafe frame.storeBytes(of: 0xFF, toByteOffset: 1, as: UInt8.self)
            unsafe frame.storeBytes(of: 0xFE, toByteOffset: 2, as: UInt8.self)
            statistics.silent += 1
            seal(OpusSilence.frame.count, with: cipher)
        }
    }

    /// Asks for a wake-up; true when the caller must hand the stream to the sender thread.
    func requestWake() -> Bool {
        state.withLock { state in
            guard !state.isLive, !state.wakeRequested, !state.isRemoved else { return false }
            state.wakeRequested = true
            return true
        }
    }

    /// Ends the stream for good; true the first time.
    func requestRemoval() -> Bool {
        state.withLock { state in
            defer { state.isRemoved = true }
            return !state.isRemoved
        }
    }

    /// The sender thread puts the stream on its list; false when it is there already or gone.
    func becomeLive() -> Bool {
        state.withLock { state in
            state.wakeRequested = false
            guard !state.isLive, !state.isRemoved else { return false }
            state.isLive = true
            return true
        }
    }

    /// Makes the packet of the next tick; false when the stream leaves the list.
    func prepare() -> Bool {
        state.withLock { state in
            guard !state.isRemoved, !state.suspended else { return park(&state) }
            if pull(&state) { return true }
            return park(&state)
        }
    }

    /// Sends the packet of this tick, asking a starved source once more. `lateness` in nanoseconds; true when sent.
    func flush(lateness: Int64) -> Bool {
        state.withLock { state in
            guard !state.isRemoved, !state.suspended else {
                // A sealed packet stays for the time after the suspension: nothing taken is lost.
                return false
            }
            if state.isStarved {
                _ = pull(&state)
                if state.isStarved {
                    state.isStarved = false
                    state.statistics.starved += 1
                    if state.silenceOwed > 0 { state.sealSilence(with: cipher) }
                }
            }
            guard state.packetByteCount > 0 else { return false }
            let byteCount = state.packetByteCount
            state.packetByteCount = 0
            let packet = unsafe UnsafeRawBufferPointer(rebasing: state.packet[..<byteCount])
            guard unsafe sink.send(packet) else {
                state.statistics.failed += 1
                return false
            }
            state.statistics.sent += 1
            state.statistics.bytes += UInt64(byteCount)
            if lateness >= TickSchedule.interval { state.statistics.late += 1 }
            return true
        }
    }

    /// Takes one frame and seals it; false when the source is idle and all silence is sent.
    private func pull(_ state: inout State) -> Bool {
        state.isStarved = false
        guard state.packetByteCount == 0 else { return true }
        if state.heldByteCount == 0 {
            switch unsafe state.source?.nextFrame(into: state.frame) ?? .idle {
            case .frame(let byteCount) where (1...PacketStream.frameCapacity).contains(byteCount):
                state.heldByteCount = byteCount
            case .frame:
                state.statistics.failed += 1
                return true
            case .starved:
                state.isStarved = true
                return true
            case .idle:
                guard state.silenceOwed > 0 else { return false }
                state.sealSilence(with: cipher)
                return true
            }
        }
        let frameByteCount = state.heldByteCount
        state.keepPulled(frameByteCount)
        switch unsafe state.transform?.transform(state.frame, byteCount: frameByteCount)
            ?? .ready(byteCount: frameByteCount)
        {
        case .hold:
            state.statistics.held += 1
        case .ready(let byteCount):
            state.heldByteCount = 0
            state.silenceOwed = OpusSilence.framesBeforeQuiet
            state.seal(min(max(byteCount, 0), PacketStream.frameCapacity), with: cipher)
        }
        return true
    }

    private func park(_ state: inout State) -> Bool {
        state.isLive = false
        return false
    }
}

extension PacketStream: SideWork {
    func performSideWork() {
        let quiet = state.withLock { !$0.isLive && !$0.isRemoved && !$0.wakeRequested && !$0.suspended }
        if quiet { onQuiet() }
    }
}
