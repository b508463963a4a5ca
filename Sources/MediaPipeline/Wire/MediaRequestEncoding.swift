extension MediaRequest {
    /// Appends the request to a message.
    func write(to body: inout ByteWriter) {
        switch source {
        case .file(let path):
            body.integer(UInt8(0))
            body.text(path)
        case .http(let url, let headers):
            body.integer(UInt8(1))
            body.text(url)
            body.integer(UInt8(clamping: headers.count))
            for (name, value) in headers.sorted(by: { $0.key < $1.key }).prefix(255) {
                body.text(name)
                body.text(value)
            }
        }
        body.duration(start)
        body.double(volume)
        body.duration(openTimeLimit)
        body.duration(stallTimeLimit)
        body.integer(Int32(clamping: bitRate))
        body.integer(UInt8(clamping: allowPrivateNetwork.count))
        for host in allowPrivateNetwork.sorted().prefix(255) { body.text(host) }
    }

    /// Takes the request from a message and checks that its numbers make sense.
    init(from reader: inout ByteReader) throws(MediaError) {
        let source: MediaSource
        switch try reader.integer(UInt8.self) {
        case 0: source = .file(path: try reader.text())
        case 1:
            let url = try reader.text()
            var headers: [String: String] = [:]
            for _ in 0..<(try reader.integer(UInt8.self)) {
                let name = try reader.text()
                headers[name] = try reader.text()
            }
            source = .http(url: url, headers: headers)
        default: throw .protocolViolation("an unknown kind of source")
        }
        self.init(source: source)
        start = try reader.duration()
        volume = try reader.double()
        openTimeLimit = try reader.duration()
        stallTimeLimit = try reader.duration()
        bitRate = Int(try reader.integer(Int32.self))
        for _ in 0..<(try reader.integer(UInt8.self)) { allowPrivateNetwork.insert(try reader.text()) }
        guard start >= .zero, start < .seconds(1 << 31), (0...16).contains(volume), openTimeLimit > .zero,
            stallTimeLimit > .zero, (6000...510_000).contains(bitRate)
        else { throw .protocolViolation("a request with numbers out of range") }
    }
}

extension MediaInfo {
    /// Appends the description to a message.
    func write(to body: inout ByteWriter) {
        body.optional(duration) { $0.duration($1) }
        body.text(codec)
        body.integer(Int32(clamping: sampleRate))
        body.integer(Int32(clamping: channels))
        body.integer(UInt8((passthrough ? 1 : 0) | (isLive ? 2 : 0)))
        body.optional(title) { $0.text(String($1.prefix(1000))) }
        body.optional(artist) { $0.text(String($1.prefix(1000))) }
        body.optional(bitRate) { $0.integer(Int64($1)) }
    }

    /// Takes the description from a message.
    init(from reader: inout ByteReader) throws(MediaError) {
        let duration = try reader.optional { reader throws(MediaError) in try reader.duration() }
        let codec = try reader.text()
        let sampleRate = Int(try reader.integer(Int32.self))
        let channels = Int(try reader.integer(Int32.self))
        let flags = try reader.integer(UInt8.self)
        let title = try reader.optional { reader throws(MediaError) in try reader.text() }
        let artist = try reader.optional { reader throws(MediaError) in try reader.text() }
        let bitRate = try reader.optional { reader throws(MediaError) in Int(try reader.integer(Int64.self)) }
        self.init(
            duration: duration, codec: codec, sampleRate: sampleRate, channels: channels, passthrough: flags & 1 != 0,
            title: title, artist: artist, isLive: flags & 2 != 0, bitRate: bitRate)
    }
}

extension MediaError {
    /// Appends the error to a message: its number, a status and words.
    func write(to body: inout ByteWriter) {
        let (kind, status, words): (UInt8, Int, String) =
            switch self {
            case .notFound: (1, 0, "")
            case .forbidden(let words): (2, 0, words)
            case .unreachable(let words): (3, 0, words)
            case .httpStatus(let status): (4, status, "")
            case .noAudio: (5, 0, "")
            case .unsupported(let words): (6, 0, words)
            case .broken(let words): (7, 0, words)
            case .empty: (8, 0, "")
            case .timedOut(let words): (9, 0, words)
            case .outOfResources: (10, 0, "")
            case .workerLost: (11, 0, "")
            case .workersUnavailable(let words): (12, 0, words)
            case .protocolViolation(let words): (13, 0, words)
            case .closed: (14, 0, "")
            }
        body.integer(kind)
        body.integer(Int32(clamping: status))
        body.text(words)
    }

    /// Takes the error from a message.
    init(from reader: inout ByteReader) throws(MediaError) {
        let kind = try reader.integer(UInt8.self)
        let status = Int(try reader.integer(Int32.self))
        let words = try reader.text()
        switch kind {
        case 1: self = .notFound
        case 2: self = .forbidden(words)
        case 3: self = .unreachable(words)
        case 4: self = .httpStatus(status)
        case 5: self = .noAudio
        case 6: self = .unsupported(words)
        case 7: self = .broken(words)
        case 8: self = .empty
        case 9: self = .timedOut(words)
        case 10: self = .outOfResources
        case 11: self = .workerLost
        case 12: self = .workersUnavailable(words)
        case 13: self = .protocolViolation(words)
        case 14: self = .closed
        default: throw .protocolViolation("an unknown kind of error")
        }
    }
}
