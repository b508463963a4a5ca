import CZstd
import FoundationEssentials
import Glibc

/// A trace of cache requests: 32-bit keys, little-endian, plain or zstd-packed.
struct RequestTrace {
    /// The keys in the order they were asked for.
    let keys: [UInt32]

    /// Reads a file; packed ones are known by zstd's first four bytes.
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw BenchmarkError.missing("there is no trace \(file), or it cannot be read")
        }
        var bytes = [UInt8](data)
        if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { bytes = try Self.unpacked(bytes, file) }
        keys = (0..<bytes.count / 4).map { index in
            (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[index * 4 + $1]) }
        }
        guard !keys.isEmpty else { throw BenchmarkError.missing("the trace \(file) holds no requests") }
    }

    /// A trace of these keys.
    init(keys: [UInt32]) {
        self.keys = keys
    }

    /// `count` requests for keys 0..<`distinct`, the k-th key with a probability proportional to k⁻ˢ.
    static func zipf(_ exponent: Double, distinct: Int, count: Int) -> RequestTrace {
        var sums: [Double] = []
        var sum = 0.0
        for rank in 1...distinct {
            sum += 1 / pow(Double(rank), exponent)
            sums.append(sum)
        }
        var state: UInt64 = 7
        return RequestTrace(
            keys: (0..<count).map { _ in
                state &+= 0x9E37_79B9_7F4A_7C15
                let point = Double(mixedHash(state) >> 11) / 9_007_199_254_740_992 * sum
                var low = 0
                var high = distinct - 1
                while low < high {
                    let middle = (low + high) / 2
                    if sums[middle] < point { low = middle + 1 } else { high = middle }
                }
                return UInt32(low)
            })
    }

    /// Writes the keys plain.
    func write(to file: String) throws {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(keys.count * 4)
        for key in keys { for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: key >> UInt32(shift * 8))) } }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
    }

    private static func unpacked(_ packed: [UInt8], _ file: String) throws -> [UInt8] {
        guard let stream = unsafe ZSTD_createDStream() else { throw BenchmarkError.missing("no memory for zstd") }
        defer { unsafe _ = ZSTD_freeDStream(stream) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var position = 0
        while true {
            var produced = 0
            let code = unsafe packed.withUnsafeBytes { source in
                unsafe chunk.withUnsafeMutableBytes { target in
                    var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
                    var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                    let code = unsafe ZSTD_decompressStream(stream, &output, &input)
                    position = unsafe input.pos
                    produced = unsafe output.pos
                    return code
                }
            }
            guard ZSTD_isError(code) == 0 else {
                throw BenchmarkError.missing(
                    "the trace \(file) is damaged: \(unsafe String(cString: ZSTD_getErrorName(code)))")
            }
            result += chunk[..<produced]
            if position == packed.count, produced < chunk.count { return result }
        }
    }
}

/// A hash of a key that is the same in every run (the finaliser of SplitMix64).
@Sendable @inline(__always)
func mixedHash(_ key: UInt64) -> UInt64 {
    var mixed = (key ^ (key >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
