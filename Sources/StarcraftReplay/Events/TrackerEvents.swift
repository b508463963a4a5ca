/// `replay.tracker.events`, decompressed and ready to be read.
public struct TrackerEvents: Sendable {
    private let bytes: [UInt8]
    private let build: Int
    private let nesting: Int

    init(bytes: [UInt8], build: Int, nesting: Int) {
        (self.bytes, self.build, self.nesting) = (bytes, build, nesting)
    }

    /// How many bytes the events have.
    public var byteCount: Int { bytes.count }

    /// A reader at the first event.
    @_lifetime(borrow self)
    public func reader() -> TrackerEventReader { TrackerEventReader(bytes.span, build: build, nesting: nesting) }

    /// Reads all events, one after the other.
    public func forEach(_ body: (TrackerEvent) throws(ReplayError) -> Void) throws(ReplayError) {
        var reader = reader()
        while let event = try reader.next() { try body(event) }
    }
}

extension Replay {
    /// What happened in the world; `nil` in replays from before 2.0.8.
    public func trackerEvents() throws(ReplayError) -> TrackerEvents? {
        guard let bytes = try file(.trackerEvents) else { return nil }
        return TrackerEvents(bytes: bytes, build: header.version.build, nesting: limits.nesting)
    }
}

/// Reads tracker events one after the other, straight from the bytes.
public struct TrackerEventReader: ~Escapable {
    var values: VersionedReader
    /// Before 2.0.9 places were stored in units of four cells.
    let cells: Int
    private var loop = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, build: Int, nesting: Int) {
        cells = build < 27950 ? 4 : 1
        values = VersionedReader(bytes, part: .trackerEvents, nesting: nesting)
    }

    /// The next event; `nil` when the stream ends.
    public mutating func next() throws(ReplayError) -> TrackerEvent? {
        guard !values.isAtEnd else { return nil }
        try values.expect(.choice)
        _ = try values.number()
        let delta = try values.integer(as: UInt32.self)
        // A mission that is begun anew goes back to zero by a step around 2³².
        loop = (loop + Int(delta)) & 0xFFFF_FFFF
        let number = try values.integer()
        let happening = try happening(number)
        return TrackerEvent(loop: loop, happening: happening)
    }

    private mutating func happening(_ number: Int64) throws(ReplayError) -> TrackerEvent.Happening {
        switch number {
        case 0: return .stats(try stats())
        case 1: return .born(try born())
        case 2: return .died(try died())
        case 3: return try ownerChanged()
        case 4:
            let event = try born()
            return .typeChanged(unit: event.unit, type: event.type)
        case 5: return try upgraded()
        case 6: return .began(try born())
        case 7: return .done(unit: try born().unit)
        case 8: return .positions(try positions())
        case 9: return .setup(try setup())
        default:
            try values.skip()
            return .unknown(number: Int(truncatingIfNeeded: number))
        }
    }
}
