extension MediaMessage {
    /// The type byte.
    enum Kind: UInt8 {
        case hello = 1
        case open, credit, close, ping, opened, packets, end, failed, pong
    }

    /// The message as it goes through the pipe.
    package var encoded: [UInt8] {
        var body = ByteWriter()
        var session: UInt32 = 0
        let kind: Kind
        switch self {
        case .hello(let version):
            kind = .hello
            body.integer(version)
        case .open(let number, let request, let probe):
            (kind, session) = (.open, number)
            body.integer(UInt8(probe ? 1 : 0))
            request.write(to: &body)
        case .credit(let number, let packets):
            (kind, session) = (.credit, number)
            body.integer(packets)
        case .close(let number): (kind, session) = (.close, number)
        case .ping(let nonce):
            kind = .ping
            body.integer(nonce)
        case .opened(let number, let info):
            (kind, session) = (.opened, number)
            info.write(to: &body)
        case .packets(let number, let firstIndex, let packets):
            (kind, session) = (.packets, number)
            body.integer(firstIndex)
            body.integer(UInt8(clamping: packets.count))
            for packet in packets { body.block(packet) }
        case .end(let number): (kind, session) = (.end, number)
        case .failed(let number, let error):
            (kind, session) = (.failed, number)
            error.write(to: &body)
        case .pong(let nonce):
            kind = .pong
            body.integer(nonce)
        }
        var whole = ByteWriter()
        whole.integer(UInt32(clamping: body.bytes.count + 5))
        whole.integer(kind.rawValue)
        whole.integer(session)
        return whole.bytes + body.bytes
    }

    /// Decodes what follows the length field.
    init(body: ArraySlice<UInt8>) throws(MediaError) {
        var reader = ByteReader(body)
        guard let kind = Kind(rawValue: try reader.integer()) else {
            throw .protocolViolation("a message of an unknown type")
        }
        let session = try reader.integer(UInt32.self)
        switch kind {
        case .hello: self = .hello(version: try reader.integer())
        case .open:
            let probe = try reader.integer(UInt8.self) == 1
            self = .open(session: session, request: try MediaRequest(from: &reader), probe: probe)
        case .credit: self = .credit(session: session, packets: try reader.integer())
        case .close: self = .close(session: session)
        case .ping: self = .ping(nonce: try reader.integer())
        case .opened: self = .opened(session: session, info: try MediaInfo(from: &reader))
        case .packets:
            let firstIndex = try reader.integer(UInt64.self)
            guard firstIndex < 1 << 48 else { throw .protocolViolation("a packet number is out of range") }
            let count = Int(try reader.integer(UInt8.self))
            guard (1...Self.maximumBatch).contains(count) else {
                throw .protocolViolation("a batch of \(count) packets")
            }
            var packets: [[UInt8]] = []
            packets.reserveCapacity(count)
            for _ in 0..<count {
                let packet = try reader.block()
                guard !packet.isEmpty else { throw .protocolViolation("an empty packet") }
                packets.append(packet)
            }
            self = .packets(session: session, firstIndex: firstIndex, packets: packets)
        case .end: self = .end(session: session)
        case .failed: self = .failed(session: session, error: try MediaError(from: &reader))
        case .pong: self = .pong(nonce: try reader.integer())
        }
        try reader.finish()
    }
}
