@testable import Networking

/// The HTTP server's request parser and its WebSocket frames.
///
/// First byte: which, and whether limits are tight. Second byte: how the rest is cut into pieces.
enum ServerFuzz {
    static let target = FuzzTarget(run: run, seeds: seeds)

    private static func run(_ bytes: [UInt8]) {
        var input = FuzzInput(bytes)
        let kind = input.byte()
        let cut = input.byte()
        let rest = input.remainder()
        let isTight = kind & 2 != 0
        if kind & 1 == 0 {
            let limits =
                isTight
                ? HTTPRequestParser.Limits(headBytes: 200, fields: 4, bodyBytes: 64) : HTTPRequestParser.Limits()
            let whole = requests([rest[...]], limits)
            let cutUp = requests(rest.pieces(cut), limits)
            // Where a limit lies may depend on the pieces; what a request is may not.
            precondition(isTight || cutUp == whole, "the pieces decide what is read")
        } else {
            let limit = isTight ? 64 : 1 << 20
            precondition(
                events(rest.pieces(cut), limit) == events([rest[...]], limit), "the pieces decide what is read")
        }
    }

    /// What the parser reads, as text; a refusal ends it.
    private static func requests(_ pieces: [ArraySlice<UInt8>], _ limits: HTTPRequestParser.Limits) -> [String] {
        var parser = HTTPRequestParser(limits: limits)
        var found: [String] = []
        for piece in pieces {
            parser.append(piece)
            reading: while true {
                switch parser.next() {
                case .wantsMore: break reading
                case .expectsContinue: continue
                case .refused(let status): return found + ["\(status)"]
                case .request(let request):
                    let fields = request.headers.map { "\($0): \($1)" }
                    precondition(request.body.count <= limits.bodyBytes && fields.count <= limits.fields)
                    let served = ServerRequest(
                        method: request.method, path: request.path, rawQuery: request.rawQuery,
                        headers: request.headers, body: request.body, remoteAddress: "")
                    found.append("\(request.method) \(request.path) \(served.query) \(fields) \(request.body)")
                }
            }
            precondition(parser.bufferedBytes <= max(limits.headBytes, 4096) + 1)
        }
        return found
    }

    private static func events(_ pieces: [ArraySlice<UInt8>], _ limit: Int) -> [WebSocketFrameDecoder.Event] {
        var decoder = WebSocketFrameDecoder(maximumMessageBytes: limit)
        var found: [WebSocketFrameDecoder.Event] = []
        for piece in pieces {
            decoder.append(piece)
            reading: while true {
                let event = decoder.next()
                switch event {
                case .wantsMore: break reading
                case .violation: return found + [event]
                case .message(.text(let text)): precondition(text.utf8.count <= limit)
                case .message(.binary(let bytes)): precondition(bytes.count <= limit)
                case .ping(let bytes): precondition(bytes.count <= 125)
                case .close(let close): _ = WebSocketFrameEncoder.encode(close)
                case .pong: break
                }
                found.append(event)
            }
        }
        return found
    }

    private static func seeds() -> [(name: String, bytes: [UInt8])] {
        let get = "GET /a/b?x=%41+1&y HTTP/1.1\r\nHost: h:1\r\nConnection: keep-alive, Upgrade\r\n\r\n"
        let post = "\r\nPOST /p HTTP/1.1\r\nhost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello"
        let chunked =
            "PATCH http://h/p#f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nbody\r\n0\r\nT: x\r\n\r\n"
        let old = "GET * HTTP/1.0\r\n\r\n"
        var frames = masked(.text, Array("häh".utf8)) + masked(.ping, [1]) + masked(.binary, [], isFinal: false)
        frames += masked(.pong, []) + masked(.continuation, [UInt8](repeating: 9, count: 130))
        return [
            ("requests", [0, 7] + Array((get + post + chunked).utf8)), ("old", [0, 1] + Array((old + get).utf8)),
            ("tight", [2, 5] + Array((post + chunked).utf8)), ("frames", [1, 3] + frames),
            ("close", [3, 2] + masked(.text, [0x78]) + masked(.close, [3, 232, 0x78])),
        ]
    }

    /// A frame as a client sends it.
    private static func masked(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        var frame = WebSocketFrameEncoder.encode(opcode, payload)
        let head = frame.count - payload.count
        if !isFinal { frame[0] &= 0x7F }
        frame[1] |= 0x80
        let mask: [UInt8] = [1, 2, 3, 4]
        return frame[..<head] + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }
}
