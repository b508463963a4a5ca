import CBzip2
import CZlib

/// Compresses as the game does.
package enum Compression {
    /// With bzip2 in blocks of 900 kB.
    package static func bzip2(_ bytes: [UInt8]) -> [UInt8] {
        var input = bytes.map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: bytes.count + bytes.count / 50 + 1000)
        var length = UInt32(output.count)
        let status = unsafe BZ2_bzBuffToBuffCompress(&output, &length, &input, UInt32(input.count), 9, 0, 0)
        precondition(status == BZ_OK)
        return output.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    }

    /// With zlib.
    package static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: Int(compressBound(uLong(bytes.count))))
        var length = uLongf(output.count)
        let status = unsafe compress(&output, &length, bytes, uLong(bytes.count))
        precondition(status == Z_OK)
        return Array(output.prefix(Int(length)))
    }
}
