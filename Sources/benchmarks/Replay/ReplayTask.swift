import CBzip2
import Glibc
import StarcraftReplay

/// What is done with a replay that is wholly in memory.
enum ReplayTask: String, CaseIterable {
    /// The small files: who, where, when, how long, who won.
    case facts
    /// All streams, every event.
    case events
    /// All streams, every event, and what follows from them.
    case report
    /// What libbz2 alone needs for the files of ``facts``.
    case factsFloor = "facts-floor"
    /// What libbz2 alone needs for the files of ``report``.
    case reportFloor = "report-floor"

    /// The parts that a floor decompresses.
    private var parts: [ReplayPart] {
        let small: [ReplayPart] = [.details, .initData, .attributes, .metadata]
        return self == .factsFloor ? small : small + [.gameEvents, .messageEvents, .trackerEvents]
    }

    /// Does it so often; the shortest processor time in milliseconds, or `nil` when the replay is broken.
    func measure(_ bytes: [UInt8], repeats: Int) -> Double? {
        let streams = self == .factsFloor || self == .reportFloor ? Self.streams(bytes, parts) : []
        var best = Double.infinity
        for _ in 0..<repeats {
            let began = Self.processorSeconds()
            switch self {
            case .facts: guard (try? Replay(bytes).facts()) != nil else { return nil }
            case .events: guard Self.readEvents(bytes) != nil else { return nil }
            case .report: guard (try? Replay(bytes).report()) != nil else { return nil }
            case .factsFloor, .reportFloor: guard Self.decompress(streams) else { return nil }
            }
            best = min(best, Self.processorSeconds() - began)
        }
        return best * 1000
    }

    private static func readEvents(_ bytes: [UInt8]) -> Int? {
        do {
            let replay = try Replay(bytes)
            var count = 0
            try replay.gameEvents().forEach { _ in count += 1 }
            try replay.trackerEvents()?.forEach { _ in count += 1 }
            if replay.has(.messageEvents) {
                let messages = try replay.messageEvents()
                var reader = messages.reader()
                while try reader.next() != nil { count += 1 }
            }
            return count
        } catch { return nil }
    }

    private static func streams(_ bytes: [UInt8], _ parts: [ReplayPart]) -> [ReplayStoredFile] {
        guard let replay = try? Replay(bytes) else { return [] }
        return parts.compactMap { try? replay.storedFile($0) }.filter { $0.method == 0x10 }
    }

    private static func decompress(_ streams: [ReplayStoredFile]) -> Bool {
        for stream in streams {
            let written = unsafe [UInt8](unsafeUninitializedCapacity: stream.size) { output, count in
                var length = UInt32(stream.size)
                let status = unsafe stream.bytes.withUnsafeBytes { input in
                    unsafe output.withMemoryRebound(to: CChar.self) { output in
                        unsafe BZ2_bzBuffToBuffDecompress(
                            output.baseAddress, &length,
                            UnsafeMutableRawPointer(mutating: input.baseAddress)?.assumingMemoryBound(to: CChar.self),
                            UInt32(input.count), 0, 0)
                    }
                }
                count = status == BZ_OK ? Int(length) : 0
            }
            if written.count != stream.size { return false }
        }
        return !streams.isEmpty
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
