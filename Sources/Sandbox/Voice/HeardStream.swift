internal import DiscordVoice

/// One packet as the listener kept it.
public struct HeardFrame: Sendable, Equatable {
    /// RTP sequence number.
    public var sequence: UInt16
    /// RTP time stamp, 48 kHz.
    public var timestamp: UInt32
    /// Milliseconds since the media server started.
    public var arrival: Double
    /// The Opus packet, decrypted from both layers.
    public var payload: [UInt8]
    /// Whether it is the three-byte silence frame.
    public var isSilence: Bool { payload == [0xF8, 0xFF, 0xFE] }
}

/// What the listener heard of one sender.
struct HeardStream: Sendable {
    let ssrc: UInt32
    let user: ID
    /// Different packets heard, without silence frames.
    private(set) var heard = 0
    private(set) var silence = 0
    private(set) var lost = 0
    private(set) var doubled = 0
    private(set) var reordered = 0
    private(set) var undecodable = 0
    /// Packets that came end-to-end encrypted and were decrypted.
    private(set) var encrypted = 0
    /// Packets that no member of the call who listens could decrypt.
    private(set) var undecryptable = 0
    /// Encrypted packets while nobody was there to listen.
    private(set) var sealed = 0
    private(set) var firstPacket: Double?
    private(set) var lateness = LatenessHistogram()
    private(set) var frames: [HeardFrame] = []
    private(set) var lastHeard: Double = 0
    /// The longest time between two packets of one stretch of sound, in milliseconds.
    private(set) var longestGap: Double = 0
    private let kept: Int
    private var first: Int64?
    private var newest: Int64 = 0
    private var distinct: Int64 = 0
    private var seen = [Int64](repeating: -1, count: 1024)
    private var base: Int64?
    private var silentRun = 0
    private var firstTimestamp: UInt32 = 0
    private var lastTimestamp: UInt32 = 0

    init(ssrc: UInt32, user: ID, kept: Int) {
        self.ssrc = ssrc
        self.user = user
        self.kept = kept
    }

    /// Notes a packet that arrived `nanoseconds` after the media server's start.
    mutating func note(_ frame: HeardFrame, nanoseconds: Int64, sinceMark: Double?) {
        guard arrive(frame.sequence) else {
            doubled += 1
            return
        }
        if frame.isSilence { silence += 1 } else { heard += 1 }
        measure(frame, nanoseconds)
        if !frame.isSilence && firstPacket == nil { firstPacket = sinceMark }
        lastHeard = frame.arrival
        frames.append(frame)
        if frames.count > kept + kept / 4 { frames.removeFirst(frames.count - kept) }
    }

    /// Counts a packet's number; false when it was counted before.
    private mutating func arrive(_ sequence: UInt16) -> Bool {
        let extended = extend(sequence)
        let slot = Int(extended & 1023)
        if seen[slot] == extended { return false }
        seen[slot] = extended
        let isFirst = first == nil
        if isFirst { first = extended }
        if !isFirst && extended < newest { reordered += 1 }
        newest = isFirst ? extended : max(newest, extended)
        first = min(first ?? extended, extended)
        distinct += 1
        lost = Int(max(0, newest - (first ?? newest) + 1 - distinct))
        return true
    }

    /// Whether a packet of this number was heard already.
    func has(_ sequence: UInt16) -> Bool {
        let step = Int64(Int16(bitPattern: sequence &- UInt16(truncatingIfNeeded: newest)))
        guard first != nil, abs(step) <= 3000 else { return false }
        return seen[Int((newest + step) & 1023)] == newest + step
    }

    mutating func noteDoubled() { doubled += 1 }

    mutating func noteUndecodable() { undecodable += 1 }

    mutating func noteEncrypted() { encrypted += 1 }

    /// Notes a packet that came and that nobody could decrypt.
    mutating func noteUndecryptable(_ sequence: UInt16) { if arrive(sequence) { undecryptable += 1 } }

    /// Notes an encrypted packet that came while nobody was there to listen.
    mutating func noteSealed(_ sequence: UInt16) { if arrive(sequence) { sealed += 1 } }

    /// Starts waiting for the first packet again.
    mutating func mark() { firstPacket = nil }

    /// Lateness against a schedule of 20 ms steps that begins anew after each pause.
    private mutating func measure(_ frame: HeardFrame, _ nanoseconds: Int64) {
        if base == nil || silentRun >= 5 && nanoseconds > Int64(lastHeard * 1_000_000) + 60_000_000 {
            base = nil
            firstTimestamp = frame.timestamp
        } else if lastHeard > 0 {
            longestGap = max(longestGap, frame.arrival - lastHeard)
        }
        silentRun = frame.isSilence ? silentRun + 1 : 0
        let offset = Int64(Int32(bitPattern: frame.timestamp &- firstTimestamp)) * 1_000_000_000 / 48_000
        let start = nanoseconds - offset
        let earliest = min(base ?? start, start)
        base = earliest
        lateness.record(nanoseconds: start - earliest)
    }

    /// The 16-bit number as a count that does not wrap; a jump of more than 3,000 starts a new count.
    private mutating func extend(_ sequence: UInt16) -> Int64 {
        guard first != nil else { return Int64(sequence) + 65_536 }
        let step = Int64(Int16(bitPattern: sequence &- UInt16(truncatingIfNeeded: newest)))
        if abs(step) > 3000 {
            first = nil
            distinct = 0
            seen = [Int64](repeating: -1, count: 1024)
            return newest + 65_536 - newest % 65_536 + Int64(sequence)
        }
        return newest + step
    }

    var json: JSON {
        func milliseconds(_ duration: Duration) -> JSON {
            .double((Double(duration / .microseconds(1)) / 10).rounded() / 100)
        }
        return [
            "ssrc": .number(ssrc), "user_id": .id(user), "heard": .number(heard), "silence": .number(silence),
            "lost": .number(lost), "doubled": .number(doubled), "reordered": .number(reordered),
            "undecodable": .number(undecodable), "encrypted": .number(encrypted),
            "undecryptable": .number(undecryptable), "sealed": .number(sealed),
            "first_packet_ms": firstPacket.map { .double($0) } ?? .null,
            "longest_gap_ms": .double(longestGap),
            "lateness_ms": [
                "p50": milliseconds(lateness.percentile(0.5)), "p99": milliseconds(lateness.percentile(0.99)),
                "max": milliseconds(lateness.maximum),
            ],
        ]
    }
}
