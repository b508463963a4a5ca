/// Cuts the bytes of the pipe into messages, however they arrive.
package struct MediaMessageDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    /// A decoder at the start of the stream.
    package init() {}

    /// Adds bytes as they came.
    package mutating func append(_ bytes: [UInt8]) {
        if start == buffer.count {
            // What comes mostly ends with a message: nothing is copied then, and nothing kept.
            buffer = bytes
            start = 0
            return
        }
        if start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message, or nil until more bytes come. After an error the stream is of no more use.
    package mutating func next() throws(MediaError) -> MediaMessage? {
        guard buffer.count - start >= 4 else {
            if start == buffer.count { (buffer, start) = ([], 0) }
            return nil
        }
        let length = buffer[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard (5...MediaMessage.maximumBytes).contains(length) else {
            throw .protocolViolation("a message of \(length) bytes")
        }
        guard buffer.count - start - 4 >= length else { return nil }
        let message = try MediaMessage(body: buffer[start + 4..<start + 4 + length])
        start += 4 + length
        return message
    }
}
