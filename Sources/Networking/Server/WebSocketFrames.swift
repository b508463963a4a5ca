/// The frame types of RFC 6455, section 5.2.
enum WebSocketOpcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Whether frames of this type control the connection instead of carrying a message.
    var isControl: Bool { rawValue >= 8 }
}

/// Writes WebSocket frames as a server does: unmasked, each message in one frame.
enum WebSocketFrameEncoder {
    /// The bytes of one final frame.
    static func encode(_ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>) -> [UInt8] {
        let count = payload.count
        var frame: [UInt8] = []
        frame.reserveCapacity(count + 10)
        frame.append(0x80 | opcode.rawValue)
        switch count {
        case ..<126: frame.append(UInt8(count))
        case ...0xFFFF: frame += [126, UInt8(count >> 8), UInt8(count & 0xFF)]
        default:
            frame.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                frame.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        frame.append(contentsOf: payload)
        return frame
    }

    /// A message as one frame.
    static func encode(_ message: WebSocketMessage) -> [UInt8] {
        switch message {
        case .text(let text): encode(.text, Array(text.utf8))
        case .binary(let bytes): encode(.binary, bytes)
        }
    }

    /// A close frame; code 1005 stands for a frame without code.
    static func encode(_ close: WebSocketClose) -> [UInt8] {
        guard close.code != 1005 else { return encode(.close, []) }
        return encode(.close, [UInt8(close.code >> 8), UInt8(close.code & 0xFF)] + Array(close.reason.utf8))
    }
}

/// Takes WebSocket frames of a client out of a byte stream, however it is cut, and joins fragments to messages.
struct WebSocketFrameDecoder {
    /// What the bytes so far mean.
    enum Event: Equatable {
        /// Nothing more without more bytes.
        case wantsMore
        /// A message is complete.
        case message(WebSocketMessage)
        /// A ping, to be answered with the same bytes.
        case ping([UInt8])
        /// An answer to a ping.
        case pong
        /// The client closes.
        case close(WebSocketClose)
        /// The client broke the protocol: the close to answer with.
        case violation(WebSocketClose)
    }

    private struct Frame {
        var final: Bool
        var opcode: WebSocketOpcode
        var left: Int
        var mask: [UInt8]
        var maskIndex = 0
    }

    private let maximumMessageBytes: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var frame: Frame?
    private var control: [UInt8] = []
    private var message: [UInt8] = []
    private var messageOpcode: WebSocketOpcode?
    private var failure: WebSocketClose?

    init(maximumMessageBytes: Int) {
        self.maximumMessageBytes = maximumMessageBytes
    }

    /// Bytes held that are not yet part of a frame's payload.
    var bufferedBytes: Int { buffer.count - position }

    /// Adds bytes from the client.
    mutating func append(_ bytes: some Sequence<UInt8>) {
        if position == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            position = 0
        } else if position > 1 << 16 {
            buffer.removeFirst(position)
            position = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next event of the bytes so far.
    mutating func next() -> Event {
        while failure == nil {
            guard var current = frame else {
                guard parseHeader() else { break }
                continue
            }
            takePayload(&current)
            guard current.left == 0 else {
                frame = current
                return .wantsMore
            }
            frame = nil
            if let event = finish(current) { return event }
        }
        return failure.map(Event.violation) ?? .wantsMore
    }

    /// Reads a frame header; false when there is none complete, or it is wrong.
    private mutating func parseHeader() -> Bool {
        let available = bufferedBytes
        guard available >= 2 else { return false }
        let first = buffer[position]
        let second = buffer[position + 1]
        guard first & 0x70 == 0 else { return refuse(1002, "reserved bits set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { return refuse(1002, "unknown frame type") }
        guard second & 0x80 != 0 else { return refuse(1002, "frame not masked") }
        let short = Int(second & 0x7F)
        let extra = short == 126 ? 2 : short == 127 ? 8 : 0
        let final = first & 0x80 != 0
        guard !opcode.isControl || (final && extra == 0) else { return refuse(1002, "malformed control frame") }
        guard opcode.isControl || (opcode == .continuation) == (messageOpcode != nil) else {
            return refuse(1002, "fragments out of order")
        }
        guard available >= 2 + extra + 4 else { return false }
        let wide = buffer[(position + 2)..<(position + 2 + extra)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let length = extra == 0 ? UInt64(short) : wide
        guard opcode.isControl || length <= UInt64(max(0, maximumMessageBytes - message.count)) else {
            return refuse(1009, "message too large")
        }
        let maskStart = position + 2 + extra
        frame = Frame(
            final: final, opcode: opcode, left: Int(length), mask: Array(buffer[maskStart..<(maskStart + 4)]))
        position = maskStart + 4
        if !opcode.isControl, opcode != .continuation { messageOpcode = opcode }
        return true
    }

    private mutating func takePayload(_ frame: inout Frame) {
        let count = min(frame.left, bufferedBytes)
        var part = Array(buffer[position..<(position + count)])
        for index in part.indices { part[index] ^= frame.mask[(frame.maskIndex + index) & 3] }
        position += count
        frame.maskIndex = (frame.maskIndex + count) & 3
        frame.left -= count
        if frame.opcode.isControl { control += part } else { message += part }
    }

    private mutating func finish(_ frame: Frame) -> Event? {
        if frame.opcode.isControl {
            let payload = control
            control = []
            switch frame.opcode {
            case .ping: return .ping(payload)
            case .pong: return .pong
            default: return close(payload)
            }
        }
        guard frame.final, let opcode = messageOpcode else { return nil }
        let payload = message
        message = []
        messageOpcode = nil
        if opcode == .binary { return .message(.binary(payload)) }
        guard let text = String(validating: payload, as: UTF8.self) else {
            _ = refuse(1007, "text is not UTF-8")
            return nil
        }
        return .message(.text(text))
    }

    private mutating func close(_ payload: [UInt8]) -> Event? {
        guard !payload.isEmpty else { return .close(WebSocketClose(code: 1005)) }
        guard payload.count >= 2, let words = String(validating: payload[2...], as: UTF8.self) else {
            _ = refuse(1002, "malformed close frame")
            return nil
        }
        let close = WebSocketClose(code: UInt16(payload[0]) << 8 | UInt16(payload[1]), reason: words)
        guard close.sendable.code == close.code else {
            _ = refuse(1002, "invalid close code")
            return nil
        }
        return .close(close)
    }

    private mutating func refuse(_ code: UInt16, _ words: String) -> Bool {
        failure = WebSocketClose(code: code, reason: words)
        buffer = []
        position = 0
        return false
    }
}
