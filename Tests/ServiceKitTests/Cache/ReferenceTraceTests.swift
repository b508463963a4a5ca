import CZstd
import FoundationEssentials
import ServiceKit
import Testing

/// Public request traces, from `BACKLINE_TRACES` or the folder `../shared/data/traces` beside the checkout.
enum ReferenceTraces {
    private static var folder: String {
        if let folder = ProcessInfo.processInfo.environment["BACKLINE_TRACES"] { return folder }
        // This file is Tests/ServiceKitTests/Cache/ReferenceTraceTests.swift.
        let checkout = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return "/\(checkout)/../shared/data/traces"
    }

    static let isThere = FileManager.default.fileExists(atPath: folder + "/gli.u32.zst")

    /// The keys of a trace: zstd-packed, 32 bits, little-endian.
    static func keys(_ name: String) throws -> [UInt32] {
        let packed = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).u32.zst"))
        let bytes: [UInt8] = try unsafe packed.withUnsafeBytes { source in
            let size = unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
            try #require(size < 1 << 30, "the trace does not tell its size")
            return unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { target, count in
                let code = unsafe ZSTD_decompress(target.baseAddress, target.count, source.baseAddress, source.count)
                count = ZSTD_isError(code) == 0 ? code : 0
            }
        }
        try #require(!bytes.isEmpty)
        return (0..<bytes.count / 4).map { index in
            (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[index * 4 + $1]) }
        }
    }
}

/// Hit ratios in percent of a reference simulator; `best` is the best of eight policies and two libraries.
struct ReferenceCell: Sendable, CustomTestStringConvertible {
    var trace: String
    var entries: Int
    var lru: Double
    var s3FIFO: Double
    var arc: Double
    var best: Double

    var testDescription: String { "\(trace) @\(entries)" }

    static let all = [
        ReferenceCell(trace: "gli", entries: 500, lru: 0.95, s3FIFO: 16.13, arc: 1.38, best: 32.35),
        ReferenceCell(trace: "gli", entries: 1000, lru: 11.21, s3FIFO: 35.05, arc: 21.31, best: 50.79),
        ReferenceCell(trace: "multi3", entries: 1000, lru: 37.70, s3FIFO: 45.37, arc: 44.41, best: 51.08),
        ReferenceCell(trace: "sprite", entries: 400, lru: 70.77, s3FIFO: 71.40, arc: 70.03, best: 71.40),
        ReferenceCell(trace: "web07", entries: 256, lru: 40.77, s3FIFO: 45.53, arc: 43.55, best: 45.53),
        ReferenceCell(trace: "web07", entries: 1024, lru: 50.56, s3FIFO: 54.22, arc: 53.21, best: 54.22),
        ReferenceCell(trace: "corda", entries: 256, lru: 33.33, s3FIFO: 33.33, arc: 33.30, best: 33.33),
    ]
}

@Suite(
    .enabled(
        if: ReferenceTraces.isThere,
        "The reference traces are not there: put them into ../shared/data/traces or set BACKLINE_TRACES."))
struct ReferenceTraceTests {
    private func hitRatio(_ cell: ReferenceCell, _ keys: [UInt32], _ policy: CachePolicy) -> Double {
        let cache = Cache<UInt32, Bool>(
            limits: CacheLimits(entries: cell.entries), policy: policy, hashing: { mixed(Int($0)) })
        for key in keys where cache.value(for: key) == nil { cache.insert(true, for: key) }
        #expect(cache.count <= cell.entries)
        return cache.statistics.hitRatio * 100
    }

    @Test(arguments: ReferenceCell.all) func hitRatiosAreThoseOfTheReference(cell: ReferenceCell) throws {
        let keys = try ReferenceTraces.keys(cell.trace)
        let lru = hitRatio(cell, keys, .lru)
        #expect(abs(lru - cell.lru) < 0.01)
        // S3-FIFO and ARC leave small freedoms.
        #expect(abs(hitRatio(cell, keys, .s3FIFO) - cell.s3FIFO) < 0.3)
        #expect(abs(hitRatio(cell, keys, .arc) - cell.arc) < 0.4)
        let ours = hitRatio(cell, keys, .adaptive)
        #expect(ours > lru - 1)
        #expect(ours > cell.best - 2, "ours is \(ours)")
    }
}
