import CZlib

/// One inflate context of zlib (RFC 1950), kept over all messages of a connection.
@safe final class InflateStream {
    private let stream: UnsafeMutablePointer<z_stream>

    /// A fresh context.
    init() throws(GatewayFailure) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            unsafe stream.deallocate()
            throw .corruptStream("inflateInit failed with \(code)")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Inflates everything that `input` holds; at most `limit` bytes come out.
    func decompress(_ input: [UInt8], limit: Int) throws(GatewayFailure) -> [UInt8] {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(max(1024, input.count * 8), 1 << 18))
        var input = input
        var offset = 0
        while true {
            let count = input.count - offset
            let (code, consumed, produced) = unsafe input.withUnsafeMutableBufferPointer { source in
                unsafe chunk.withUnsafeMutableBufferPointer { target in
                    unsafe stream.pointee.next_in = source.baseAddress.map { unsafe $0 + offset }
                    unsafe stream.pointee.avail_in = UInt32(count)
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(target.count)
                    let code = unsafe inflate(stream, Z_SYNC_FLUSH)
                    return unsafe (
                        code, count - Int(stream.pointee.avail_in), target.count - Int(stream.pointee.avail_out)
                    )
                }
            }
            offset += consumed
            guard output.count + produced <= limit else { throw .messageTooLarge(limit: limit) }
            output += chunk[..<produced]
            switch code {
            case Z_OK: if offset == input.count, produced < chunk.count { return output }
            case Z_BUF_ERROR: return output
            case Z_STREAM_END: throw .corruptStream("the deflate stream ended")
            default: throw .corruptStream("inflate failed with \(code)")
            }
        }
    }
}
