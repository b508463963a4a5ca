import MediaPipeline
import Networking
import ServiceKit

/// Bytes over HTTP: read ahead within bounds, in windows where the server knows ranges, taken up again at the same byte
/// when the connection breaks. The start of the body is kept, so that looking at the end of a file costs no third request.
final class HTTPSource: ByteSource {
    /// Where and how to start.
    struct Target {
        var url: String
        var headers: [String: String]
        /// The first byte wanted, and the byte after the last; nil for the whole body.
        var range: (from: Int64, to: Int64?)?
        /// Whether the server is asked for ranges at all; playlists and segments are fetched whole.
        var asksForRanges = true
    }

    /// The most bytes of one request: some servers throttle or cut longer ones (yt-dlp asks for 10 MiB at a time).
    private static let window: Int64 = 10 << 20
    private static let repeatable: Int64 = 16 << 20
    private static let keptHead = 256 << 10
    /// Reading on is cheaper than a new request up to this distance.
    private static let shortSkip: Int64 = 256 << 10

    private let fetcher: Fetcher
    private let request: MediaRequest
    private let target: Target
    private let control: SessionControl
    private var pump: BodyPump?
    private var position: Int64
    private var head: [UInt8] = []
    private(set) var size: Int64?
    private(set) var isSeekable = false
    private(set) var stream = StreamFacts()

    /// Connects and waits for the answer's headers.
    init(target: Target, request: MediaRequest, fetcher: Fetcher, control: SessionControl) throws(MediaError) {
        self.target = target
        self.request = request
        self.fetcher = fetcher
        self.control = control
        position = target.range?.from ?? 0
        try connect()
    }

    deinit { close() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        if position < Int64(head.count) {
            let from = Int(position)
            let count = min(head.count - from, buffer.count)
            unsafe buffer.copyBytes(from: head[from..<from + count])
            position += Int64(count)
            return count
        }
        if let size, position >= size { return 0 }
        if let end = target.range?.to, position >= end { return 0 }
        var failures = 0
        while true {
            if let reason = control.stopReason { throw reason }
            do throws(MediaError) {
                if pump == nil { try connect() }
                guard let pump else { throw .unreachable("no connection") }
                let count = unsafe try pump.read(into: buffer, at: position, control: control)
                if count > 0 {
                    unsafe keepHead(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    position += Int64(count)
                    try control.read(count)
                    return count
                }
                self.pump = nil
                // The end of a window, or of a body that is shorter than announced.
                if !stream.isLive, size == nil { size = position }
                if let size, position >= size { return 0 }
                if let windowEnd = pump.end, position >= windowEnd { continue }
                throw .unreachable("the connection broke off")
            } catch {
                pump?.cancel()
                pump = nil
                failures += 1
                guard failures <= 5, isSeekable || stream.isLive, Self.isPassing(error) else { throw error }
                control.pause(for: .milliseconds(100) * (1 << failures))
            }
        }
    }

    /// The first bytes, at most `count`; reading goes on behind them.
    func beginning(_ count: Int) throws(MediaError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < count {
            let read = try readInto(&buffer, upTo: count - bytes.count)
            if read == 0 { break }
            bytes += buffer[..<read]
        }
        return bytes
    }

    private func readInto(_ buffer: inout [UInt8], upTo count: Int) throws(MediaError) -> Int {
        var result: Result<Int, MediaError> = .success(0)
        unsafe buffer.withUnsafeMutableBytes { bytes in
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<min(count, bytes.count)])
            do throws(MediaError) { result = .success(unsafe try read(into: room)) } catch { result = .failure(error) }
        }
        return try result.get()
    }

    func seek(to position: Int64) -> Bool {
        guard position >= 0, isSeekable || position == self.position else { return false }
        self.position = position
        if position >= Int64(head.count), let pump, !pump.reaches(position, within: Self.shortSkip) {
            pump.cancel()
            self.pump = nil
        }
        return true
    }

    func close() {
        pump?.cancel()
        pump = nil
    }

    /// Sends a request for the bytes from `position` on and learns from the answer.
    private func connect() throws(MediaError) {
        let first = head.isEmpty && size == nil && !stream.isLive
        var fetch = fetcher.request(target.url, for: request, headers: target.headers)
        var windowEnd: Int64?
        if let range = target.range {
            fetch.range = HTTPRequest.ByteRange(position, range.to.map { $0 - 1 })
        } else if isSeekable || (first && target.asksForRanges) {
            windowEnd = position + Self.window
            fetch.range = HTTPRequest.ByteRange(position, position + Self.window - 1)
        }
        let pump = BodyPump(fetch, client: fetcher.client, position: position, end: windowEnd)
        let answer = try pump.answer(control: control)
        var start = position
        switch answer.status {
        case 206:
            let content = ContentRange(answer.headers["content-range"])
            guard content?.start == nil || content?.start == position else {
                throw .unreachable("the server sent another part than asked for")
            }
            if first {
                size = content?.total
                isSeekable = content?.total != nil && target.range == nil
            } else if let total = content?.total, let size, total != size {
                throw .broken("it changed on the server while it played")
            }
        case 200:
            if first {
                let length = answer.headers["content-length"].flatMap { Int64($0) }
                size = length
                // A short body can be fetched again from its start where the server knows no ranges.
                let ranges = answer.headers["accept-ranges"]?.lowercased() == "bytes"
                isSeekable = target.range == nil && length.map { ranges || $0 <= Self.repeatable } ?? false
            }
            pump.setEnd(nil)
            // A server without ranges starts over; what was read already is passed over.
            if !stream.isLive, position > 0 { start = 0 }
        case 416 where first: size = 0
        default:
            pump.cancel()
            throw .httpStatus(answer.status)
        }
        if first { learn(from: answer) }
        pump.setStart(stream.isLive ? position : start)
        self.pump = pump
    }

    private func learn(from answer: BodyPump.Answer) {
        stream.url = answer.url
        stream.contentType = answer.headers["content-type"]
        let station = answer.headers["icy-name"]
        stream.station = station.map { String($0.prefix(200)) }
        let isRadio = station != nil || answer.headers["icy-br"] != nil || answer.headers["icy-url"] != nil
        stream.isLive = target.range == nil && size == nil && isRadio
    }

    private func keepHead(_ bytes: UnsafeRawBufferPointer) {
        guard isSeekable, position == Int64(head.count), head.count < Self.keptHead else { return }
        unsafe head.append(contentsOf: bytes.prefix(Self.keptHead - head.count))
    }

    /// Whether the failure may be gone on the next attempt.
    private static func isPassing(_ error: MediaError) -> Bool {
        switch error {
        case .unreachable: true
        case .timedOut: true
        case .httpStatus(let status): status >= 500
        default: false
        }
    }
}

/// The numbers of a Content-Range field: `bytes 0-99/1000`, the total may be `*`.
struct ContentRange {
    let start: Int64
    let total: Int64?

    init?(_ text: String?) {
        guard let text, text.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/")
        guard parts.count == 2, let first = parts[0].split(separator: "-").first, let start = Int64(first) else {
            return nil
        }
        self.start = start
        total = Int64(parts[1])
    }
}
