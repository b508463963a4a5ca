import FoundationEssentials
import ServiceKit

/// One extractor process: a line out, a line in.
final class ExtractorWorker {
    /// How an exchange went wrong; the process must not be used again after any of them.
    enum Failure: Error {
        /// The process ended.
        case ended
        /// It answered too late.
        case timedOut
        /// It answered what is no answer, or too much.
        case garbage
        /// The pool is being stopped.
        case cancelled
    }

    let process: ChildProcess
    private let lineLimit: Int
    private let time: any TimeSource
    private var buffer: [UInt8] = []
    /// Requests answered so far.
    private(set) var requests = 0

    init(process: ChildProcess, lineLimit: Int, time: any TimeSource) {
        self.process = process
        self.lineLimit = lineLimit
        self.time = time
    }

    /// Sends a request and waits for its answer, at most `limit`; then the process is killed.
    func exchange(_ request: ExtractorRequest, limit: Duration) async throws(Failure) -> ExtractorAnswer {
        requests += 1
        var request = request
        request.id = requests
        guard let line = request.line() else { throw .garbage }
        let answer = try await withWatchdog(limit) { process, buffer, lineLimit in
            do throws(ChildProcessError) {
                try await process.write(line)
                return try await Self.readLine(from: process, buffer: buffer, limit: lineLimit)
            } catch {
                if case .cancelled = error { return .failure(.cancelled) }
                return .failure(.ended)
            }
        }
        guard let decoded = try? JSONDecoder().decode(ExtractorAnswer.self, from: Data(answer)),
            decoded.id == request.id
        else { throw .garbage }
        return decoded
    }

    private typealias Reading = Result<(line: [UInt8], rest: [UInt8]), Failure>

    private func withWatchdog(
        _ limit: Duration, _ body: @escaping @Sendable (ChildProcess, [UInt8], Int) async -> Reading
    ) async throws(Failure) -> [UInt8] {
        let (process, buffer, lineLimit, time) = (process, buffer, lineLimit, time)
        let reading = await withTaskGroup(of: Reading?.self) { group in
            group.addTask { await body(process, buffer, lineLimit) }
            group.addTask {
                do {
                    try await time.sleep(for: limit)
                } catch {
                    return nil
                }
                // Ends the read as well: its pipe closes with the process.
                return .failure(.timedOut)
            }
            let first = await group.next() ?? nil
            // Killed only now: the end of its output must not be taken for the reason.
            if case .failure(.timedOut) = first { process.kill() }
            group.cancelAll()
            return first ?? .failure(.cancelled)
        }
        let (line, rest) = try reading.get()
        self.buffer = rest
        return line
    }

    private static func readLine(
        from process: ChildProcess, buffer: [UInt8], limit: Int
    ) async throws(ChildProcessError) -> Reading {
        var buffer = buffer
        var searched = 0
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                return .success((Array(buffer[..<end]), Array(buffer[(end + 1)...])))
            }
            searched = buffer.count
            guard buffer.count <= limit else { return .failure(.garbage) }
            let bytes = try await process.read(upTo: 65_536)
            guard !bytes.isEmpty else { return .failure(.ended) }
            buffer += bytes
        }
    }
}
