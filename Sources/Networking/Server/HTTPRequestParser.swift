/// Takes HTTP/1.1 requests out of a byte stream (RFC 9112), however it is cut; strict where laxness lets requests be
/// smuggled.
struct HTTPRequestParser {
    /// How large a request may be.
    struct Limits: Sendable {
        /// Bytes of the request line and header fields together.
        var headBytes = 32 << 10
        /// Number of header fields.
        var fields = 128
        /// Bytes of the body.
        var bodyBytes = 30 << 20
    }

    /// One request, complete.
    struct Request: Sendable {
        var method: String
        var path: String
        var rawQuery: String
        /// 0 for HTTP/1.0, 1 for HTTP/1.1.
        var minorVersion: Int
        var headers: HTTPHeaders
        var body: [UInt8]
    }

    /// What the bytes so far mean.
    enum Event {
        /// Nothing more without more bytes.
        case wantsMore
        /// The client waits for `100 Continue` before it sends the body.
        case expectsContinue
        /// A request is complete.
        case request(Request)
        /// The client broke the rules: to be answered with this status, and the connection to be closed.
        case refused(status: Int)
    }

    private enum Stage {
        case head
        case sized(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailers
        case failed(Int)
    }

    /// Bytes of a chunk's size line with extensions, or of one trailer line.
    private static let lineLimit = 4096

    private let limits: Limits
    private var buffer: [UInt8] = []
    private var position = 0
    private var scanned = 0
    private var stage = Stage.head
    private var request = Request(
        method: "", path: "", rawQuery: "", minorVersion: 1, headers: HTTPHeaders(), body: [])
    private var trailerBytes = 0

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Bytes held that belong to no finished request.
    var bufferedBytes: Int { buffer.count - position }

    /// Whether a request has begun and is not complete.
    var midRequest: Bool {
        if case .head = stage { bufferedBytes > 0 } else { true }
    }

    /// Whether the head of a request is complete and its body is not.
    var inBody: Bool {
        if case .head = stage { false } else { true }
    }

    /// Adds bytes from the client.
    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
    }

    /// Takes out the bytes that follow the last request: another protocol's first bytes.
    mutating func takeRest() -> [UInt8] {
        defer {
            buffer = []
            position = 0
            scanned = 0
        }
        return Array(buffer[position...])
    }

    /// The next event of the bytes so far.
    mutating func next() -> Event {
        while true {
            switch stage {
            case .head:
                guard let event = parseHead() else { continue }
                return event
            case .sized(let left):
                let part = take(upTo: left)
                request.body.append(contentsOf: part)
                stage = .sized(left - part.count)
                if part.count == left { return finish() }
                return .wantsMore
            case .chunkSize:
                guard let line = takeLine() else { return lineMissing() }
                guard let size = Self.chunkSize(line) else { return fail(400) }
                guard size <= limits.bodyBytes - request.body.count else { return fail(413) }
                trailerBytes = 0
                stage = size == 0 ? .trailers : .chunk(size)
            case .chunk(let left):
                let part = take(upTo: left)
                request.body.append(contentsOf: part)
                stage = part.count == left ? .chunkEnd : .chunk(left - part.count)
                if part.count < left { return .wantsMore }
            case .chunkEnd:
                guard bufferedBytes >= 2 else { return .wantsMore }
                guard Array(take(upTo: 2)) == [0x0D, 0x0A] else { return fail(400) }
                stage = .chunkSize
            case .trailers:
                guard let line = takeLine() else { return lineMissing() }
                if line.isEmpty { return finish() }
                trailerBytes += line.count
                guard trailerBytes <= limits.headBytes else { return fail(431) }
            case .failed(let status): return .refused(status: status)
            }
        }
    }

    private mutating func fail(_ status: Int) -> Event {
        stage = .failed(status)
        buffer = []
        position = 0
        return .refused(status: status)
    }

    private mutating func finish() -> Event {
        let complete = request
        request.body = []
        stage = .head
        compact()
        return .request(complete)
    }

    private mutating func compact() {
        buffer.removeFirst(position)
        position = 0
        scanned = 0
    }

    private mutating func take(upTo count: Int) -> ArraySlice<UInt8> {
        let part = buffer[position..<position + min(count, bufferedBytes)]
        position += part.count
        if position == buffer.count {
            buffer = []
            position = 0
        }
        scanned = position
        return part
    }

    /// A line without its CRLF; nil while incomplete.
    private mutating func takeLine() -> ArraySlice<UInt8>? {
        guard let end = buffer[position...].firstIndex(of: 0x0A) else { return nil }
        let line = buffer[position..<end]
        position = end + 1
        scanned = position
        return line.last == 0x0D ? line.dropLast() : line
    }

    private mutating func lineMissing() -> Event {
        bufferedBytes > Self.lineLimit ? fail(400) : .wantsMore
    }

    private static func chunkSize(_ line: ArraySlice<UInt8>) -> Int? {
        let digits = line.prefix { HTTPText.hex($0) != nil }
        guard (1...8).contains(digits.count) else { return nil }
        let rest = line.dropFirst(digits.count)
        guard rest.isEmpty || [UInt8(ascii: ";"), 0x20, 0x09].contains(rest.first) else { return nil }
        return digits.reduce(0) { $0 << 4 | Int(HTTPText.hex($1) ?? 0) }
    }

    /// Reads the head when it is complete; nil when the body's stage may go on at once.
    private mutating func parseHead() -> Event? {
        while position < buffer.count, buffer[position] == 0x0D || buffer[position] == 0x0A { position += 1 }
        // Empty lines before a request are passed over (RFC 9112, section 2.2), but not for ever.
        guard position <= limits.headBytes else { return fail(431) }
        guard let end = headEnd() else {
            return bufferedBytes > limits.headBytes ? fail(431) : .wantsMore
        }
        guard end - position <= limits.headBytes else { return fail(431) }
        let head = buffer[position..<end]
        position = end + 4
        var lines = head.split(separator: 0x0A, omittingEmptySubsequences: false)[...]
        for index in lines.indices.dropLast() {
            guard lines[index].last == 0x0D else { return fail(400) }
            lines[index].removeLast()
        }
        guard !head.contains(0), let first = lines.popFirst() else { return fail(400) }
        if let status = parseRequestLine(first) { return fail(status) }
        guard lines.count <= limits.fields else { return fail(431) }
        request.headers = HTTPHeaders()
        for line in lines {
            guard let (name, value) = Self.field(line) else { return fail(400) }
            request.headers.add(name, value)
        }
        return parseBodyFraming()
    }

    private mutating func headEnd() -> Int? {
        var index = max(position, scanned - 3)
        while index + 3 < buffer.count {
            if buffer[index] == 0x0D, buffer[index + 1] == 0x0A, buffer[index + 2] == 0x0D, buffer[index + 3] == 0x0A {
                return index
            }
            index += 1
        }
        scanned = buffer.count
        return nil
    }

    /// Reads `method target HTTP/1.x`; the status to refuse it with, or nil.
    private mutating func parseRequestLine(_ line: ArraySlice<UInt8>) -> Int? {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count <= 32, !parts[0].isEmpty, parts[0].allSatisfy(HTTPText.isTokenByte),
            !parts[1].isEmpty, parts[1].allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return 400 }
        switch String(decoding: parts[2], as: UTF8.self) {
        case "HTTP/1.1": request.minorVersion = 1
        case "HTTP/1.0": request.minorVersion = 0
        case let other: return other.hasPrefix("HTTP/") ? 505 : 400
        }
        request.method = String(decoding: parts[0], as: UTF8.self)
        var target = String(decoding: parts[1], as: UTF8.self)
        if !target.hasPrefix("/"), target != "*" {
            // The absolute form (RFC 9112, section 3.2.2): only its path matters here.
            guard let scheme = target.firstRange(of: "://") else { return 400 }
            let afterHost = target[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
            target = afterHost.hasPrefix("/") ? String(afterHost) : "/" + afterHost
        }
        if let fragment = target.firstIndex(of: "#") { target = String(target[..<fragment]) }
        let question = target.firstIndex(of: "?")
        request.path = String(target[..<(question ?? target.endIndex)])
        request.rawQuery = question.map { String(target[target.index(after: $0)...]) } ?? ""
        return nil
    }

    private static func field(_ line: ArraySlice<UInt8>) -> (String, String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(HTTPText.isTokenByte) else { return nil }
        var value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        while let last = value.last, last == 0x20 || last == 0x09 { value.removeLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
        return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private mutating func parseBodyFraming() -> Event? {
        let headers = request.headers
        guard headers.values("host").count <= 1 else { return fail(400) }
        guard request.minorVersion == 0 || headers["host"] != nil else { return fail(400) }
        let lengths = headers.values("content-length")
        let codings = headers.values("transfer-encoding").flatMap(HTTPText.list)
        request.body = []
        if !codings.isEmpty {
            guard lengths.isEmpty, request.minorVersion == 1 else { return fail(400) }
            guard codings == ["chunked"] else { return fail(501) }
            stage = .chunkSize
        } else if let text = lengths.first {
            guard lengths.allSatisfy({ $0 == text }), (1...18).contains(text.utf8.count),
                text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text)
            else { return fail(400) }
            guard length <= limits.bodyBytes else { return fail(413) }
            guard length > 0 else { return finish() }
            request.body.reserveCapacity(min(length, 1 << 20))
            stage = .sized(length)
        } else {
            return finish()
        }
        guard let expectation = headers["expect"] else { return nil }
        guard expectation.lowercased() == "100-continue" else { return fail(417) }
        return bufferedBytes == 0 ? .expectsContinue : nil
    }
}
