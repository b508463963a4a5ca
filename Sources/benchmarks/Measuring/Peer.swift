import DiscordModel
import FoundationEssentials
import ServiceKit
import Synchronization

/// A process that takes part in a benchmark; it talks in lines on its standard input and output.
final class Peer: Sendable {
    let name: String
    let process: ChildProcess
    private let unread = Mutex<[UInt8]>([])

    /// Starts a peer; its error output goes to this program's.
    init(_ name: String, executable: String, arguments: [String], environment: [String: String]? = nil) throws {
        self.name = name
        let command = ChildProcess.Command(
            executable: executable, arguments: arguments, environment: environment)
        process = try ChildProcess.spawn(command, logger: Logger(name))
    }

    /// This program in another role.
    static func ourselves(_ name: String, _ arguments: [String]) throws -> Peer {
        try Peer(name, executable: "/proc/self/exe", arguments: arguments)
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Tells the peer something.
    func say(_ line: String) async throws {
        try await process.write(Array((line + "\n").utf8))
    }

    /// The next line the peer says.
    func line(within limit: Duration) async throws -> String {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await self.nextLine() }
            group.addTask {
                try? await SystemTime.shared.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let line = first else {
                throw BenchmarkError.silent(name: name, limit)
            }
            return line
        }
    }

    /// Waits for a line that is exactly `word`.
    func expect(_ word: String, within limit: Duration) async throws {
        let line = try await line(within: limit)
        guard line == word else { throw BenchmarkError.peer(name: name, "it said “\(line)” instead of “\(word)”") }
    }

    /// Tells the peer something and reads the JSON line it answers with.
    func ask(_ question: String, within limit: Duration) async throws -> JSONValue {
        try await say(question)
        return try JSON.parse(Array(try await line(within: limit).utf8))
    }

    /// Ends the peer and everything it started.
    func end() async {
        await process.terminate(grace: .seconds(5))
    }

    private func nextLine() async throws -> String {
        while true {
            let line = unread.withLock { unread -> String? in
                guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            if let line { return line }
            let bytes = try await process.read(upTo: 1 << 16)
            guard !bytes.isEmpty else { throw BenchmarkError.peer(name: name, "it ended early") }
            unread.withLock { $0 += bytes }
        }
    }
}

/// Runs `body` with a peer and ends the peer whatever happens.
func withPeer<Result>(_ peer: Peer, _ body: (Peer) async throws -> Result) async throws -> Result {
    do {
        let result = try await body(peer)
        await peer.end()
        return result
    } catch {
        await peer.end()
        throw error
    }
}
