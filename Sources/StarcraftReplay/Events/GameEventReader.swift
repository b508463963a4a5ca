/// Reads game events one after the other, straight from the bytes.
public struct GameEventReader: ~Escapable {
    /// What the builds differ in, of the events that are read in full.
    struct Widths {
        var commandFlags: Int
        var targetFlags: Int
        var selection: Int
        var groupOperation: Int
        var hasControlPlayer: Bool
        var hasSequence: Bool
        var hasPriority: Bool
        var hasOptionalTarget: Bool
        var hasReason: Bool
        var hasFollow: Bool
        var isFirst: Bool
        var hasUsers: Bool

        init(build: Int) {
            isFirst = build < 16561
            commandFlags =
                switch build {
                case 80669...: 27
                case 64469...: 26
                case 38215...: 25
                case 34784...: 23
                case 22612...: 20
                case 18468...: 18
                default: 17
                }
            targetFlags = build >= 34784 ? 16 : 8
            selection = build >= 22612 ? 9 : 8
            groupOperation = build >= 36442 ? 3 : 2
            hasControlPlayer = build >= 19458
            hasSequence = build >= 34784
            hasPriority = build >= 23925
            hasOptionalTarget = build >= 23925
            hasReason = build >= 27950
            hasFollow = build >= 34784
            hasUsers = build >= 24247
        }
    }

    var bits: BitReader
    let widths: Widths
    private let layouts: GameEventLayouts
    private var loop = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, build: Int, layouts: GameEventLayouts) {
        bits = BitReader(bytes, part: .gameEvents)
        widths = Widths(build: build)
        self.layouts = layouts
    }

    /// The next event; `nil` when the stream ends, which it does only at a whole byte.
    public mutating func next() throws(ReplayError) -> GameEvent? {
        guard !bits.isAtEnd else { return nil }
        let start = bits.offset
        loop = (loop + (try bits.loopDelta())) & 0xFFFF_FFFF
        let user = Int(try bits.bits(5))
        let number = Int(try bits.bits(7))
        let position = bits.position
        let action = try action(number, start)
        bits.align()
        return GameEvent(loop: loop, user: user, number: number, action: action, position: position)
    }

    private mutating func action(_ number: Int, _ start: Int) throws(ReplayError) -> GameEvent.Action {
        switch number {
        case 49: return .camera(try camera())
        case 27: return .command(widths.isFirst ? try firstCommand() : try command())
        case 28: return .selection(try selection())
        case 29: return .controlGroup(try controlGroup())
        case 103 where widths.hasSequence: return try commandState()
        case 104 where widths.hasSequence: return .retargetPoint(try point())
        case 105 where widths.hasSequence: return .retargetUnit(try unitTarget())
        case 30: return .selectionCheck(try selectionCheck())
        case 5: return .loaded
        case 31: return try trade()
        case 32: return .scriptChat(try bits.text(lengthBits: 10))
        case 25 where !widths.hasUsers: return .left(reason: nil)
        case 43 where widths.hasUsers: return .resumed(try resumed())
        case 101 where widths.hasUsers: return .left(reason: widths.hasSequence ? Int(try bits.bits(4)) : nil)
        case 102 where widths.hasUsers:
            let position = bits.position
            let joined = try joined()
            bits.move(to: position)
            try skip(number, start)
            return joined
        default:
            try skip(number, start)
            return .other
        }
    }

    private mutating func skip(_ number: Int, _ start: Int) throws(ReplayError) {
        guard let entry = layouts[number] else {
            throw .unknownEvent(.gameEvents, offset: start, number: number)
        }
        try entry.layout.skip(&bits)
    }
}

extension BitReader {
    /// The loops since the event before.
    @inline(__always)
    mutating func loopDelta() throws(ReplayError) -> Int {
        switch try bits(2) {
        case 0: Int(try bits(6))
        case 1: Int(try bits(14))
        case 2: Int(try bits(22))
        default: Int(try bits(32))
        }
    }
}
