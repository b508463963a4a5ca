internal import CZlib
internal import CZstd

/// How a gateway connection's messages are compressed.
enum Compression: String, Sendable {
    case none
    case zlibStream = "zlib-stream"
    case zstdStream = "zstd-stream"
}

/// The compressing side of one connection: one context for its whole life, flushed after each message (section 1.5).
/// Not safe to share: the connection's writer owns it.
@safe final class StreamCompressor {
    private let kind: Compression
    private var deflater = unsafe z_stream()
    private var zstd: OpaquePointer?

    /// A fresh context; nil when the library refuses.
    init?(_ kind: Compression) {
        self.kind = kind
        switch kind {
        case .none: break
        case .zlibStream:
            let size = unsafe Int32(MemoryLayout<z_stream>.size)
            guard unsafe deflateInit_(&deflater, Z_DEFAULT_COMPRESSION, zlibVersion(), size) == Z_OK else { return nil }
        case .zstdStream:
            unsafe zstd = ZSTD_createCCtx()
            if unsafe zstd == nil { return nil }
        }
    }

    deinit {
        if kind == .zlibStream { unsafe deflateEnd(&deflater) }
        if unsafe zstd != nil { unsafe ZSTD_freeCCtx(zstd) }
    }

    /// The bytes of one message, flushed.
    func compress(_ bytes: [UInt8]) -> [UInt8] {
        switch kind {
        case .none: bytes
        case .zlibStream: deflate(bytes)
        case .zstdStream: squeeze(bytes)
        }
    }

    private func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe deflater.next_in = source.baseAddress
            unsafe deflater.avail_in = UInt32(source.count)
            repeat {
                let written = unsafe chunk.withUnsafeMutableBufferPointer { target in
                    unsafe deflater.next_out = target.baseAddress
                    unsafe deflater.avail_out = UInt32(target.count)
                    _ = unsafe CZlib.deflate(&deflater, Z_SYNC_FLUSH)
                    return target.count - Int(unsafe deflater.avail_out)
                }
                output.append(contentsOf: chunk[..<written])
            } while unsafe deflater.avail_out == 0
        }
        return output
    }

    private func squeeze(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16384)
        unsafe bytes.withUnsafeBytes { source in
            var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
            var remaining = 1
            repeat {
                let written = unsafe chunk.withUnsafeMutableBytes { target in
                    var buffer = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    remaining = unsafe ZSTD_compressStream2(zstd, &buffer, &input, ZSTD_e_flush)
                    return unsafe buffer.pos
                }
                if ZSTD_isError(remaining) != 0 { return }
                output.append(contentsOf: chunk[..<written])
            } while remaining != 0
        }
        return output
    }

    /// One message deflated by itself, for clients that asked for payload compression.
    static func payload(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        let status = unsafe output.withUnsafeMutableBufferPointer { target in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe CZlib.compress(target.baseAddress, &length, source.baseAddress, UInt(source.count))
            }
        }
        return status == Z_OK ? Array(output[..<Int(length)]) : bytes
    }
}
