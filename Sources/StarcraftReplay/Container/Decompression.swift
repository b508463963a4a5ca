import CBzip2
import CZlib

/// The door to libbz2 and zlib: the only place of this target where pointers are.
///
/// Each writes at most the announced size, which the caller has bounded, and says how far it came and libbz2's or zlib's
/// own status, 0 when all was well.
enum Decompression {
    static func bzip2(_ input: Span<UInt8>, size: Int) -> (bytes: [UInt8], status: Int) {
        unsafe decompress(input, size) { from, length, to, capacity in
            // The input is not written; the declaration only lacks the word.
            unsafe BZ2_bzBuffToBuffDecompress(
                to, &capacity, UnsafeMutablePointer(mutating: from), UInt32(length), 0, 0)
        }
    }

    static func zlib(_ input: Span<UInt8>, size: Int) -> (bytes: [UInt8], status: Int) {
        unsafe decompress(input, size) { from, length, to, capacity in
            unsafe to.withMemoryRebound(to: UInt8.self, capacity: Int(capacity)) { to in
                unsafe from.withMemoryRebound(to: UInt8.self, capacity: length) { from in
                    var written = uLongf(capacity)
                    let status = unsafe uncompress(to, &written, from, uLong(length))
                    capacity = UInt32(written)
                    return status
                }
            }
        }
    }

    private static func decompress(
        _ input: Span<UInt8>, _ size: Int,
        _ run: (UnsafePointer<CChar>, Int, UnsafeMutablePointer<CChar>, inout UInt32) -> Int32
    ) -> (bytes: [UInt8], status: Int) {
        var status: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { output, count in
            unsafe input.withUnsafeBytes { source in
                guard let from = source.baseAddress, let to = output.baseAddress,
                    var capacity = UInt32(exactly: size)
                else {
                    status = -1
                    return
                }
                status = unsafe run(
                    from.assumingMemoryBound(to: CChar.self), source.count,
                    UnsafeMutableRawPointer(to).assumingMemoryBound(to: CChar.self), &capacity)
                count = status == 0 ? min(Int(capacity), size) : 0
            }
        }
        return (bytes, Int(status))
    }
}
