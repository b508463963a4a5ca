extension MediaMessage {
    /// The type byte.
    enum Kind: UInt8 {
        case hello = 1
        case open, credit, close, ping, opened, packets, end, failed, pong
    }

    /// The message as it goes through the pipe.
    package var encoded: [UInt8] {
        var whole = ByteWriter(capacity: sizeHint)
        func begin(_ kind: Kind, _ session: UInt32 = 0) {
            whole.integer(UInt32(0))
            whole.integer(kind.rawValue)
            whole.integer(session)
        }
        switch self {
        case .hello(let version):
            begin(.hello)
            whole.integer(version)
        case .open(let number, let request, let probe):
            begin(.open, number)
            whole.integer(UInt8(probe ? 1 : 0))
            request.write(to: &whole)
        case .credit(let number, let packets):
            begin(.credit, number)
            whole.integer(packets)
        case .close(let number): begin(.close, number)
        case .ping(let nonce):
            begin(.ping)
            whole.integer(nonce)
        case .opened(let number, let info):
            begin(.opened, number)
            info.write(to: &whole)
        case .packets(let number, let firstIndex, let packets):
            begin(.packets, number)
            whole.integer(firstIndex)
            whole.integer(UInt8(clamping: packets.count))
            for packet in packets { whole.block(packet) }
        case .end(let number): begin(.end, number)
        case .failed(let number, let error):
            begin(.failed, number)
            error.write(to: &whole)
        case .pong(let nonce):
            begin(.pong)
            whole.integer(nonce)
        }
        whole.writeLength()
        return whole.bytes
    }

    /// About as many bytes as the message takes.
    private var sizeHint: Int {
        guard case .packets(_, _, let packets) = self else { return 32 }
        return packets.reduce(32) { $0 + $1.count + 2 }
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
