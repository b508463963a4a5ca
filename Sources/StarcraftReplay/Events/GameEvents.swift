/// `replay.game.events`, decompressed and ready to be read, as often as one likes.
public struct GameEvents: Sendable {
    /// The build whose layout it has.
    public let build: Int
    private let bytes: [UInt8]
    private let layouts: GameEventLayouts

    init(bytes: [UInt8], version: GameVersion) {
        self.bytes = bytes
        // All betas of 2.0 have the layout of the first that is known.
        build = version.major == 2 ? max(version.baseBuild, 23925) : version.baseBuild
        layouts = GameEventLayouts(build: build)
    }

    /// How many bytes the events have.
    public var byteCount: Int { bytes.count }

    /// A reader at the first event.
    @_lifetime(borrow self)
    public func reader() -> GameEventReader {
        GameEventReader(bytes.span, build: build, layouts: layouts)
    }

    /// Reads all events, one after the other.
    public func forEach(_ body: (GameEvent) throws(ReplayError) -> Void) throws(ReplayError) {
        var reader = reader()
        while let event = try reader.next() { try body(event) }
    }

    /// Blizzard's name of an event's kind.
    public func name(of event: GameEvent) -> String { layouts[event.number]?.name ?? "Unknown" }

    /// All values of an event in general form.
    public func values(of event: GameEvent) throws(ReplayError) -> ReplayValue {
        var reader = BitReader(bytes.span, part: .gameEvents)
        reader.move(to: event.position)
        guard let entry = layouts[event.number] else {
            throw .unknownEvent(.gameEvents, offset: event.position >> 3, number: event.number)
        }
        return try entry.layout.value(&reader)
    }
}

extension Replay {
    /// What people did.
    public func gameEvents() throws(ReplayError) -> GameEvents {
        guard let bytes = try file(.gameEvents) else { throw .missing(.gameEvents) }
        return GameEvents(bytes: bytes, version: header.version)
    }
}
