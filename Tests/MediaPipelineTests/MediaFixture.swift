import COpus
import FoundationEssentials
import Glibc
import MediaPipeline
import ServiceKit
import Synchronization
import Testing

/// What the tests with real workers share: the worker program, test media made with the ffmpeg command, and ears.
enum MediaFixture {
    static let logger = Logger("media-tests")

    /// The worker built beside the tests, or the one named in BACKLINE_MEDIA_WORKER.
    static let worker: String = {
        if let named = unsafe getenv("BACKLINE_MEDIA_WORKER") { return unsafe String(cString: named) }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = [own, CommandLine.arguments[0]].map { ($0.split(separator: "/").dropLast(), $0) }
        for (folders, _) in beside {
            for depth in 0..<min(4, folders.count) {
                let path = "/" + folders.dropLast(depth).joined(separator: "/") + "/media-worker"
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        return ".build/debug/media-worker"
    }()

    static let hasFFmpeg: Bool = {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/ffmpeg") }
    }()

    /// Runs `body` with a pool of workers and a folder of its own.
    static func run<Result: Sendable>(
        workers: ClosedRange<Int> = 1...2,
        adjust: (inout MediaWorkerPoolConfiguration) -> Void = { _ in },
        _ body: @Sendable (MediaWorkerPool, _ folder: String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path + "/backline-media-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = MediaWorkerPoolConfiguration(executable: worker, workers: workers)
        adjust(&configuration)
        let pool = MediaWorkerPool(configuration, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await pool.run() }
            let result = try await body(pool, folder)
            group.cancelAll()
            try? await group.waitForAll()
            return result
        }
    }

    /// Runs the ffmpeg command.
    static func ffmpeg(_ arguments: [String]) async throws {
        let command = ChildProcess.Command(
            executable: "ffmpeg", arguments: ["-nostdin", "-hide_banner", "-loglevel", "error", "-y"] + arguments)
        let process = try ChildProcess.spawn(command, logger: logger)
        let exit = await process.waitForExit()
        try #require(exit == .code(0))
    }

    /// All packets of a session.
    static func packets(_ session: MediaSession) async throws -> [OpusPacket] {
        var packets: [OpusPacket] = []
        while let batch = try await session.nextBatch() { packets += batch }
        return packets
    }

    /// The packets of a request.
    static func packets(_ pool: MediaWorkerPool, _ request: MediaRequest) async throws -> [OpusPacket] {
        try await packets(pool.open(request))
    }

    /// What a listener hears: interleaved stereo at 48 kHz.
    static func decode(_ packets: [OpusPacket]) throws -> [Float] {
        var code: Int32 = 0
        guard let decoder = unsafe opus_decoder_create(48_000, 2, &code) else { return [] }
        defer { unsafe opus_decoder_destroy(decoder) }
        var sound: [Float] = []
        var frame = [Float](repeating: 0, count: 5760 * 2)
        for packet in packets {
            let count = unsafe opus_decode_float(decoder, packet.bytes, Int32(packet.bytes.count), &frame, 5760, 0)
            try #require(count == 960)
            sound += frame[..<1920]
        }
        return sound
    }
}

/// A test sound: a sweep of two seconds, then clicks every 250 ms at known places.
struct TestSound {
    static let sweepSeconds = 2.0
    static let seconds = 4.0
    static let clicks: [Double] = (0..<7).map { 2.25 + Double($0) * 0.25 }

    /// Writes it as a 16-bit WAV file.
    static func write(to path: String, rate: Int, channels: Int, seconds: Double = seconds) throws {
        let count = Int(seconds * Double(rate))
        var samples = [Float](repeating: 0, count: count)
        var phase = 0.0
        for index in 0..<min(count, Int(sweepSeconds * Double(rate))) {
            let time = Double(index) / Double(rate)
            phase += 2 * .pi * (200 + 3000 * time / sweepSeconds) / Double(rate)
            samples[index] = Float(0.4 * sin(phase))
        }
        for click in clicks {
            let start = Int(click * Double(rate))
            for index in 0..<Int(0.003 * Double(rate)) where start + index < count {
                samples[start + index] = Float(0.8 * sin(2 * .pi * 3000 * Double(index) / Double(rate)))
            }
        }
        let bytes = count * channels * 2
        var file = header(rate: rate, channels: channels, bytes: bytes)
        file.reserveCapacity(file.count + bytes)
        for sample in samples {
            let value = number(Int16(sample * 32_767))
            for _ in 0..<channels { file += value }
        }
        try Data(file).write(to: URL(filePath: path))
    }

    /// The header of a 16-bit WAV file with that many bytes of sound.
    static func header(rate: Int, channels: Int, bytes: Int) -> [UInt8] {
        var file = Array("RIFF".utf8) + number(UInt32(36 + bytes)) + Array("WAVEfmt ".utf8) + number(UInt32(16))
        file += number(UInt16(1)) + number(UInt16(channels)) + number(UInt32(rate))
        file += number(UInt32(rate * channels * 2)) + number(UInt16(channels * 2)) + number(UInt16(16))
        return file + Array("data".utf8) + number(UInt32(bytes))
    }

    private static func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
    }

    /// How late each click of `sound` comes, in samples at 48 kHz; `from` is the place of the first sample in seconds.
    static func lateness(of sound: [Float], from: Double = 0) -> [Int] {
        clicks.filter { $0 - from > 0.06 && ($0 - from) * 48_000 + 2000 < Double(sound.count / 2) }.map { click in
            let expected = Int((click - from) * 48_000)
            // The click's first swing: where a fifth of its peak is passed.
            let window = expected - 1900..<expected + 1900
            let peak = window.reduce(Float(0)) { max($0, abs(sound[$1 * 2])) }
            let onset = window.first { abs(sound[$0 * 2]) > peak / 5 } ?? window.upperBound
            return peak > 0.2 ? onset - expected : .max
        }
    }

    /// The level of the sweep's middle second in decibels, of one channel.
    static func level(of sound: [Float], channel: Int) -> Double {
        let sum = (24_000..<72_000).reduce(0.0) { $0 + Double(sound[$1 * 2 + channel] * sound[$1 * 2 + channel]) }
        return 10 * log10(sum / 48_000)
    }

    /// The level it was made with.
    static let level = 10 * log10(0.4 * 0.4 / 2)
}
