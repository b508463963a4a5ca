import CZstd

/// One zstd decompression context (RFC 8878), kept over all messages of a connection.
@safe final class ZstdStream {
    private let stream: OpaquePointer
    private var chunk = [UInt8](repeating: 0, count: 1 << 17)

    /// The largest window a stream may ask for, as a power of two: 8 MiB.
    private static let maximumWindowLog: Int32 = 23

    /// A fresh context.
    init() throws(GatewayFailure) {
        guard let stream = unsafe ZSTD_createDStream() else { throw .corruptStream("no memory for zstd") }
        unsafe self.stream = stream
        _ = unsafe ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.maximumWindowLog)
    }

    deinit {
        unsafe _ = ZSTD_freeDStream(stream)
    }

    /// Decompresses everything that `input` holds; at most `limit` bytes come out.
    func decompress(_ input: [UInt8], limit: Int) throws(GatewayFailure) -> [UInt8] {
        var output: [UInt8] = []
        var offset = 0
        while true {
            let (code, consumed, produced) = unsafe input.withUnsafeBytes { source in
                unsafe chunk.withUnsafeMutableBytes { target in
                    var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: offset)
                    var into = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let code = unsafe ZSTD_decompressStream(stream, &into, &from)
                    return unsafe (code, from.pos, into.pos)
                }
            }
            guard ZSTD_isError(code) == 0 else {
                throw .corruptStream(unsafe String(cString: ZSTD_getErrorName(code)))
            }
            guard output.count + produced <= limit else { throw .messageTooLarge(limit: limit) }
            output += chunk[..<produced]
            let progressed = consumed > offset || produced > 0
            offset = consumed
            if produced < chunk.count, offset == input.count { return output }
            guard progressed else { throw .corruptStream("zstd does not go on") }
        }
    }
}
