/// A message between people, from `replay.message.events`.
public struct MessageEvent: Sendable, Hashable {
    /// When, in loops since the start.
    public var loop: Int
    /// Who: a user id since the beta of 2.0 (24247), a player id before.
    public var user: Int
    /// What.
    public var message: Message

    /// What was sent.
    public enum Message: Sendable, Hashable {
        /// Chat.
        case chat(recipient: ChatRecipient, text: String)
        /// A mark on the map, in 1/4096 of a cell.
        case ping(recipient: ChatRecipient, x: Int32, y: Int32)
        /// How far loading is, in per cent.
        case loading(Int32)
        /// The server asked for a sign of life.
        case serverPing
        /// The connection was lost or came back.
        case reconnect(status: UInt8)
    }
}

/// Who can read a message.
public struct ChatRecipient: RawRepresentable, Sendable, Hashable {
    /// The game's number.
    public var rawValue: UInt8
    /// From the game's number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Everybody.
    public static let everybody = ChatRecipient(rawValue: 0)
    /// The team.
    public static let allies = ChatRecipient(rawValue: 2)
    /// Those who watch.
    public static let observers = ChatRecipient(rawValue: 4)
}

/// `replay.message.events`, decompressed and ready to be read.
public struct MessageEvents: Sendable {
    private let bytes: [UInt8]
    private let build: Int

    init(bytes: [UInt8], build: Int) { (self.bytes, self.build) = (bytes, build) }

    /// A reader at the first event.
    @_lifetime(borrow self)
    public func reader() -> MessageEventReader { MessageEventReader(bytes.span, build: build) }
}

/// Reads messages one after the other, straight from the bytes.
public struct MessageEventReader: ~Escapable {
    private var bits: BitReader
    private let recipientBits: Int
    private var loop = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, build: Int) {
        bits = BitReader(bytes, part: .messageEvents)
        recipientBits = build >= 21955 ? 3 : 2
    }

    /// The next event; `nil` when the stream ends.
    public mutating func next() throws(ReplayError) -> MessageEvent? {
        guard !bits.isAtEnd else { return nil }
        let start = bits.offset
        loop = (loop + (try bits.loopDelta())) & 0xFFFF_FFFF
        let user = Int(try bits.bits(5))
        let number = Int(try bits.bits(4))
        let message: MessageEvent.Message =
            switch number {
            case 0: .chat(recipient: try recipient(), text: try bits.text(lengthBits: 11))
            case 1: .ping(recipient: try recipient(), x: try bits.signed(), y: try bits.signed())
            case 2: .loading(try bits.signed())
            case 3: .serverPing
            case 4: .reconnect(status: UInt8(try bits.bits(2)))
            default: throw .unknownEvent(.messageEvents, offset: start, number: number)
            }
        bits.align()
        return MessageEvent(loop: loop, user: user, message: message)
    }

    private mutating func recipient() throws(ReplayError) -> ChatRecipient {
        ChatRecipient(rawValue: UInt8(try bits.bits(recipientBits)))
    }
}

extension Replay {
    /// Chat, pings and loading.
    public func messageEvents() throws(ReplayError) -> MessageEvents {
        guard let bytes = try file(.messageEvents) else { throw .missing(.messageEvents) }
        return MessageEvents(bytes: bytes, build: header.version.baseBuild)
    }
}
