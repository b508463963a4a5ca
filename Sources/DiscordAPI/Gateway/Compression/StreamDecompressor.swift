/// Turns the binary frames of one connection into messages; a new connection needs a new one.
///
/// Not for use from several tasks at once: the reader of the connection owns it.
final class StreamDecompressor {
    private enum Engine {
        case plain
        case zlib(InflateStream)
        case zstd(ZstdStream)
    }

    private let engine: Engine
    private let limit: Int
    /// Compressed bytes of a zlib message whose end has not come.
    private var collected: [UInt8] = []

    /// A decompressor whose messages have at most `limit` bytes.
    init(_ compression: GatewayCompression, limit: Int) throws(GatewayFailure) {
        self.limit = limit
        engine =
            switch compression {
            case .none: .plain
            case .zlibStream: .zlib(try InflateStream())
            case .zstdStream: .zstd(try ZstdStream())
            }
    }

    /// Takes one binary frame; the message it completes, or nil when more must come.
    func push(_ frame: [UInt8]) throws(GatewayFailure) -> [UInt8]? {
        switch engine {
        case .plain:
            guard frame.count <= limit else { throw .messageTooLarge(limit: limit) }
            return frame
        case .zstd(let stream):
            // Discord flushes at the end of each message and sends it as one frame (1.5).
            let message = try stream.decompress(frame, limit: limit)
            return message.isEmpty ? nil : message
        case .zlib(let stream):
            guard collected.count + frame.count <= limit else { throw .messageTooLarge(limit: limit) }
            collected += frame
            guard collected.suffix(4).elementsEqual([0x00, 0x00, 0xFF, 0xFF]) else { return nil }
            let input = collected
            collected.removeAll(keepingCapacity: input.count < 1 << 16)
            let message = try stream.decompress(input, limit: limit)
            return message.isEmpty ? nil : message
        }
    }
}
